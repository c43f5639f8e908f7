package statuses_test

import (
	"maps"
	"slices"
	"strings"
)

// varies returns the headers that Vary has to name, and those that it may name (12.5.5). It has to
// name a header if another value of it would have led to another response; it may name every header
// that a predicate of the routes and views looked at depends on. Content-Type is not among them: it
// belongs to the content of the request, not to what the client accepts.
func varies(t table, r request) (must, may []string) {
	got := expect(t, r)
	for name, values := range headerValues {
		if name == "Content-Type" {
			continue
		}
		for _, value := range values {
			if expect(t, r.with(name, value)) != got {
				must = append(must, name)
				break
			}
		}
	}
	if got.status >= 400 && got.by == "" { // the page of the error is HTML, JSON or text
		must = append(must, "Accept")
	}
	may = slices.Clone(must)
	var whens [][]predicate
	for _, v := range t.candidates(t.find(r), r) {
		whens = append(whens, v.when)
	}
	for _, rt := range t.routes {
		if _, fits := rt.fits(r.path); fits {
			whens = append(whens, rt.when)
		}
	}
	for _, e := range t.errors {
		whens = append(whens, e.when)
	}
	for _, when := range whens {
		for _, p := range when {
			may = append(may, p.headers()...)
		}
	}
	slices.Sort(must)
	slices.Sort(may)
	return slices.Compact(must), slices.Compact(may)
}

// headers returns the names of the headers that the predicate reads.
func (p predicate) headers() (names []string) {
	switch p.kind {
	case accept:
		return []string{"Accept"}
	case xhr:
		return []string{"X-Requested-With"}
	case header:
		for _, spec := range p.values {
			name, _, _ := strings.Cut(spec, ":")
			names = append(names, name)
		}
	}
	return names
}

// with returns the request with another header; nil removes it.
func (r request) with(name string, lines []string) request {
	r.headers = maps.Clone(r.headers)
	delete(r.headers, name)
	if lines != nil {
		r.headers[name] = lines
	}
	return r
}
