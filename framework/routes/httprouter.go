package routes

import (
	"net/http"
	"strings"

	"github.com/julienschmidt/httprouter"
)

// fixedPaths holds the paths of a table of which every route is one fixed path, such as "/login". In
// an application that is mostly a tree these are the only routes, and nearly every request passes
// them in vain. httprouter sees that without splitting the path, however deep it is. What it finds,
// the trie looks up again. With markers in any route the trie alone is faster: httprouter takes a
// list for their values from a pool, and would be asked besides the trie where shapes overlap.
type fixedPaths struct{ router *httprouter.Router }

const method = http.MethodGet // of all routes: httprouter needs one

// newFixedPaths returns nil if a leaf is not a fixed path, or holds httprouter's syntax: ':' or '*'.
func newFixedPaths(leaves []*leaf) *fixedPaths {
	var paths []string
	for _, l := range leaves {
		var path strings.Builder
		for _, s := range l.shape {
			if s.kind != literal || strings.ContainsAny(s.text, ":*") {
				return nil
			}
			path.WriteString("/" + s.text)
		}
		paths = append(paths, path.String())
	}
	if len(paths) == 0 {
		return nil
	}
	router := httprouter.New()
	for _, path := range paths {
		router.Handle(method, path, func(http.ResponseWriter, *http.Request, httprouter.Params) {})
	}
	return &fixedPaths{router}
}

// has reports whether any route has the path.
func (f *fixedPaths) has(path string) bool {
	handle, _, _ := f.router.Lookup(method, path)
	return handle != nil
}
