package routes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Add declares a route: requests whose path matches the pattern, and for which all predicates hold,
// go to the views registered for the route of this name. Routes are tried strictly in the order in
// which they were declared, before traversal; once one matched, no other is tried.
//
// If nothing handles a request, a route that only its method, Accept header or content type kept
// from matching decides the status: 405, 406 or 415, as with views.
//
// A name identifies one route. Declaring it twice is a conflict, unless one declaration is nearer
// to the application: then that one wins, and the route takes its place in the order. Declared
// again after a commit, the route moves to the end.
//
// A pattern with a host, such as "https://example.com/{id}", only generates URLs.
func Add(c registry.Recorder, name, pattern string, opts ...Option) {
	cfg := c.Directive()
	route, err := declare(cfg, name, pattern, opts)
	if name == "" {
		cfg.Declare(registry.Declaration{Category: "routes", Type: "route", Err: err})
		return
	}
	cfg.Report(err) // and declare what is known, so that the name is not missing
	cfg.Declare(registry.Declaration{
		Category: "routes", Type: "route", ID: name, Title: fmt.Sprintf("%s (%q)", name, route.Pattern.String()),
		Fields: introspectedFields(route, opts),
		Phase:  registry.Phase2,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			ensureTable(reg).add(route)
			return nil
		},
	})
}

// declaration is a route to which options are being applied.
type declaration struct {
	route        Route
	inheritSlash bool
}

// declare returns the route, or everything that is wrong with it, and a route of that name.
func declare(cfg *registry.Config, name, pattern string, opts []Option) (*Route, error) {
	d := declaration{route: Route{Name: name, Source: cfg.Source()}}
	errs := d.apply(opts)
	if name == "" {
		errs = append(errs, errors.New(`missing name: want a name such as "user"`))
	}
	if d.inheritSlash && pattern != "" {
		errs = append(errs, fmt.Errorf("routes.InheritSlash needs an empty pattern, got %q", pattern))
	}
	if host, path, ok := cutHost(pattern); ok {
		if strings.ContainsAny(host.host, "{}") {
			errs = append(errs, fmt.Errorf("pattern %q: marker in the host; only the path can have markers", pattern))
		}
		d.route.external, d.route.GenerateOnly, pattern = host, true, path
	} else {
		pattern = withPrefix(prefixOf(cfg), pattern, d.inheritSlash)
	}
	p, err := parse(pattern)
	if err != nil {
		errs = append(errs, err)
	}
	d.route.Pattern = p
	if t := d.route.Traverse; t != nil && p != nil {
		for _, marker := range t.markers {
			if !slices.Contains(p.markers, marker) {
				errs = append(errs, fmt.Errorf("routes.Traverse(%q): pattern %q has no marker %q", t, p, marker))
			}
		}
	}
	if len(errs) > 0 {
		for i, err := range errs {
			errs[i] = fmt.Errorf("route %q: %w", name, err)
		}
		if p == nil {
			p, _ = parse("/")
		}
		return &Route{Name: name, Source: cfg.Source(), Pattern: p, GenerateOnly: true}, errors.Join(errs...)
	}
	return &d.route, nil
}

// apply applies the options, and returns everything that is wrong with them.
func (d *declaration) apply(opts []Option) (errs []error) {
	var seen []Option
	for _, o := range opts {
		switch o := o.(type) {
		case option:
			if err := o.apply(d); err != nil {
				errs = append(errs, err)
			}
		case web.Predicate:
			if err := o.Err(); err != nil {
				errs = append(errs, err)
			}
			d.route.Predicates = append(d.route.Predicates, o)
		default:
			errs = append(errs, fmt.Errorf("%T is not a route option: build predicates with web.NewPredicate", o))
			continue
		}
		if at := slices.IndexFunc(seen, func(s Option) bool { return optionKind(s) == optionKind(o) }); at >= 0 {
			remedy := "remove one"
			if _, ok := o.(web.Predicate); ok {
				remedy = "combine the values in one, or remove one"
			}
			errs = append(errs, fmt.Errorf("option %q given twice, as %s and as %s: %s", optionKind(o), seen[at], o, remedy))
		}
		seen = append(seen, o)
	}
	return errs
}

// optionKind returns the kind of an option, of which a route has one.
func optionKind(o Option) string {
	switch o := o.(type) {
	case option:
		return o.kind
	case web.Predicate:
		// A predicate and a negated one of the same kind may occur together.
		return strings.Repeat("!", len(o.String())-len(strings.TrimPrefix(o.String(), "!"))) + o.Kind()
	}
	return ""
}

func introspectedFields(route *Route, opts []Option) []registry.Field {
	fields := []registry.Field{
		{Name: "name", Value: route.Name}, {Name: "pattern", Value: route.Pattern.String()},
		{Name: "generate only", Value: route.GenerateOnly}, {Name: "global views", Value: route.GlobalViews},
	}
	if host := route.External(); host != "" {
		fields = append(fields, registry.Field{Name: "external", Value: host})
	}
	for _, o := range opts {
		switch o := o.(type) {
		case option:
			fields = append(fields, registry.Field{Name: "option " + o.kind, Value: o.String()})
		case web.Predicate:
			fields = append(fields, registry.Field{Name: "predicate " + o.Kind(), Value: o.String()})
		}
	}
	return fields
}

// prefixKey is the key of the prefix that a configuration and its includes carry.
type prefixKey struct{}

// WithPrefix returns a Config that puts prefix before the patterns of the routes declared with it
// and with what it includes, after any prefix that c carries already. One slash separates prefix
// and pattern. A prefix of nothing but slashes has no effect.
//
// Most applications need framework.RoutePrefix instead.
func WithPrefix(c *registry.Config, prefix string) *registry.Config {
	joined := strings.TrimRight(prefixOf(c), "/") + "/" + strings.TrimLeft(prefix, "/")
	return c.With(prefixKey{}, strings.Trim(joined, "/"))
}

// Prefix returns the prefix of the routes that are declared in c, without slashes around it; "" if
// there is none. Most applications never need it.
func Prefix(c *registry.Config) string { return prefixOf(c) }

func prefixOf(c *registry.Config) string {
	prefix, _ := c.Value(prefixKey{}).(string)
	return prefix
}

// withPrefix puts the prefix before a pattern. An empty pattern gives the prefix with a trailing
// slash, or without one if inheritSlash is set.
func withPrefix(prefix, pattern string, inheritSlash bool) string {
	switch {
	case prefix == "":
		return pattern
	case pattern == "" && inheritSlash:
		return prefix
	}
	return prefix + "/" + strings.TrimLeft(pattern, "/")
}
