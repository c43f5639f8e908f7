package views

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// Why no view answered. While views are looked for, nothing is noted: a request
// that is answered pays nothing for those that are not. Only when the search
// has failed are all predicates asked again.

// NoViewError says why no view answered a request. It is the cause of the
// web.HTTPError with which a [Table] answers then, and meant for developers:
// no client sees it. With the setting "debug_notfound" its text is logged, at
// level debug.
type NoViewError struct {
	Name       string       // view name
	Route      string       // matched route, "" for none
	Resource   reflect.Type // of the resource; nil without one
	Candidates []Candidate  // views of that name that might have answered

	table *Table
	slots [2]*slot // where it was looked for; nil where there are no views
}

// Candidate is a view that was asked whether it answers a request.
type Candidate struct {
	Info   *Info
	Failed string // the first predicate that does not hold; "" if the view fits
	Err    error  // error of that predicate
}

var _ fmt.Stringer = Candidate{}

// Error names the view, the resource and each candidate with what kept it from
// answering, and gives the hints.
func (e *NoViewError) Error() string {
	var b strings.Builder
	if e.Name == "" {
		b.WriteString("no default view for ")
	} else {
		b.WriteString("no view " + strconv.Quote(e.Name) + " for ")
	}
	if e.Resource == nil {
		b.WriteString("no resource")
	} else {
		b.WriteString(e.Resource.String())
	}
	if e.Route != "" {
		b.WriteString(" on route " + strconv.Quote(e.Route))
	}
	for _, c := range e.Candidates {
		b.WriteString("\n    " + c.String())
	}
	for _, hint := range e.Hints() {
		b.WriteString("\n    " + hint)
	}
	return b.String()
}

// Is reports errNoView if there is no view of that name that might have answered.
func (e *NoViewError) Is(target error) bool { return target == errNoView && len(e.Candidates) == 0 }

var _ error = (*NoViewError)(nil)

var errNoView = errors.New("there is no such view")

// String says what the view is, and what keeps it from answering.
func (c Candidate) String() string {
	switch {
	case c.Err != nil:
		return c.Info.String() + ": " + c.Failed + ": " + c.Err.Error()
	case c.Failed != "":
		return c.Info.String() + ": " + c.Failed + " does not hold"
	default:
		return c.Info.String() + ": fits"
	}
}

// Candidates lists the views that the request may be answered by, in the order
// in which they are asked, and what keeps each from answering: the first
// without Failed is the one that answers. For explanations; it asks all
// predicates.
func (t *Table) Candidates(r *web.Request) []Candidate {
	first, second := t.slots(r, r.ViewName())
	return reported(t.examine(r, first, second), r)
}

// examined is a candidate with all its predicates that do not hold.
type examined struct {
	*candidate
	failed []web.Predicate
}

// failedFor reports whether predicates of this kind are all that fails. A
// content type is about the body of a method: where the method is another one,
// it says nothing, so that GET of what takes POST of JSON lacks only the method.
func (e examined) failedFor(kind string) bool {
	found := false
	for _, p := range e.failed {
		switch {
		case p.Kind() == kind:
			found = true
		case kind != kindMethod || p.Kind() != kindContentType:
			return false
		}
	}
	return found
}

// examine asks everything of every view that the search would come to.
func (t *Table) examine(r *web.Request, slots ...*slot) []examined {
	var all []examined
	for _, s := range slots {
		if s == nil {
			continue
		}
		all = append(all, s.chain(t.types, reflect.TypeOf(r.Resource())).examine(r)...)
	}
	return all
}

func (c *chain) examine(r *web.Request) []examined {
	var all []examined
	for _, group := range c.steps {
		for _, view := range group.asked(r) {
			all = append(all, examined{view, view.failing(r)})
		}
	}
	return all
}

// asked lists the views of a group in the order in which they are asked, those
// that the Accept header excludes at the end.
func (g *multiview) asked(r *web.Request) []*candidate {
	var list []*candidate
	taken := preferred(r, g.offers)
	for _, o := range taken {
		list = append(list, o.candidates...)
	}
	list = append(list, g.bare...)
	for i := range g.offers {
		if !slices.Contains(taken, &g.offers[i]) {
			list = append(list, g.offers[i].candidates...)
		}
	}
	return list
}

