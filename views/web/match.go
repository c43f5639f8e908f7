package web

import (
	"slices"
	"strings"
)

// Routed is what all matches of one route have in common. It is shared by many
// requests and never changes.
type Routed struct {
	// Route is the name of the route, Pattern its pattern with all prefixes.
	Route, Pattern string
	// GlobalViews: the route also uses views that were registered without a route.
	GlobalViews bool
	// Markers are the names of the pattern's markers, in their order.
	Markers []string
	// Star: the last marker is a star, which takes a list of names.
	Star bool

	// Views is what package views has for the route. It is set while the application is built.
	Views any

	own *[]Param // of one match alone, in place of its path and spans; nil for routes
}

// Match says which route matched, and with which parameters. It lies inside its
// request and refers to the request's path: reading a parameter costs nothing,
// and keeping one keeps the path alive.
type Match struct {
	*Routed
	path  string                 // decoded; NUL stands for a slash that was escaped
	spans [inlineSpans]shortSpan // of path, one a marker
}

// Span is a part of a path, From being its first byte and To the one after its last.
type Span struct{ From, To int32 }

// shortSpan is a Span within a path of less than 64 KiB.
type shortSpan struct{ from, to uint16 }

// inlineSpans is how many parameters a match holds without an allocation.
const inlineSpans = 6

// Param is what one marker of a route's pattern matched: a text in Value, or,
// for a star, the list of names in Values.
type Param struct {
	Name, Value string
	Values      []string
}

// NewMatch makes a match of parameters that are at hand, which may be others
// than to.Markers. It is for tests and tools; the router uses Driver.SetPathMatch.
func NewMatch(to Routed, params ...Param) Match {
	to.own = &params
	return Match{Routed: &to}
}

func (r *Request) setPathMatch(to *Routed, path string, spans []Span) {
	h := r.host()
	h.flags |= flagMatched
	m := &h.match
	m.Routed, m.path = to, path
	if len(spans) > len(m.spans) || len(path) > 0xffff {
		params := make([]Param, len(spans))
		for i, s := range spans {
			params[i] = param(to, i, path[s.From:s.To])
		}
		*m = NewMatch(*to, params...)
		return
	}
	for i, s := range spans {
		m.spans[i] = shortSpan{uint16(s.From), uint16(s.To)}
	}
}

// With returns a copy of the match in which p is joined to the parameters, or
// takes the place of the one of its name.
func (m *Match) With(p Param) Match {
	params, routed := m.Params(), *m.Routed
	routed.own = &params
	joined := *m
	joined.Routed = &routed
	for i := range params {
		if params[i].Name == p.Name {
			params[i] = p
			return joined
		}
	}
	params = append(params, p)
	return joined
}

// Len returns the number of parameters.
func (m *Match) Len() int {
	switch {
	case m == nil:
		return 0
	case m.own != nil:
		return len(*m.own)
	}
	return len(m.Markers)
}

// Params returns the parameters in the order of the pattern. The list is made
// anew at each call; Get and Request.Param cost less.
func (m *Match) Params() []Param {
	params := make([]Param, 0, m.Len()+1)
	for i := range m.Len() {
		params = append(params, m.at(i))
	}
	return params
}

// Get returns the parameter called name.
func (m *Match) Get(name string) (Param, bool) {
	if i := m.index(name); i >= 0 {
		return m.at(i), true
	}
	return Param{}, false
}

// Text returns the parameter called name as one text, the names of a star joined
// by slashes; "" if there is none.
func (m *Match) Text(name string) string {
	i := m.index(name)
	switch {
	case i < 0:
		return ""
	case m.own != nil:
		return (*m.own)[i].text()
	case m.Star && i == len(m.Markers)-1:
		return strings.Join(SplitRaw(m.raw(i)), "/")
	}
	return unescaped(m.raw(i))
}

// Names returns the parameter called name as the names of a path, as traversal
// splits one: empty names and "." vanish, ".." takes the name before it away, and
// a slash that was escaped in the URL stays inside its name. It is nil if there is
// no such parameter, and else never.
func (m *Match) Names(name string) []string {
	i := m.index(name)
	switch {
	case i < 0:
		return nil
	case m.own == nil:
		return SplitRaw(m.raw(i))
	}
	if p := (*m.own)[i]; p.Values != nil {
		return p.Values
	}
	return SplitRaw((*m.own)[i].Value)
}

// Raw returns the parameter called name as it stands in the path, also where With
// replaced it: a star not split, and an escaped slash still as NUL. It is for the
// router.
func (m *Match) Raw(name string) string {
	if m != nil && m.path != "" {
		if i := slices.Index(m.Markers, name); i >= 0 {
			return m.raw(i)
		}
	}
	i := m.index(name)
	if i < 0 {
		return ""
	}
	p := (*m.own)[i]
	if p.Values == nil {
		return p.Value
	}
	escaped := make([]string, len(p.Values))
	for n, value := range p.Values {
		escaped[n] = strings.ReplaceAll(value, "/", "\x00")
	}
	return strings.Join(escaped, "/")
}

func (m *Match) index(name string) int {
	if m == nil {
		return -1
	}
	if m.own != nil {
		for i := range *m.own {
			if (*m.own)[i].Name == name {
				return i
			}
		}
		return -1
	}
	for i, marker := range m.Markers {
		if marker == name {
			return i
		}
	}
	return -1
}

func (m *Match) at(i int) Param {
	if m.own != nil {
		return (*m.own)[i]
	}
	return param(m.Routed, i, m.raw(i))
}

func (m *Match) raw(i int) string { return m.path[m.spans[i].from:m.spans[i].to] }

func param(to *Routed, i int, raw string) Param {
	p := Param{Name: to.Markers[i]}
	if to.Star && i == len(to.Markers)-1 {
		p.Values = SplitRaw(raw)
	} else {
		p.Value = unescaped(raw)
	}
	return p
}

// SplitRaw splits what Match.Raw returns as Match.Names does: before escaped
// slashes turn back into slashes.
func SplitRaw(raw string) []string {
	names := []string{}
	for name := range strings.SplitSeq(raw, "/") {
		switch name {
		case "", ".":
		case "..":
			if len(names) > 0 {
				names = names[:len(names)-1]
			}
		default:
			names = append(names, unescaped(name))
		}
	}
	return names
}

// unescaped turns escaped slashes back.
func unescaped(raw string) string {
	if strings.IndexByte(raw, 0) < 0 {
		return raw
	}
	return strings.ReplaceAll(raw, "\x00", "/")
}

// text returns the parameter as one text.
func (p Param) text() string {
	if p.Values != nil {
		return strings.Join(p.Values, "/")
	}
	return p.Value
}

// Match returns which route matched; nil if none did. The caller must not change it.
func (r *Request) Match() *Match {
	h := r.host()
	if h.flags&flagMatched == 0 {
		return nil
	}
	return &h.match
}

// Param returns what the marker called name matched; "" if there is none. The names
// of a star are joined by slashes; Match has them as a list.
func (r *Request) Param(name string) string { return r.Match().Text(name) }

// PathValue returns the route's marker called name, or what an outer
// http.ServeMux matched under that name. It shadows the method of *http.Request,
// whose values are only set when the request crosses into an http.Handler.
func (r *Request) PathValue(name string) string {
	if m := r.Match(); m.index(name) >= 0 {
		return m.Text(name)
	}
	return r.Request.PathValue(name)
}
