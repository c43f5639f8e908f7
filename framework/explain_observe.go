package framework

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework/explain"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

var _ observer = (*explainer)(nil)

func (x *explainer) begin(stage explain.Stage) {
	x.at = stage
	if stage == explain.AtRoutes { // before the router matches, since a match hides what failed
		x.routes()
	}
}

func (x *explainer) matched(route *routes.Route) { x.route = route }

func (x *explainer) rooted(root traversal.Resource) { x.root = root }

func (x *explainer) stepped(_ context.Context, s traversal.Step) {
	step := explain.Step{Name: s.Name, Parent: typeName(s.Parent), Capability: s.Capability, Elapsed: s.Elapsed}
	switch {
	case s.Child != nil:
		step.Child = typeName(s.Child)
	case s.Err == nil, errors.Is(s.Err, traversal.ErrNotFound):
		step.Missing = true
	}
	if s.Err != nil && s.Err != traversal.ErrNotFound {
		step.Error = s.Err.Error()
		if !step.Missing && looksMissing(step.Error) {
			step.Error += " (it does not wrap traversal.ErrNotFound, and so is a failure, not a missing child)"
		}
	}
	if s.Capability == "none" {
		hints := slices.DeleteFunc(traversal.Misfits(reflect.TypeOf(s.Parent)), isOfLister)
		step.Hint = strings.Join(hints, "; ")
	}
	x.steps = append(x.steps, step)
}

// looksMissing reports whether the text of an error reads as that of something that is not there.
func looksMissing(text string) bool {
	return slices.ContainsFunc([]string{"not found", "not exist", "no rows", "no such"}, func(words string) bool {
		return strings.Contains(strings.ToLower(text), words)
	})
}

// routes describes the routes that are tried, and those that the matching one hides.
func (x *explainer) routes() {
	table := x.app.router.routes
	x.out.Routes = []explain.Route{}
	for _, attempt := range table.Explain(x.request) {
		route := explainedRoute(attempt.Route)
		route.Matched = attempt.Matched
		route.Failed = attempt.Failed
		if failed, ok := strings.CutSuffix(strings.TrimPrefix(attempt.Failed, "predicate "), " does not hold"); ok && !strings.Contains(failed, "match_param=") {
			route.Failed += x.had(attempt.Route.Predicates, failed) // a match_param is about the markers, which the route shows
		}
		for _, p := range attempt.Params {
			value := p.Value
			if p.Values != nil {
				value = strings.Join(p.Values, "/")
			}
			route.Params = append(route.Params, explain.Param{Name: p.Name, Value: value})
		}
		x.out.Routes = append(x.out.Routes, route)
		if !attempt.Matched {
			continue
		}
		for _, rt := range table.Shadowed(x.request, attempt.Route.Name) {
			hidden := explainedRoute(rt)
			hidden.Shadowed = true
			x.out.Routes = append(x.out.Routes, hidden)
		}
	}
}

func explainedRoute(rt *routes.Route) explain.Route {
	return explain.Route{Name: rt.Name, Pattern: rt.Pattern.String(), Source: rt.Source.String()}
}

// walk describes the traversal, if the request got that far; err ended the search before the views.
func (x *explainer) walk(err error) {
	switch x.at {
	case explain.AtNewRequest, explain.AtRoutes, explain.AtBeforeTraversal:
		return
	}
	r := x.request
	w := &explain.Walk{Factory: "application", Root: typeName(x.root), Path: r.EscapedPath(), Steps: x.steps, Subpath: []string{}}
	if w.Steps == nil {
		w.Steps = []explain.Step{}
	}
	if x.route != nil {
		names, _ := x.route.Walk(r)
		w.Path = traversal.Join(names)
	}
	switch {
	case x.route != nil && x.route.Root != nil:
		w.Factory = fmt.Sprintf("route %q", x.route.Name)
	case x.app.router.root == nil:
		w.Factory = "default"
	}
	if names := web.Drive(r).VirtualRootNames(); len(names) > 0 {
		w.VirtualRoot = traversal.Join(names)
	}
	if x.at == explain.AtRootFactory || x.at == explain.AtTraversal {
		w.Error = err.Error()
		if denied, ok := errors.AsType[*views.DeniedError](err); ok {
			w.Permission, w.Decision = denied.Permission, x.decision(denied.Decision)
		}
	} else if result := r.Result(); !result.IsZero() {
		w.Root = typeName(result.Root())
		w.Resource, w.At = typeName(result.Resource()), result.Node().Path()
		x.placed(w, result.Node())
		w.ViewName, w.Subpath = result.ViewName(), append(w.Subpath, result.Subpath()...)
	}
	x.out.Walk = w
}

// typeName returns the type of v in Go, "" for nil.
func typeName(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%T", v)
}
