package routes

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/julienschmidt/httprouter"
)

// routerIndex finds the leaves of the shapes that httprouter accepts. The redirects of httprouter
// and its responses to OPTIONS and to wrong methods are off: it knows one method and only finds
// leaves.
//
// httprouter keeps the values of parameters in a pool of its own. ServeHTTP takes them from there
// and returns them, unless it finds nothing below a parameter: then they are lost, and the next
// request costs two allocations. Lookup does the opposite: it returns what it took if it finds
// nothing, and keeps it otherwise. So paths that are likely to be found are served, and others
// looked up.
type routerIndex struct{ router *httprouter.Router }

const method = http.MethodGet

// newRouterIndex returns an index of shapes that do not conflict, nil if there are none.
func newRouterIndex(leaves []*leaf) *routerIndex {
	if len(leaves) == 0 {
		return nil
	}
	router := httprouter.New()
	router.RedirectTrailingSlash, router.RedirectFixedPath = false, false
	router.HandleMethodNotAllowed, router.HandleOPTIONS = false, false
	router.NotFound = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for _, l := range leaves {
		l.inRouter = true
		router.Handle(method, routerPath(l.shape), func(w http.ResponseWriter, _ *http.Request, params httprouter.Params) {
			if s, ok := w.(*search); ok {
				s.addFromRouter(l, params)
			}
		})
	}
	return &routerIndex{router: router}
}

// routerPath returns a shape in the syntax of httprouter.
func routerPath(shape []segment) string {
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

// find adds the leaf of the path to the search, if there is one. A path that the trie has found
// before is probably not in httprouter.
func (y *routerIndex) find(s *search) {
	if len(s.found) == 0 {
		y.router.ServeHTTP(s, &s.query.http)
	} else if handle, params, _ := y.router.Lookup(method, s.path()); handle != nil {
		handle(s, nil, params)
	}
}

// addFromRouter adds the leaf that httprouter found. It keeps the lengths of the parameters, since
// the parameters return to their pool.
func (s *search) addFromRouter(l *leaf, params httprouter.Params) {
	s.fromRouter = len(s.found)
	s.add(l)
	for i := range params {
		s.lens[i] = len(params[i].Value)
	}
}

// routerQuery is the request that httprouter is called with.
type routerQuery struct {
	http http.Request
	url  url.URL
}

func (q *routerQuery) init() { q.http.Method, q.http.URL = method, &q.url }

// A search is the ResponseWriter of httprouter's handles; nothing is ever written to it.
var _ http.ResponseWriter = (*search)(nil)

func (s *search) Header() http.Header            { return http.Header{} }
func (s *search) Write(text []byte) (int, error) { return len(text), nil }
func (s *search) WriteHeader(int)                {}

// httprouter accepts at one place either literal segments, or one parameter, or one catch-all. To
// choose the shapes for it, all shapes are drawn as a tree of segments, and at each place the
// alternative that saves the most shapes below it wins. That gives the largest set of shapes that
// fit together, and leaves no place where two of them could still conflict.

// place is a place in the tree of shapes.
type place struct {
	leaf     *leaf
	names    []string // of literals, in order
	literals map[string]*place
	open     *place
	rest     *leaf
}

// splitLeaves splits leaves into those that httprouter accepts together, and the others.
func splitLeaves(leaves []*leaf) (accepted, others []*leaf) {
	root := &place{}
	for _, l := range leaves {
		if acceptable(l) {
			root.add(l)
		}
	}
	chosen := map[*leaf]bool{}
	root.choose(chosen)
	for _, l := range leaves {
		if chosen[l] {
			accepted = append(accepted, l)
		} else {
			others = append(others, l)
		}
	}
	return accepted, others
}

// maxSegments is how deep a shape for httprouter may be.
const maxSegments = 64

// acceptable reports whether httprouter accepts the shape at all: ':' and '*' are its syntax, and
// its parameters do not match an empty segment at the end.
func acceptable(l *leaf) bool {
	if len(l.shape) > maxSegments {
		return false
	}
	for _, s := range l.shape {
		if strings.ContainsAny(s.text, ":*") {
			return false
		}
	}
	if last := len(l.shape) - 1; l.shape[last].kind == open {
		for _, c := range l.routes {
			m := c.route.Pattern.match
			if m.whole != nil || m.pieces[len(m.pieces)-1].matchesEmpty() {
				return false
			}
		}
	}
	return true
}

func (p *place) add(l *leaf) {
	for _, s := range l.shape {
		switch s.kind {
		case rest:
			p.rest = l
			return
		case open:
			if p.open == nil {
				p.open = &place{}
			}
			p = p.open
		default:
			next := p.literals[s.text]
			if next == nil {
				next = &place{}
				if p.literals == nil {
					p.literals = map[string]*place{}
				}
				p.literals[s.text] = next
				p.names = append(p.names, s.text)
			}
			p = next
		}
	}
	p.leaf = l
}

// choose adds the leaves that win below p to chosen.
func (p *place) choose(chosen map[*leaf]bool) {
	literals, byOpen := map[*leaf]bool{}, map[*leaf]bool{}
	for _, name := range p.names {
		p.literals[name].choose(literals)
	}
	if p.open != nil {
		p.open.choose(byOpen)
		// A trailing slash, "/a/", fits beside "/a/{x}".
		if empty := p.literals[""]; empty != nil && empty.leaf != nil {
			byOpen[empty.leaf] = true
		}
	}
	best := literals
	if len(byOpen) > 0 && len(byOpen) >= len(best) {
		best = byOpen // the literals overlap with few shapes in the trie
	}
	if len(best) == 0 && p.rest != nil {
		best = map[*leaf]bool{p.rest: true}
	}
	for l := range best {
		chosen[l] = true
	}
	if p.leaf != nil {
		chosen[p.leaf] = true
	}
}
