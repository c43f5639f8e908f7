package routes

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Option says what a route matches, or what happens when it does: an option of this package or a
// predicate (views.Method, views.Header, …). Options print themselves, so that listings and
// explanations use the words of the code.
type Option interface {
	fmt.Stringer
	RouteOption() // marks the type; does nothing
}

// option is any option that is not a predicate.
type option struct {
	kind, text string
	apply      func(*declaration) error
}

func (o option) String() string { return o.text }
func (o option) RouteOption()   {}

var (
	_ Option = option{}
	_ Option = web.Predicate{}
)

// Root gives the route a resource tree of its own, in place of the application's.
func Root(factory web.RootFactory) Option {
	return option{"root", "root=" + registry.FuncName(factory), func(d *declaration) error {
		if factory == nil {
			return errors.New("routes.Root(nil): want a func(*web.Request) (traversal.Resource, error)")
		}
		d.route.Root = factory
		return nil
	}}
}

// Traverse builds the path to traverse from the route's markers:
// Traverse("/blogs/{blog}/{article}"). The result is also the parameter "traverse". Without this
// option a marker of that name is the path, as in "/blog/*traverse"; with neither, traversal stays
// at the root.
func Traverse(pattern string) Option {
	return option{"traverse", "traverse=" + strconv.Quote(pattern), func(d *declaration) error {
		p, err := parse(pattern)
		if err != nil {
			return fmt.Errorf("routes.Traverse: %w", err)
		}
		d.route.Traverse = p
		return nil
	}}
}

// GlobalViews lets views that were registered without a route handle requests for which the route
// has no view of its own.
func GlobalViews() Option {
	return option{"global_views", "global_views", func(d *declaration) error {
		d.route.GlobalViews = true
		return nil
	}}
}

// GenerateOnly keeps the route from matching: it only generates URLs. Without GenerateOnly, a route
// that no view serves hides the resource tree behind a 404; the build warns of that.
func GenerateOnly() Option {
	return option{"generate_only", "generate_only", func(d *declaration) error {
		d.route.GenerateOnly = true
		return nil
	}}
}

// InheritSlash makes an empty pattern match the path of the prefix itself: below the prefix "blog"
// it matches /blog, and without the option /blog/.
func InheritSlash() Option {
	return option{"inherit_slash", "inherit_slash", func(d *declaration) error {
		d.inheritSlash = true
		return nil
	}}
}

// Pregenerate calls fn before a URL of the route is generated, to change its parameters.
func Pregenerate(fn Pregenerator) Option {
	return option{"pregenerate", "pregenerate=" + registry.FuncName(fn), func(d *declaration) error {
		if fn == nil {
			return errors.New("routes.Pregenerate(nil): want a func(*web.Request, *web.Link) error")
		}
		d.route.Pregenerate = fn
		return nil
	}}
}

// BodyLimit limits the body of requests that match the route to n bytes, in place of the
// application's limit (framework.Options.MaxBody). A negative n means no limit. A view's own
// views.BodyLimit overrides it.
func BodyLimit(n int64) Option {
	text := fmt.Sprintf("body_limit=%d", n)
	if n < 0 {
		text = "body_limit=none"
	}
	return option{"body_limit", text, func(d *declaration) error {
		if n == 0 {
			return errors.New("routes.BodyLimit(0): want a number of bytes, or -1 for no limit")
		}
		d.route.BodyLimit = n
		return nil
	}}
}
