package statuses_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// shrink returns the smallest table and request with a fault that it finds: it removes one part
// after the other as long as there is a fault.
func shrink(t table, r request, faulty func(table, request) bool) (table, request) {
	for {
		all := steps(t, r)
		i := slices.IndexFunc(all, func(s trial) bool { return faulty(s.table, s.request) })
		if i < 0 {
			return t, r
		}
		t, r = all[i].table, all[i].request
	}
}

type trial struct {
	table   table
	request request
}

// steps returns all tables and requests with one part less.
func steps(t table, r request) (all []trial) {
	for i := range t.routes {
		s := t
		s.routes = slices.Delete(slices.Clone(t.routes), i, i+1)
		all = append(all, trial{s, r})
		for _, when := range fewer(t.routes[i].when) {
			s.routes = slices.Clone(t.routes)
			s.routes[i].when = when
			all = append(all, trial{s, r})
		}
	}
	for i, v := range t.views {
		s := t
		s.views = slices.Delete(slices.Clone(t.views), i, i+1)
		all = append(all, trial{s, r})
		for _, plainer := range []view{
			{v.route, anything, v.name, v.when, v.refused, v.passes},
			{v.route, v.on, v.name, v.when, false, v.passes},
			{v.route, v.on, v.name, v.when, v.refused, false},
			{v.route, v.on, "", v.when, v.refused, v.passes},
			{"", v.on, v.name, v.when, v.refused, v.passes},
		} {
			if plainer.String() != v.String() {
				s.views = slices.Clone(t.views)
				s.views[i] = plainer
				all = append(all, trial{s, r})
			}
		}
		for _, when := range fewer(v.when) {
			s.views = slices.Clone(t.views)
			s.views[i].when = when
			all = append(all, trial{s, r})
		}
	}
	for i := range t.errors {
		s := t
		s.errors = slices.Delete(slices.Clone(t.errors), i, i+1)
		all = append(all, trial{s, r})
		for _, when := range fewer(t.errors[i].when) {
			s.errors = slices.Clone(t.errors)
			s.errors[i].when = when
			all = append(all, trial{s, r})
		}
	}
	for name := range r.headers {
		all = append(all, trial{t, r.with(name, nil)})
	}
	if r.path != "/" {
		all = append(all, trial{t, request{r.method, "/", r.headers}})
	}
	return all
}

// fewer returns the lists with one predicate or one of its values less.
func fewer(when []predicate) (all [][]predicate) {
	for i, p := range when {
		all = append(all, slices.Delete(slices.Clone(when), i, i+1))
		for j := range p.values {
			if len(p.values) > 1 {
				less := slices.Clone(when)
				less[i].values = slices.Delete(slices.Clone(p.values), j, j+1)
				all = append(all, less)
			}
		}
	}
	return all
}

func TestShrink(t *testing.T) {
	t.Parallel()
	big, r := newRandom(1, 1).table(), request{"PUT", "/page", map[string][]string{"Accept": {"*/*"}, "X-A": {"1"}}}
	big.views = append(big.views, view{on: page, when: []predicate{{method, false, []string{"GET", "PUT"}}, {xhr, true, []string{"true"}}}, refused: true})
	small, plain := shrink(big, r, func(t table, r request) bool { // an application that forgets the permission
		return r.method == "PUT" && expect(t, r).status == 403
	})
	assert.Equal(t, table{views: []view{{on: anything, refused: true}}}.String(), small.String())
	assert.Equal(t, request{"PUT", "/", map[string][]string{}}, plain)
}
