package statuses_test

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The reference: what RFC 9110 and the README's deviations from Pyramid require.
//
// The routes are tried in order. Of those whose path fits, the first whose predicates hold leads to
// the place: a type of resource and a view name. Pyramid's order decides which of the views that
// fit there responds.
//
// If none does, the methods of the target are those with which the request would reach a view, but
// for its content type and its Accept header, see tryWith.
//
//   - There are none: 404 (15.5.5).
//   - OPTIONS: 204 with Allow (9.3.7, 10.2.1).
//   - The method is not one of them: 405 with Allow (15.5.6).
//   - Otherwise 415 if something fails only for the content type, 406 if something fails only for
//     Accept, and 415 (15.5.7, 15.5.16).
//
// CONNECT and TRACE need a view that names them (9.3.6, 9.3.8). HEAD is GET (9.3.2).

// expect returns the response of a table to a request.
func expect(t table, r request) outcome {
	o := t.respond(r)
	if o.status < 400 {
		return o
	}
	o.by = ""
	for _, e := range t.handlers(o.status) {
		if len(failing(e.when, r)) == 0 {
			o.by = e.id(t)
			break
		}
	}
	return o
}

// respond is expect without the error views.
func (t table) respond(r request) outcome {
	place := t.find(r)
	candidates := t.candidates(place, r)
	for _, v := range candidates {
		switch {
		case len(failing(v.when, r)) > 0 || !takes(v.when, r.method):
		case v.refused:
			return outcome{status: 403}
		case !v.passes:
			return outcome{status: 200, by: t.id(v)}
		}
	}
	allow := []string{"OPTIONS"}
	found := false
	for _, name := range t.methods() {
		for _, m := range t.tryWith(name, place, candidates, r) {
			if slices.Contains(m.named, name) {
				found = true
				allow = append(allow, name)
			}
		}
	}
	slices.Sort(allow)
	allow = slices.Compact(allow)
	missed := t.tryWith(r.method, place, candidates, r)
	only := func(badType, notAcceptable bool) bool {
		return slices.ContainsFunc(missed, func(m miss) bool { return m.badType == badType && m.notAcceptable == notAcceptable })
	}
	switch {
	case !found:
		return outcome{status: 404}
	case r.method == "OPTIONS":
		return outcome{status: 204, allow: strings.Join(allow, ", ")}
	case len(missed) == 0:
		return outcome{status: 405, allow: strings.Join(allow, ", ")}
	case !only(true, false) && only(false, true):
		return outcome{status: 406}
	}
	return outcome{status: 415}
}

// miss says what a view or route does not take of a request, apart from the method.
type miss struct {
	badType, notAcceptable bool
	named                  []string // methods that it is known to consider: the common ones, and those that it names
}

// tryWith returns what would take the request if it had another method, but for its content type or
// its Accept header. The routes are followed as far as that is possible without a request: a view
// of a route that would match has any name and type, and of the views without a route only those of
// the place itself are known.
func (t table) tryWith(name string, at place, candidates []view, r request) (missed []miss) {
	for _, rt := range t.routes {
		if _, fits := rt.fits(r.path); !fits || !allows(rt.when, name) {
			continue
		}
		m, near := missOf(rt.when, r)
		if rt.name == at.route {
			return append(missed, missesOf(candidates, name, rt.when, r)...)
		}
		behind := t.behind(rt)
		for _, v := range behind {
			m.named = append(m.named, named(v.when)...)
		}
		if near && slices.ContainsFunc(behind, func(v view) bool { return takes(v.when, name) }) {
			missed = append(missed, m)
		}
		if near && !m.badType && !m.notAcceptable {
			return missed // the request would reach this route
		}
	}
	if at.route == "" {
		missed = append(missed, missesOf(candidates, name, nil, r)...)
	}
	return missed
}

