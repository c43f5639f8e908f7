package routes

import (
	"net/http"
	"strings"

	"github.com/julienschmidt/httprouter"
)

// fixedPaths holds the paths of a table in which every route is a fixed path, such as "/login". An
// application that is mostly a tree has only such routes, and nearly every request matches none of
// them. httprouter sees that without splitting the path, however deep it is; a path that it finds
// is looked up again in the trie. If any route has markers, the trie alone is faster: httprouter
// takes a list for their values from a pool, and where shapes overlap the trie would have to be
// searched too.
type fixedPaths struct{ router *httprouter.Router }

const method = http.MethodGet // of all routes: httprouter needs one

// newFixedPaths returns nil without leaves, or if a leaf is not a fixed path or has ':' or '*' in
// it, which are httprouter's syntax.
func newFixedPaths(leaves []*leaf) *fixedPaths {
	var paths []string
	for _, l := range leaves {
		path, ok := l.path()
		if !ok || strings.ContainsAny(path, ":*") {
			return nil
		}
		paths = append(paths, path)
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
