package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web/internal/segments"
	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

// Routed is what all matches of one route have in common. It is shared by requests and immutable.
type Routed struct {
	// Route is the name of the route, Pattern its pattern with all prefixes.
	Route, Pattern string
	// GlobalViews reports whether the route also uses views that were registered without a route.
	GlobalViews bool
	// Markers are the names of the pattern's markers, in order.
	Markers []string
	// Star reports whether the last marker is a star, which matches a list of path segments.
	Star bool

	// Predicates are those of the route.
	Predicates []Predicate

	// Views is what package views keeps for the route. It is set while the application is built.
	Views any

	own *[]Param // of a single match, in place of its path and spans; nil for routes
}

// Match is the route that matched, with its parameters. It is stored in the request and refers to
// the request's path: reading a parameter costs no allocation, and keeping one keeps the path in
// memory.
type Match struct {
	*Routed
	path  string                 // decoded; NUL stands for an escaped slash
	spans [inlineSpans]shortSpan // of path, one for each marker
}

// Span is a part of a path: the bytes from From up to, but not including, To.
type Span struct{ From, To int32 }

// shortSpan is a Span of a path shorter than 64 KiB.
type shortSpan struct{ from, to uint16 }

// inlineSpans is how many parameters a match can have without an allocation.
const inlineSpans = 6

// Param is what one marker of a route's pattern matched: a text in Value or, for a star, a list of
// path segments in Values.
type Param struct {
	Name, Value string
	Values      []string
}

// NewMatch returns a match with the given parameters, which may differ from to.Markers. It is for
// tests and tools; the router calls [Driver.SetPathMatch].
func NewMatch(to Routed, params ...Param) Match {
	to.own = &params
	return Match{Routed: &to}
}

