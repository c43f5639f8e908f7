package routes

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/julienschmidt/httprouter"
)

// layer is the part of the index that httprouter serves. Its redirects and its
// answers to OPTIONS and wrong methods are off: here it knows one method and only
// finds leaves.
//
// httprouter keeps the values of parameters in a pool of its own. Serving takes
// them from there and gives them back, unless nothing is found below a parameter:
// then they are lost, and the next one costs two allocations. Lookup is the other
// way round: it gives back what it took if nothing is found, and keeps it
// otherwise. So paths that are likely to be found are served, and others looked up.
type layer struct{ router *httprouter.Router }

const method = http.MethodGet

// newLayer makes a layer of shapes that do not conflict; nil of none.
func newLayer(leaves []*leaf) *layer {
	if len(leaves) == 0 {
		return nil
	}
	router := httprouter.New()
	router.RedirectTrailingSlash, router.RedirectFixedPath = false, false
	router.HandleMethodNotAllowed, router.HandleOPTIONS = false, false
	router.NotFound = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for _, l := range leaves {
		l.served = true
		router.Handle(method, layerPath(l.shape), func(w http.ResponseWriter, _ *http.Request, taken httprouter.Params) {
			if s, ok := w.(*search); ok {
				s.takes(l, taken)
			}
		})
	}
	return &layer{router: router}
}

// layerPath writes a shape as httprouter wants it.
func layerPath(shape []segment) string {
	var b strings.Builder
	for _, s := range shape {
		b.WriteByte('/')
		switch s.kind {
		case open:
			b.WriteString(":p")
		case rest:
			b.WriteString("*p")
		default:
			b.WriteString(s.text)
		}
	}
	return b.String()
}

// find notes down the leaf that takes the path, if there is one. The trie has been
// asked before: a path that it knows is probably none of httprouter's.
func (y *layer) find(s *search) {
	if len(s.found) == 0 {
		y.router.ServeHTTP(s, &s.asked.http)
	} else if handle, taken, _ := y.router.Lookup(method, s.path()); handle != nil {
		handle(s, nil, taken)
	}
}

// takes notes down what httprouter found. What the parameters took is measured, for
// they go back to their pool.
func (s *search) takes(l *leaf, taken httprouter.Params) {
	s.measured = len(s.found)
	s.note(l)
	for i := range taken {
		s.lens[i] = len(taken[i].Value)
	}
}

// request is what httprouter is asked with.
type request struct {
	http http.Request
	url  url.URL
}

func (q *request) init() { q.http.Method, q.http.URL = method, &q.url }

// A search is the ResponseWriter that httprouter's handles write their leaf to.
var _ http.ResponseWriter = (*search)(nil)

func (s *search) Header() http.Header            { return http.Header{} }
func (s *search) Write(text []byte) (int, error) { return len(text), nil }
func (s *search) WriteHeader(int)                {}
