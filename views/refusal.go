package views

import (
	"net/http"
	"reflect"

	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/internal/nearmiss"
	"github.com/mastaba-go/mastaba/views/web"
)

// refusal is the response of a chain whose views differ only in their methods to a request with a
// method that none of them takes: what mismatch would find out, worked out once for all requests.
type refusal struct {
	methods    condition.MethodSet // that some view takes
	err        *web.HTTPError      // 405
	candidates []Candidate
}

// noRefusal is the refusal of chains whose views differ in more than their methods.
var noRefusal = &refusal{methods: ^condition.MethodSet(0)}

// refusalOf returns the refusal of a chain, which it works out once.
func (c *chain) refusalOf() *refusal {
	if c.refusal == nil {
		return noRefusal
	}
	f := c.refusal.Load()
	if f == nil {
		if f = newRefusal(c); f == nil {
			f = noRefusal
		}
		c.refusal.Store(f)
	}
	return f
}

// newRefusal returns the refusal of a chain, nil if its views differ in more than their methods.
func newRefusal(c *chain) *refusal {
	if c.chosen || c.tie != nil || c.behind != nil || len(c.flat) == 0 {
		return nil
	}
	f := &refusal{}
	misses := nearmiss.New(http.MethodOptions)
	for _, view := range c.flat {
		predicates := view.info.Predicates
		if len(predicates) != 1 || len(view.rest) > 0 {
			return nil
		}
		f.methods |= view.methods
		f.candidates = append(f.candidates, Candidate{Info: view.info, Failed: predicates[0].String()})
		misses.Add(predicates, nil, func(yield func([]web.Predicate) bool) { yield(predicates) })
	}
	f.err = web.MethodNotAllowed(misses.Found().Allowed()...)
	return f
}

// refuse returns the refusal of the slot; done is false if it has to be worked out for the request.
func (t *Table) refuse(r *web.Request, s *slot) (resp *web.Response, done bool, err error) {
	f, method := s.chain(t.types, reflect.TypeOf(r.Resource())).refusalOf(), condition.MethodOf(r.Method)
	if method&(f.methods|condition.Explicit) != 0 { // Other is always in methods
		return nil, false, nil
	}
	if r.Method == http.MethodOptions {
		resp := r.Empty(http.StatusNoContent)
		resp.SetHeader("Allow", f.err.Header("Allow"))
		return resp, true, nil
	}
	both := new(struct {
		web.HTTPError
		cause NoViewError
	})
	t.miss(&both.cause, r, r.ViewName(), s, nil)
	both.cause.Candidates = f.candidates
	both.HTTPError = *f.err.With(&both.cause)
	return nil, true, &both.HTTPError
}
