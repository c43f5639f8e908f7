package views

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

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
	for _, hint := range e.Suggestions() {
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
func (t *Table) candidates(r *web.Request) []Candidate {
	first, second := t.slots(r, r.ViewName())
	return reported(t.examine(r, first, second), r)
}

// candidate is a [Candidate] in the making: a view, and all its predicates that do not hold.
type candidate struct {
	*registration
	failed []web.Predicate
}

// failedFor reports whether predicates of this kind are all that fails. A
// content type is about the body of a method: where the method is another one,
// it says nothing, so that GET of what takes POST of JSON lacks only the method.
func (c candidate) failedFor(kind string) bool {
	found := false
	for _, p := range c.failed {
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
func (t *Table) examine(r *web.Request, slots ...*slot) []candidate {
	var all []candidate
	for _, s := range slots {
		if s == nil {
			continue
		}
		all = append(all, s.chain(t.types, reflect.TypeOf(r.Resource())).examine(r)...)
	}
	return all
}

func (c *chain) examine(r *web.Request) []candidate {
	var all []candidate
	for _, group := range c.steps {
		for _, view := range group.asked(r) {
			all = append(all, candidate{view, view.failing(r)})
		}
	}
	return all
}

// asked lists the views of a group in the order in which they are asked, those
// that the Accept header excludes at the end.
func (g *multiview) asked(r *web.Request) []*registration {
	var list []*registration
	taken := preferred(r, g.offers)
	for _, o := range taken {
		list = append(list, o.views...)
	}
	list = append(list, g.bare...)
	for i := range g.offers {
		if !slices.Contains(taken, &g.offers[i]) {
			list = append(list, g.offers[i].views...)
		}
	}
	return list
}

func reported(all []candidate, r *web.Request) []Candidate {
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

// miss fills in the cause of a 404, without candidates.
func (t *Table) miss(cause *NoViewError, r *web.Request, name string, first, second *slot) {
	if match := r.Match(); match != nil {
		cause.Route = match.Route
	}
	cause.Name, cause.Resource = name, reflect.TypeOf(r.Resource())
	cause.table, cause.slots = t, [2]*slot{first, second}
}

// logNotFound writes the line. The text, which has several lines, is its message:
// there a console shows it as it is.
func logNotFound(r *web.Request, err error) {
	cause, ok := errors.AsType[*NoViewError](err)
	if !ok {
		return
	}
	status, _ := web.StatusOf(err)
	r.Log().Debug().Int("status", status).Str("method", r.Method).Str("path", r.URL.Path).Msg(cause.Error())
}