// missesOf returns what the views of a place miss that take a method. route are the predicates of
// their route.
func missesOf(candidates []view, name string, route []predicate, r request) (missed []miss) {
	for _, v := range candidates {
		unwilling := v.passes && takes(v.when, r.method) && len(failing(v.when, r)) == 0 // it said no itself
		if m, near := missOf(v.when, r); near && takes(v.when, name) && !unwilling {
			m.named = append(m.named, named(route)...)
			missed = append(missed, m)
		}
	}
	return missed
}

// missOf returns what predicates other than Method miss; near is false if one fails that has no
// status of its own.
func missOf(when []predicate, r request) (m miss, near bool) {
	m.named = append(named(when), common...)
	for _, p := range failing(when, r) {
		switch p.kind {
		case method:
		case contentType:
			m.badType = true
		case accept:
			m.notAcceptable = true
		default:
			return m, false
		}
	}
	return m, true
}

// allows reports whether the Method predicates hold for a method.
func allows(when []predicate, name string) bool {
	return !slices.ContainsFunc(failing(when, request{method: name}), func(p predicate) bool { return p.kind == method })
}

// takes reports whether a view with these predicates handles a method.
func takes(when []predicate, name string) bool {
	if name == "CONNECT" || name == "TRACE" {
		named := func(p predicate) bool { return p.kind == method && !p.not }
		return allows(when, name) && slices.ContainsFunc(when, named)
	}
	return allows(when, name)
}

// common are the methods that something without a Method predicate is known to take.
var common = []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}

// methods returns the common methods, and all that predicates name.
func (t table) methods() []string {
	names := slices.Clone(common)
	for _, rt := range t.routes {
		names = append(names, named(rt.when)...)
	}
	for _, v := range t.views {
		names = append(names, named(v.when)...)
	}
	return names
}

// named returns the methods that predicates name.
func named(when []predicate) (names []string) {
	for _, p := range when {
		if p.kind == method {
			names = append(names, p.values...)
		}
	}
	return names
}

// failing returns the predicates that do not hold.
func failing(when []predicate, r request) (failed []predicate) {
	for _, p := range when {
		if p.holds(r) == p.not {
			failed = append(failed, p)
		}
	}
	return failed
}

// holds reports whether the predicate holds, before it is negated.
func (p predicate) holds(r request) bool {
	switch p.kind {
	case method:
		return slices.Contains(p.values, r.method) || r.method == "HEAD" && slices.Contains(p.values, "GET")
	case contentType:
		have := strings.Join(r.headers["Content-Type"], "")
		have, _, _ = strings.Cut(have, ";")
		major, _, _ := strings.Cut(have, "/")
		return have != "" && (slices.Contains(p.values, have) || slices.Contains(p.values, major+"/*"))
	case accept:
		return slices.ContainsFunc(p.values, func(offer string) bool { return quality(r, offer) > 0 })
	case header:
		return !slices.ContainsFunc(p.values, func(spec string) bool {
			name, value, valued := strings.Cut(spec, ":")
			have, sent := r.headers[name]
			return !sent || valued && !strings.HasPrefix(strings.Join(have, ", "), value)
		})
	}
	return slices.Equal(r.headers["X-Requested-With"], []string{"XMLHttpRequest"}) == (p.values[0] == "true")
}

// quality returns how much the client wants a media type (12.5.1): the weight of the most specific
// range. Without the header everything is acceptable; an empty one accepts nothing.
func quality(r request, offer string) float64 {
	lines, sent := r.headers["Accept"]
	if !sent {
		return 1
	}
	best, q := 0, 0.0
	major, _, _ := strings.Cut(offer, "/")
	for _, element := range strings.Split(strings.Join(lines, ","), ",") {
		element, weight, weighted := strings.Cut(strings.TrimSpace(element), ";q=")
		precision := slices.Index([]string{"*/*", major + "/*", offer}, element) + 1
		if precision <= best {
			continue
		}
		best, q = precision, 1
		if weighted {
			q, _ = strconv.ParseFloat(weight, 64)
		}
	}
	return q
}

