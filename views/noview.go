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

// NoViewError explains why no view matched a request. It is the cause of the web.HTTPError that
// [Table.Call] then returns. It is for developers: clients never see it. With the setting
// "debug_notfound" its text is logged at level debug.
type NoViewError struct {
	Name       string       // view name
	Route      string       // matched route, "" for none
	Resource   reflect.Type // of the resource; nil without one
	Subpath    []string     // names after the view name
	Candidates []Candidate  // views that were tried

	// Routes are those whose predicates refused the request before, although their pattern matched.
	Routes []web.RefusedRoute

	routeless bool // only views without a route were looked for: RenderView, Permitted, Wrapper

	table *Table
	slots [2]*slot // the slots that were searched; nil where there are no views
}

// Candidate is a view whose route, type and name fit a request, with the result of checking its
// predicates. In this module a candidate is always something that might handle a given request.
type Candidate struct {
	Info   *Info
	Failed string // the first predicate that does not hold; "" if the view matches
	Err    error  // error of that predicate

	Asked    string        // permission of its predicate IfPermitted, preferably of the failed one
	Decision *web.Decision // about that permission; nil without one
}

var _ fmt.Stringer = Candidate{}

// Error describes the request, each candidate and each refused route with the predicate that
// failed, and the suggestions.
func (e *NoViewError) Error() string {
	var b strings.Builder
	switch {
	case len(e.Candidates) > 0 && e.Name == "":
		b.WriteString("no view fits the default name for ")
	case len(e.Candidates) > 0:
		b.WriteString("no view fits " + strconv.Quote(e.Name) + " for ")
	case e.Name == "":
		b.WriteString("no default view for ")
	default:
		b.WriteString("no view named " + strconv.Quote(e.Name) + " for ")
	}
	if e.Resource == nil {
		b.WriteString("no resource")
	} else {
		b.WriteString(e.Resource.String())
	}
	if e.Route != "" {
		b.WriteString(" on route " + strconv.Quote(e.Route))
	}
	if failed := e.failed(); len(failed) > 0 {
		b.WriteString(" (failed: " + strings.Join(failed, ", ") + ")")
	}
	for _, c := range e.Candidates {
		b.WriteString("\n    " + c.String())
	}
	for _, f := range e.Routes {
		b.WriteString("\n    " + f.String())
	}
	for _, suggestion := range e.Suggestions() {
		b.WriteString("\n    " + suggestion)
	}
	return b.String()
}

var _ error = (*NoViewError)(nil)

// failed returns the kinds of the predicates that failed for the candidates, in order, each once.
func (e *NoViewError) failed() (kinds []string) {
	for _, c := range e.Candidates {
		kind, _, _ := strings.Cut(c.Failed, "=")
		if kind != "" && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// String describes the view and its failed predicate.
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

// candidates returns the candidates for a request in the order in which they are tried. The first
// one that did not fail handles the request. It checks all predicates.
func (t *Table) candidates(r *web.Request) []Candidate {
	first, second := t.slotsOf(r)
	return reported(t.examine(r, false, first, second), r)
}

// candidate is a view with all its predicates that do not hold.
type candidate struct {
	*registration
	failed []web.Predicate
}

// examine checks all predicates of every view in the slots. It includes the views behind one that
// matches every request if the search went there: nothing was found, or no view before them fits.
func (t *Table) examine(r *web.Request, nothing bool, slots ...*slot) []candidate {
	var all []candidate
	for _, s := range slots {
		if s == nil {
			continue
		}
		all = append(all, s.chain(t.types, reflect.TypeOf(r.Resource())).examine(r, nothing)...)
	}
	return all
}

func (c *chain) examine(r *web.Request, nothing bool) []candidate {
	var all []candidate
	for _, group := range c.steps {
		for _, view := range group.inOrder(r) {
			if !slices.ContainsFunc(all, func(e candidate) bool { return e.registration == view }) {
				all = append(all, candidate{view, view.failing(r)})
			}
		}
	}
	if c.behind != nil && (nothing || !slices.ContainsFunc(all, func(e candidate) bool { return len(e.failed) == 0 })) {
		all = append(all, c.behind.examine(r, nothing)...)
	}
	return all
}

// inOrder lists the views in the order in which they are tried, then those that the Accept header
// excludes.
func (g step) inOrder(r *web.Request) []*registration {
	var list []*registration
	taken := g.picks(r)
	for _, o := range taken {
		list = append(list, o.views...)
	}
	list = append(list, g.bare...)
	if g.merged { // the steps behind it have the others
		return list
	}
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
		for _, p := range slices.Concat(e.failed, e.info.Predicates) {
			if permission, ok := p.Data().(permitted); ok && list[i].Asked == "" {
				if decision, err := r.Permits(string(permission)); err == nil {
					list[i].Asked, list[i].Decision = string(permission), &decision
				}
			}
		}
		if len(e.failed) > 0 {
			list[i].Failed = e.failed[0].String()
			_, list[i].Err = e.failed[0].Holds(r)
		}
	}
	return list
}

// miss fills in a NoViewError, without candidates.
func (t *Table) miss(cause *NoViewError, r *web.Request, name string, first, second *slot) {
	if match := web.Drive(r).Routed(); match != nil {
		cause.Route = match.Route
	}
	cause.Name, cause.Resource = name, reflect.TypeOf(r.Resource())
	if cause.Subpath = slices.Clone(web.Drive(r).Walked().Rest()); len(cause.Subpath) > 0 {
		first, second = t.slots(web.Drive(r).Routed(), name, false) // a view that takes no subpath is the likely cause
	}
	cause.table, cause.slots = t, [2]*slot{first, second}
}

// logNotFound logs err if no view matched. The text, which has several lines, is the message, since
// a console prints a message as it is.
func logNotFound(r *web.Request, err error) {
	cause, ok := errors.AsType[*NoViewError](err)
	if !ok {
		return
	}
	status, _ := web.StatusOf(err)
	r.Log().Debug().Int("status", status).Str("method", r.Method).Str("path", r.URL.Path).Msg(cause.Error())
}