// SetPathMatch sets the route that matched, with parameters that are parts of path: one span for
// each marker of to. The path is decoded, except that an escaped slash is a NUL. Up to six
// parameters of a path below 64 KiB cost no allocation.
func (d Driver) SetPathMatch(to *Routed, path string, spans []Span) {
	h := d.r.host()
	h.flags = h.flags&^flagShown | flagMatched
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

// With returns a copy of the match with one more parameter, or with another value for it.
func (m *Match) With(p Param) Match {
	params, routed := m.Params(), *m.Routed
	routed.own = &params
	joined := *m
	joined.Routed = &routed
	if i := joined.index(p.Name); i >= 0 {
		params[i] = p
		return joined
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

// Params returns the parameters in the order of the pattern. It allocates a list; Get and
// [Request.Param] cost less.
func (m *Match) Params() []Param {
	params := make([]Param, 0, m.Len()+1)
	for i := range m.Len() {
		params = append(params, m.at(i))
	}
	return params
}

// Get returns the parameter called name, and whether it is there.
func (m *Match) Get(name string) (Param, bool) {
	if i := m.index(name); i >= 0 {
		return m.at(i), true
	}
	return Param{}, false
}

// Text returns the parameter called name as text, the segments of a star joined by slashes; ""
// without one.
func (m *Match) Text(name string) string {
	if i := m.index(name); i >= 0 && m.own == nil && !m.Star { // nearly always
		return segments.Unescape(m.raw(i))
	}
	p, _ := m.Get(name)
	return p.text()
}

// Names returns the parameter called name as path segments, normalized as in traversal: empty ones
// and "." are dropped, and ".." drops the one before it. A slash that was escaped in the URL does
// not separate. It is nil only if there is no such parameter.
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

// Raw returns the parameter called name as it is in the path, even if With replaced it: a star is
// not split, and an escaped slash is a NUL. It is for the router.
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
	return segments.Join(p.Values)
}

func (m *Match) index(name string) int {
	if m == nil {
		return -1
	}
	if m.own != nil {
		return slices.IndexFunc(*m.own, func(p Param) bool { return p.Name == name })
	}
	return slices.Index(m.Markers, name)
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
		p.Value = segments.Unescape(raw)
	}
	return p
}

// SplitRaw splits what [Match.Raw] returned into path segments, as [Match.Names] does.
func SplitRaw(raw string) []string { return segments.Split(raw) }

// text returns the parameter as text.
func (p Param) text() string {
	if p.Values != nil {
		return strings.Join(p.Values, "/")
	}
	return p.Value
}

// Match returns the route that matched, nil without one. The caller must not change it.
func (r *Request) Match() *Match {
	r.Keep()
	return r.matched()
}

// matched is Match for what keeps no part of it.
func (r *Request) matched() *Match {
	h := r.host()
	if h.flags&flagMatched == 0 {
		return nil
	}
	return &h.match
}

// showMatch sets the pattern of the route in hr, and its parameters as path values if the
// application says so, as http.ServeMux does. Without a match it leaves those of an outer one. It
// does not write again what it has set: another goroutine may read hr.
func (r *Request) showMatch(hr *http.Request) {
	m := r.matched()
	if m == nil {
		return
	}
	if hr == r.Request && r.from == nil {
		r.flags |= flagShown
	}
	if hr.Pattern == m.Pattern {
		return
	}
	hr.Pattern = m.Pattern
	if r.app.PathValues {
		m.setPathValues(hr)
	}
}

// setPathValues sets the parameters that hr does not have. Copies of hr share its values.
func (m *Match) setPathValues(hr *http.Request) {
	for _, p := range m.Params() {
		if text := p.text(); hr.PathValue(p.Name) != text {
			hr.SetPathValue(p.Name, text)
		}
	}
}

// Param returns what the marker called name matched; "" without one. The segments of a star are
// joined by slashes; [Match.Names] returns them as a list.
func (r *Request) Param(name string) string { return r.matched().Text(name) }

// PathValue returns what the marker called name matched, or else what an outer http.ServeMux
// matched under that name. It replaces the method of *http.Request, whose values are set only when
// the request is passed to an http.Handler (see Application.PathValues).
func (r *Request) PathValue(name string) string {
	if m := r.matched(); m.index(name) >= 0 {
		return m.Text(name)
	}
	return r.Request.PathValue(name)
}

// ParamAs returns what the marker called name matched, as a value of type T:
//
//	id, err := web.ParamAs[int](r, "id")
//	if err != nil {
//		return nil, err // /users/seven: 404
//	}
//
// T is a string, a number, a bool, a time.Time (RFC 3339, or a date alone), a time.Duration, a type
// with UnmarshalText (uuid.UUID, netip.Addr), a type based on one of these, or []string for a star.
// Text that is not a T is a 404: there is no such page. To respond with another status, wrap the
// error: web.BadRequest("an id is a number").With(err). A marker that the route does not have, or a
// T that cannot be read from text, is a bug and has no status.
func ParamAs[T any](r *Request, name string) (T, error) {
	var v T
	m := r.matched()
	if m.index(name) < 0 {
		return v, noSuchMarker(m, name)
	}
	if names, ok := any(&v).(*[]string); ok {
		*names = m.Names(name)
		return v, nil
	}
	text := m.Text(name)
	err := urls.Parse(text, &v)
	if err == nil {
		return v, nil
	}
	var zero T
	if errors.Is(err, urls.ErrNoText) {
		return zero, fmt.Errorf("parameter %q: a %T cannot be read from text", name, v)
	}
	return zero, NotFound("").With(fmt.Errorf("parameter %q: %w", name, err))
}

func noSuchMarker(m *Match, name string) error {
	if m == nil {
		return fmt.Errorf("parameter %q: the request matched no route", name)
	}
	var have []string
	for _, p := range m.Params() {
		have = append(have, p.Name)
	}
	return fmt.Errorf("parameter %q: route %q (%s) has no marker of that name (have: %q)", name, m.Route, m.Pattern, have)
}