func reported(all []examined, r *web.Request) []Candidate {
	list := make([]Candidate, len(all))
	for i, e := range all {
		list[i].Info = e.info
		if len(e.failed) > 0 {
			list[i].Failed = e.failed[0].String()
			_, list[i].Err = e.failed[0].Holds(r)
		}
	}
	return list
}

// mismatch answers a request that no view answers.
func (t *Table) mismatch(r *web.Request, first, second *slot) (*web.Response, error) {
	if first == nil && second == nil {
		return nil, t.nowhere(r)
	}
	cause := new(NoViewError)
	t.miss(cause, r, r.ViewName(), first, second)
	all := t.examine(r, first, second)
	cause.Candidates = reported(all, r)
	if allowed := allowedBy(all); len(allowed) > 0 {
		if methodOf(r) == http.MethodOptions {
			resp := r.Empty(http.StatusNoContent)
			resp.SetHeader("Allow", strings.Join(allowed, ", "))
			return resp, nil
		}
		return nil, web.MethodNotAllowed(allowed...).With(cause)
	}
	if types := wanted(all, kindContentType); len(types) > 0 {
		return nil, web.Status(http.StatusUnsupportedMediaType, "").WithHeader("Accept", strings.Join(types, ", ")).With(cause)
	}
	if types := wanted(all, kindAccept); len(types) > 0 {
		return nil, web.Status(http.StatusNotAcceptable, "available: "+strings.Join(types, ", ")).With(cause)
	}
	return nil, web.NotFound("").With(cause)
}

// nowhere is the 404 for a name that no view has, which most of them are: error and
// cause in one piece of memory.
func (t *Table) nowhere(r *web.Request) error {
	both := new(struct {
		web.HTTPError
		cause NoViewError
	})
	t.miss(&both.cause, r, r.ViewName(), nil, nil)
	both.HTTPError = *web.NotFound("").With(&both.cause)
	return &both.HTTPError
}

// miss fills in the cause of a 404, without candidates.
func (t *Table) miss(cause *NoViewError, r *web.Request, name string, first, second *slot) {
	if match := r.Match(); match != nil {
		cause.Route = match.Route
	}
	cause.Name, cause.Resource = name, reflect.TypeOf(r.Resource())
	cause.table, cause.slots = t, [2]*slot{first, second}
}

// standardMethods are those that a view without a list of methods may be asked with.
var standardMethods = []string{
	http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost, http.MethodPut,
}

// allowedBy is the Allow header: the methods with which those views would answer
// that nothing but the method keeps from it, and OPTIONS; nil without any.
func allowedBy(all []examined) []string {
	var allowed []string
	for _, e := range all {
		if !e.failedFor(kindMethod) {
			continue
		}
		candidates := standardMethods
		for _, p := range e.info.Predicates {
			if list, ok := p.Data().(methods); ok {
				candidates = append(slices.Clip(candidates), list...)
			}
		}
		for _, method := range candidates {
			if e.allows(method) {
				allowed = append(allowed, method)
			}
		}
	}
	if len(allowed) == 0 {
		return nil
	}
	return sortedSet(append(allowed, http.MethodOptions))
}

// allows reports whether the view's predicates admit a method.
func (c *candidate) allows(method string) bool {
	for _, p := range c.info.Predicates {
		if list, ok := p.Data().(methods); ok && slices.Contains(list, method) == p.Negated() {
			return false
		}
	}
	return true
}

// wanted lists what those views want that only a predicate of this kind keeps
// from answering; nil without any.
func wanted(all []examined, kind string) []string {
	var types []string
	for _, e := range all {
		if !e.failedFor(kind) {
			continue
		}
		for _, p := range e.failed {
			if list, ok := p.Data().(mediaTypes); ok && !p.Negated() {
				types = append(types, list...)
			}
		}
	}
	return sortedSet(types)
}
