package statuses_test

import "math/rand/v2"

// The values that tables and requests are made of.
var (
	methods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE", "PROPFIND", "get"}
	offers  = []string{"text/html", "text/plain", "application/json", "image/png"}
	bodies  = []string{"text/plain", "application/json", "application/*", "image/png"}
	paths   = []string{"/", "/edit", "/page", "/page/edit", "/folder", "/folder/edit", "/route", "/star", "/star/page", "/star/page/edit", "/star/nothing"}
	kinds   = []kind{anything, wide, narrow, page, folder, root}

	// headerValues are the lines of each header, nil for none.
	headerValues = map[string][][]string{
		"Accept": {
			nil, {""}, {"*/*"}, {"text/*"}, {"application/json"}, {"image/png"}, {"text/html, application/json;q=0.5"},
			{"text/plain;q=0.2", "application/*;q=0.9"}, {"*/*;q=0.1, text/html;q=0"}, {"audio/ogg"},
		},
		"Content-Type":     {nil, {"text/plain"}, {"application/json"}, {"application/json;charset=utf-8"}, {"image/png"}},
		"X-Requested-With": {nil, {"XMLHttpRequest"}, {"other"}},
		"X-A":              {nil, {"1"}, {"2"}},
		"X-B":              {nil, {""}},
	}
	headerNames = []string{"Accept", "Content-Type", "X-Requested-With", "X-A", "X-B"}
	headerSpecs = []string{"X-A", "X-A:1", "X-B"}
)

// random makes tables and requests.
type random struct{ *rand.Rand }

func newRandom(seed, n uint64) random { return random{rand.New(rand.NewPCG(seed, n))} }

func (g random) one(of []string) string { return of[g.IntN(len(of))] }

func (g random) chance(percent int) bool { return g.IntN(100) < percent }

// some returns one to three of the values.
func (g random) some(of []string) (values []string) {
	for range 1 + g.IntN(3) {
		values = append(values, g.one(of))
	}
	return values
}

func (g random) table() table {
	var t table
	for range g.IntN(4) {
		t.routes = append(t.routes, g.route(string(rune('a'+len(t.routes)))))
	}
	for range 1 + g.IntN(7) {
		t.views = append(t.views, g.view(t.routes))
	}
	if g.chance(40) {
		for range 1 + g.IntN(2) {
			t.errors = append(t.errors, g.errorView())
		}
	}
	return t
}

func (g random) route(name string) route {
	rt := route{name: name, path: "/route", global: g.chance(40), when: g.conditions(35)}
	switch g.IntN(6) {
	case 0:
		rt.path = "/page"
	case 1, 2:
		rt.path, rt.star = "/star", true
	}
	return rt
}

func (g random) view(routes []route) view {
	v := view{on: kinds[g.IntN(len(kinds))], refused: g.chance(8), passes: g.chance(5), when: g.conditions(45)}
	if g.chance(40) {
		v.on = anything
	}
	if len(routes) > 0 && g.chance(50) {
		v.route = routes[g.IntN(len(routes))].name
	}
	if g.chance(25) {
		v.name = "edit"
	}
	offered := false
	for i, p := range v.when { // a view offers one type
		if p.kind == accept && !p.not {
			if offered {
				v.when[i].not = true
				continue
			}
			offered = true
			v.when[i].values = p.values[:1]
		}
	}
	return v
}

func (g random) errorView() errorView {
	ranges := [][2]int{{404, 404}, {403, 403}, {400, 599}, {405, 406}}
	bounds := ranges[g.IntN(len(ranges))]
	e := errorView{lo: bounds[0], hi: bounds[1], when: g.conditions(15)}
	for i, p := range e.when {
		if p.kind == accept && !p.not {
			e.when[i].not = true
		}
	}
	return e
}

// conditions returns predicates, each kind with a chance in percent.
func (g random) conditions(percent int) (ps []predicate) {
	if g.chance(percent) {
		ps = append(ps, predicate{method, g.chance(15), g.some(methods)})
	}
	if g.chance(percent / 3) {
		ps = append(ps, predicate{contentType, g.chance(15), g.some(bodies)})
	}
	if g.chance(percent / 2) {
		ps = append(ps, predicate{accept, g.chance(15), g.some(offers)})
	}
	if g.chance(percent / 6) {
		ps = append(ps, predicate{accept, true, g.some(offers)})
	}
	if g.chance(percent / 4) {
		ps = append(ps, predicate{header, g.chance(25), g.some(headerSpecs)})
	}
	if g.chance(percent / 6) {
		ps = append(ps, predicate{xhr, g.chance(15), []string{g.one([]string{"true", "false"})}})
	}
	return ps
}

func (g random) request() request {
	r := request{method: g.one(methods), path: g.one(paths), headers: map[string][]string{}}
	for _, name := range headerNames {
		if values := headerValues[name]; g.chance(60) {
			if lines := values[g.IntN(len(values))]; lines != nil {
				r.headers[name] = lines
			}
		}
	}
	return r
}