// place is where views are looked up.
type place struct {
	route  string // "" for none
	global bool   // views without a route count too
	on     kind
	name   string
}

// find returns the place of a request.
func (t table) find(r request) place {
	for _, rt := range t.routes {
		if rest, fits := rt.fits(r.path); fits && len(failing(rt.when, r)) == 0 {
			at := walk(rest)
			at.route, at.global = rt.name, rt.global
			return at
		}
	}
	at := walk(r.path)
	at.global = true
	return at
}

func (rt route) fits(path string) (rest string, ok bool) {
	if rt.star {
		return strings.CutPrefix(path, rt.path)
	}
	return "/", path == rt.path
}

// walk traverses the tree of all applications: the root with the children "page" and "folder".
func walk(path string) place {
	on, name := root, ""
	for _, segment := range strings.FieldsFunc(path, func(c rune) bool { return c == '/' }) {
		if on != root || segment != "page" && segment != "folder" {
			name = segment
			break
		}
		on = kind(segment)
	}
	return place{on: on, name: name}
}

// candidates returns the views of a place in the order in which they are tried.
func (t table) candidates(at place, r request) []view {
	var all []view
	if at.route != "" {
		all = t.ranked(at.route, at, r)
	}
	if at.global {
		all = append(all, t.ranked("", at, r)...)
	}
	return all
}

// ranked returns the views with one route, or without, for a place: those for the more specific
// type first; of one type those that offer a media type, by the client's preference and then the
// server's, then the others by their weight. Offers that the client refuses come last.
func (t table) ranked(route string, at place, r request) []view {
	var all []view
	for _, on := range chains[at.on] {
		var group []view
		for _, v := range t.views {
			if v.route == route && v.name == at.name && v.on == on {
				group = append(group, v)
			}
		}
		servers := serverOrder(group)
		slices.SortStableFunc(group, func(a, b view) int { return cmp.Compare(weight(a.when), weight(b.when)) })
		slices.SortStableFunc(group, func(a, b view) int {
			return cmp.Or(-cmp.Compare(turn(a, r), turn(b, r)), cmp.Compare(slices.Index(servers, offer(a)), slices.Index(servers, offer(b))))
		})
		all = append(all, group...)
	}
	return all
}

// turn is greater for views that are tried earlier.
func turn(v view, r request) float64 {
	if offer(v) == "" {
		return 0
	}
	if q := quality(r, offer(v)); q > 0 {
		return q
	}
	return -1
}

// offer returns the media type that a view offers, "" for none.
func offer(v view) string {
	for _, p := range v.when {
		if p.kind == accept && !p.not {
			return p.values[0]
		}
	}
	return ""
}

// serverOrder returns the offers of a group by the server's preference. A type that is not on the
// list has the number of offers as its position, as in Pyramid.
func serverOrder(group []view) []string {
	list := []string{"text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/json"}
	var offers []string
	for _, v := range group {
		if o := offer(v); o != "" && !slices.Contains(offers, o) {
			offers = append(offers, o)
		}
	}
	position := func(offer string) int {
		if i := slices.Index(list, offer); i >= 0 {
			return i
		}
		return len(offers)
	}
	slices.SortStableFunc(offers, func(a, b string) int { return cmp.Compare(position(a), position(b)) })
	return offers
}

// weight is Pyramid's: the smallest is tried first.
func weight(when []predicate) int {
	bits := map[string]int{xhr: 1, method: 2, header: 5, accept: 6, contentType: 13}
	score := 0
	for _, p := range when {
		score |= 1 << bits[p.kind]
	}
	return (1<<30 - score) / (len(when) + 1)
}

// behind returns the views that a route may lead to.
func (t table) behind(rt route) (all []view) {
	for _, v := range t.views {
		if v.route == rt.name || v.route == "" && rt.global {
			all = append(all, v)
		}
	}
	return all
}

