package routes

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Add declares a route: requests whose path the pattern matches, and for which
// all predicates hold, go to the views registered for the route of this name.
// Routes are tried strictly in the order in which they were declared, before
// traversal; once one matched there is no way back to another.
//
// A name is one route: declared twice it is a conflict, unless one declaration is
// nearer to the application, and then the route stands where that one was written.
// Declared again after a commit it moves to the end.
//
// A pattern with a host, such as "https://example.com/{id}", is there to generate
// URLs.
func Add(c registry.Recorder, name, pattern string, opts ...Option) {
	cfg := c.Directive()
	route, err := declare(cfg, name, pattern, opts)
	if err != nil {
		cfg.Fail(err)
		return
	}
	cfg.Record(registry.Action{
		Discriminator:   routeID(name),
		Order:           registry.Phase2,
		Subject:         fmt.Sprintf("route %q", name),
		Remedy:          "choose another name, or include one package from the other",
		Introspectables: introspectables(route, opts),
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			ensureTable(reg).add(route)
			return nil
		},
	})
}

// routeID is the identity of a route's declaration.
type routeID string

// declaration is a route on its way.
type declaration struct {
	route        Route
	inheritSlash bool
}

func declare(cfg *registry.Config, name, pattern string, opts []Option) (*Route, error) {
	d := declaration{route: Route{Name: name, Source: cfg.Source()}}
	wrong := d.options(opts)
	if name == "" {
		wrong = append(wrong, errors.New("a route needs a name"))
	}
	if d.inheritSlash && pattern != "" {
		wrong = append(wrong, errors.New("routes.InheritSlash is for an empty pattern: what would it inherit here?"))
	}
	if host, path, ok := cutHost(pattern); ok {
		if strings.ContainsAny(host.host, "{}") {
			wrong = append(wrong, fmt.Errorf("pattern %q: the host of an external route is fixed, markers stand in its path", pattern))
		}
		d.route.external, d.route.GenerateOnly, pattern = host, true, path
	} else {
		pattern = prefixed(prefixOf(cfg), pattern, d.inheritSlash)
	}
	p, err := parse(pattern)
	if err != nil {
		wrong = append(wrong, err)
	}
	d.route.Pattern = p
	if t := d.route.Traverse; t != nil && p != nil {
		for _, marker := range t.names {
			if !slices.Contains(p.names, marker) {
				wrong = append(wrong, fmt.Errorf("routes.Traverse(%q): pattern %q has no marker %q", t, p, marker))
			}
		}
	}
	if len(wrong) > 0 {
		for i, err := range wrong {
			wrong[i] = fmt.Errorf("route %q: %w", name, err)
		}
		return nil, errors.Join(wrong...)
	}
	return &d.route, nil
}

func (d *declaration) options(opts []Option) (wrong []error) {
	var seen []Option
	kind := func(o Option) string {
		switch o := o.(type) {
		case option:
			return o.kind
		case web.Predicate:
			// A kind may be asked for and ruled out at once.
			return strings.Repeat("!", len(o.String())-len(strings.TrimPrefix(o.String(), "!"))) + o.Kind()
		}
		return ""
	}
	for _, o := range opts {
		switch o := o.(type) {
		case option:
			if err := o.apply(d); err != nil {
				wrong = append(wrong, err)
			}
		case web.Predicate:
			if err := o.Err(); err != nil {
				wrong = append(wrong, err)
			}
			d.route.Predicates = append(d.route.Predicates, o)
		default:
			wrong = append(wrong, fmt.Errorf("%T is no option of routes: build predicates of web.NewPredicate", o))
			continue
		}
		if at := slices.IndexFunc(seen, func(s Option) bool { return kind(s) == kind(o) }); at >= 0 {
			wrong = append(wrong, fmt.Errorf("option %q given twice, as %s and as %s: put the values in one", kind(o), seen[at], o))
		}
		seen = append(seen, o)
	}
	return wrong
}

func introspectables(route *Route, opts []Option) []registry.Introspectable {
	ins := registry.Introspectable{
		Category: "routes", Title: route.Name + " (" + strconv.Quote(route.Pattern.String()) + ")", Type: "route", ID: route.Name,
		Fields: []registry.Field{
			{Name: "name", Value: route.Name}, {Name: "pattern", Value: route.Pattern.String()},
			{Name: "generate only", Value: route.GenerateOnly}, {Name: "global views", Value: route.GlobalViews},
		},
	}
	if e := route.external; e != nil {
		ins.Fields = append(ins.Fields, registry.Field{Name: "external", Value: e.String()})
	}
	for _, o := range opts {
		switch o := o.(type) {
		case option:
			ins.Fields = append(ins.Fields, registry.Field{Name: "option " + o.kind, Value: o.String()})
		case web.Predicate:
			ins.Fields = append(ins.Fields, registry.Field{Name: "predicate " + o.Kind(), Value: o.String()})
		}
	}
	return []registry.Introspectable{ins}
}
