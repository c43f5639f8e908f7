package framework

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// around tells the tweens and the derivers.
func (x *explainer) around() {
	reg := x.app.web.Registry
	names := tweens.Names(reg)
	inside := false
	x.out.Tweens = make([]ExplainedTween, len(names))
	for i, name := range names {
		inside = inside || name == tweens.ExcView
		x.out.Tweens[i] = ExplainedTween{Name: name, Outside: !inside}
		if name != tweens.ExcView { // which stands where the application is made
			x.out.Tweens[i].Source = sourceOf(reg, "tweens", name)
		}
	}
	if inside {
		web.SetErrorsAnswered(x.request)
	} else {
		x.notef("the tween EXCVIEW is not in use: no error view answers, and every error is a bare 500")
	}

	derivers, err := views.Derivers(reg)
	if err != nil {
		x.notef("%v", err)
	}
	x.out.Derivers = make([]ExplainedDeriver, len(derivers))
	for i, name := range derivers {
		x.out.Derivers[i] = ExplainedDeriver{Name: name, Source: sourceOf(reg, "view derivers", name)}
	}
}

// sourceOf is where something was declared; "" for what nobody declared.
func sourceOf(reg *registry.Registry, category, name string) string {
	declared, ok := reg.Introspect().Get(category, name)
	if !ok {
		return ""
	}
	return declared.Source.String()
}

// tryRoutes tells of the routes that are tried, and of those behind the match.
func (x *explainer) tryRoutes() {
	table := x.router.routes
	x.out.Routes = []ExplainedRoute{}
	for _, attempt := range table.Explain(x.request) {
		told := explainedRoute(attempt.Route)
		told.Matched, told.Failed = attempt.Matched, attempt.Failed
		for _, p := range attempt.Params {
			value := p.Value
			if p.Values != nil {
				value = strings.Join(p.Values, "/")
			}
			told.Params = append(told.Params, ExplainedParam{p.Name, value})
		}
		x.out.Routes = append(x.out.Routes, told)
		if !attempt.Matched {
			continue
		}
		for _, rt := range table.Shadowed(x.request, attempt.Route.Name) {
			told := explainedRoute(rt)
			told.Shadowed = true
			x.out.Routes = append(x.out.Routes, told)
		}
	}
}

func explainedRoute(rt *routes.Route) ExplainedRoute {
	return ExplainedRoute{Name: rt.Name, Pattern: rt.Pattern.String(), Source: rt.Source.String()}
}

// watchedTraverser knows the lookups of the application, and no other hook than
// the given one: what the application observes are requests.
func watchedTraverser(reg *registry.Registry, hook traversal.Hook) *traversal.Traverser {
	var rules []traversal.Rule
	if t, ok := registry.Lookup[*tree](reg); ok {
		rules = t.rules
	}
	watched, _ := traversal.New(rules, []traversal.Hook{hook}) // the rules were good for the application's own
	return watched
}

// step is the hook of the walk.
func (x *explainer) step(_ context.Context, s traversal.Step) {
	x.at = atTraversal
	if x.root == nil {
		x.root = s.Parent
	}
	told := ExplainedStep{Name: s.Name, Parent: typeName(s.Parent), Capability: s.Capability, Elapsed: s.Elapsed}
	switch {
	case s.Child != nil:
		told.Child = typeName(s.Child)
	case s.Err == nil, errors.Is(s.Err, traversal.ErrNotFound):
		told.Missing = true
	}
	if s.Err != nil && s.Err != traversal.ErrNotFound {
		told.Error = s.Err.Error()
	}
	x.steps = append(x.steps, told)
}

func typeName(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%T", v)
}

// walk tells of the traversal, if it came to that.
func (x *explainer) walk(err error) {
	r := x.request
	_, unwalked := errors.AsType[*traversal.StepError](err)
	if unwalked {
		x.at = atTraversal
	}
	switch x.at {
	case atNewRequest, atRoutes, atBeforeTraversal:
		return
	}
	w := &ExplainedWalk{Factory: "application", Steps: x.steps, Subpath: []string{}}
	if w.Steps == nil {
		w.Steps = []ExplainedStep{}
	}
	w.Path = r.EscapedPath()
	if x.route != nil {
		names, _ := x.route.Walk(r.Match())
		w.Path = traversal.Join(names)
	}
	if x.route != nil && x.route.Root != nil {
		w.Factory = fmt.Sprintf("route %q", x.route.Name)
	} else if factory, ok := registry.Lookup[web.RootFactory](x.app.web.Registry); !ok || factory == nil {
		w.Factory = "default"
	}
	if names := web.VirtualRootNames(r); len(names) > 0 {
		w.VirtualRoot = traversal.Join(names)
	}
	if result := r.Result(); !result.IsZero() {
		x.root = result.Root()
		w.Resource, w.At = typeName(result.Resource()), result.Node().Path()
		w.ViewName, w.Subpath = result.ViewName(), append(w.Subpath, result.Subpath()...)
	} else if x.root == nil && x.at == atTraversal && !unwalked {
		x.root = DefaultRoot{}
	}
	w.Root = typeName(x.root)
	if err != nil && (x.at == atRoot || x.at == atTraversal) {
		w.Error = err.Error()
	}
	x.out.Walk = w
}
