package views

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/related"
)

// mostSuggestions limits the views on other routes that are suggested.
const mostSuggestions = 3

// Suggestions returns likely causes and remedies: a view of that name for a related type (*T
// instead of T, an embedded type), on another route, or of a similar name.
func (e *NoViewError) Suggestions() []string {
	var suggestions []string
	for _, s := range e.slots {
		if s != nil {
			suggestions = append(suggestions, s.suggestions(e.table.types, e.Resource)...)
		}
	}
	if e.table == nil || len(e.Candidates) > 0 {
		return suggestions
	}
	if deep := e.tooDeep(); len(deep) > 0 {
		return append(suggestions, deep...)
	}
	suggestions = append(suggestions, e.elsewhere()...)
	if suggestion := e.otherName(); suggestion != "" {
		suggestions = append(suggestions, suggestion)
	}
	return suggestions
}

// suggestions suggests views of the slot for types related to t that do not serve it.
func (s *slot) suggestions(known *types, t reflect.Type) []string {
	if t == nil {
		return nil
	}
	var suggestions []string
	for _, g := range s.groups {
		if suggestion := related.Hint(t, g.typ); suggestion != "" && !known.Inherits(t, g.typ) {
			suggestions = append(suggestions, g.members[0].info.String()+": "+suggestion)
		}
	}
	return suggestions
}

// elsewhere describes the views of this name for this resource that the request does not search:
// those of other routes, or those without a route.
func (e *NoViewError) elsewhere() []string {
	var suggestions []string
	more := 0
	for _, s := range e.table.resources.slots {
		if s.place.name != e.Name || slices.Contains(e.slots[:], s) {
			continue
		}
		c := s.chain(e.table.types, e.Resource)
		if len(c.steps) == 0 {
			continue
		}
		if len(suggestions) == mostSuggestions {
			more++
			continue
		}
		info := c.steps[0].members[0].info
		why := "it serves that route only, and another one matched"
		switch {
		case s.place.route == "":
			why = fmt.Sprintf("it has no route: add views.Route(%q), or add routes.GlobalViews() to the route", e.Route)
		case e.routeless:
			why = "it serves that route only, and a wrapper, RenderView and Permitted use views without a route"
		case e.Route == "":
			why = "it serves that route only, and no route matched"
		}
		suggestions = append(suggestions, fmt.Sprintf("%s (%s): %s", info, info.Source, why))
	}
	if more > 0 {
		suggestions = append(suggestions, fmt.Sprintf("and %d more on other routes", more))
	}
	return suggestions
}

// otherName suggests a view of the resource with a similar name.
func (e *NoViewError) otherName() string {
	var names []string
	for _, s := range e.table.resources.slots {
		if s.place.route == e.Route && s.place.name != "" && s.place.name != e.Name && len(s.chain(e.table.types, e.Resource).steps) > 0 {
			names = append(names, s.place.name)
		}
	}
	if near := registry.Nearest(e.Name, names); near != "" && e.Name != "" {
		return "did you mean the view " + strconv.Quote(near) + "?"
	}
	return ""
}