// handlers returns the error views for a status in the order in which they are tried.
func (t table) handlers(status int) []errorView {
	handlers := slices.DeleteFunc(slices.Clone(t.errors), func(e errorView) bool { return status < e.lo || e.hi < status })
	slices.SortStableFunc(handlers, func(a, b errorView) int {
		return cmp.Or(cmp.Compare(a.hi-a.lo, b.hi-b.lo), cmp.Compare(weight(a.when), weight(b.when)))
	})
	return handlers
}

func (t table) id(v view) string {
	return "view " + strconv.Itoa(slices.IndexFunc(t.views, func(o view) bool { return v.String() == o.String() }))
}

func (e errorView) id(t table) string {
	return "error view " + strconv.Itoa(slices.IndexFunc(t.errors, func(o errorView) bool { return e.String() == o.String() }))
}

// What the RFC says itself, and the README.
func TestReference(t *testing.T) {
	t.Parallel()
	only := func(kind string, values ...string) []predicate { return []predicate{{kind, false, values}} }
	both := func(a, b []predicate) []predicate { return append(slices.Clone(a), b...) }
	files := table{
		routes: []route{{name: "a", path: "/route", when: only(method, "POST")}, {name: "b", path: "/route", when: only(method, "GET")}},
		views: []view{
			{on: page, when: both(only(method, "GET"), only(accept, "text/html"))},
			{on: page, when: both(only(method, "PUT"), only(contentType, "application/json"))},
			{on: page, when: only(method, "POST")},
			{on: anything, name: "edit"},
			{on: folder, when: only(xhr, "true")},
			{on: root, when: only(method, "CONNECT")},
			{on: root, refused: true},
			{route: "a", on: anything}, {route: "b", on: anything},
		},
		errors: []errorView{{405, 405, nil}},
	}
	all := "GET, HEAD, OPTIONS, POST, PUT"
	tests := map[string]struct {
		method, path string
		name, value  string // of a header
		want         outcome
	}{
		"a view that fits":     {"GET", "/page", "", "", outcome{200, "", "view 0"}},
		"HEAD is GET":          {"HEAD", "/page", "", "", outcome{200, "", "view 0"}},
		"not acceptable":       {"GET", "/page", "Accept", "image/png", outcome{406, "", ""}},
		"unsupported type":     {"PUT", "/page", "Content-Type", "text/plain", outcome{415, "", ""}},
		"method not allowed":   {"DELETE", "/page", "", "", outcome{405, all, "error view 0"}},
		"the same for OPTIONS": {"OPTIONS", "/page", "", "", outcome{204, all, ""}},
		"any method":           {"PROPFIND", "/page/edit", "", "", outcome{200, "", "view 3"}},
		"but not TRACE":        {"TRACE", "/page/edit", "", "", outcome{405, "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT", "error view 0"}},
		"no view of the name":  {"GET", "/page/other", "", "", outcome{404, "", ""}},
		"another predicate":    {"GET", "/folder", "", "", outcome{404, "", ""}},
		"a named CONNECT":      {"CONNECT", "/", "", "", outcome{200, "", "view 5"}},
		"a refused permission": {"GET", "/", "", "", outcome{403, "", ""}},
		"the first route":      {"POST", "/route", "", "", outcome{200, "", "view 7"}},
		"the second route":     {"GET", "/route", "", "", outcome{200, "", "view 8"}},
		"neither route":        {"PATCH", "/route", "", "", outcome{405, "GET, HEAD, OPTIONS, POST", "error view 0"}},
		"a path of no route":   {"GET", "/star", "", "", outcome{404, "", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request{tt.method, tt.path, map[string][]string{}}
			if tt.name != "" {
				r = r.with(tt.name, []string{tt.value})
			}
			assert.Equal(t, tt.want, expect(files, r))
		})
	}
}
