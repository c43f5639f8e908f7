package web

import "strings"

// Match says which route matched, and with which parameters.
type Match struct {
	// Route is the name of the route, Pattern its pattern with all prefixes.
	Route, Pattern string
	// Params are the markers of the pattern in their order.
	Params []Param
	// GlobalViews: the route also uses views that were registered without a route.
	GlobalViews bool
}

// Param is what one marker of a route's pattern matched: a text in Value, or,
// for a star, the list of names in Values.
type Param struct {
	Name, Value string
	Values      []string
}

// text returns the parameter as one text.
func (p Param) text() string {
	if p.Values != nil {
		return strings.Join(p.Values, "/")
	}
	return p.Value
}

// Get returns the parameter called name.
func (m *Match) Get(name string) (Param, bool) {
	if m != nil {
		for _, p := range m.Params {
			if p.Name == name {
				return p, true
			}
		}
	}
	return Param{}, false
}

// Match returns which route matched; nil if none did. The caller must not change it.
func (r *Request) Match() *Match {
	h := r.host()
	if h.flags&flagMatched == 0 {
		return nil
	}
	return &h.match
}

// SetMatch tells the request which route matched. The router calls it.
func SetMatch(r *Request, m Match) {
	h := r.host()
	h.match = m
	h.flags |= flagMatched
}

// Param returns what the marker called name matched; "" if there is none. The names
// of a star are joined by slashes; Match has them as a list.
func (r *Request) Param(name string) string {
	p, _ := r.Match().Get(name)
	return p.text()
}

// PathValue returns the route's marker called name, or what an outer
// http.ServeMux matched under that name. It shadows the method of *http.Request,
// whose values are only set when the request crosses into an http.Handler.
func (r *Request) PathValue(name string) string {
	if p, ok := r.Match().Get(name); ok {
		return p.text()
	}
	return r.Request.PathValue(name)
}
