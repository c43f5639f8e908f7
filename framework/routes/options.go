package routes

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strconv"

	"github.com/mastaba-go/mastaba/views/web"
)

// Option says how a route matches, or what happens then. The options of this
// package and predicates (views.Method, views.Header, …) are options. Each prints
// itself, and listings and explanations read the same words as the code.
type Option interface {
	fmt.Stringer
	RouteOption() // marks the type; does nothing
}

// option is every option but predicates.
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

// Root gives the route a resource tree of its own.
func Root(factory web.RootFactory) Option {
	return option{"root", "root=" + funcName(factory), func(d *declaration) error {
		if factory == nil {
			return errors.New("routes.Root(nil): give a func(*web.Request) (traversal.Resource, error)")
		}
		d.route.Root = factory
		return nil
	}}
}

// Traverse makes the path that is walked from the root out of the route's
// markers: Traverse("/blogs/{blog}/{article}"). What it gives also becomes the
// parameter "traverse". Without it a marker of that name is the path, as in
// "/blog/*traverse"; with neither, the walk stays at the root.
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

// GlobalViews lets views that were registered without a route answer where the
// route itself has none.
func GlobalViews() Option {
	return option{"global_views", "global_views", func(d *declaration) error {
		d.route.GlobalViews = true
		return nil
	}}
}

// GenerateOnly keeps the route from matching: it only generates URLs.
func GenerateOnly() Option {
	return option{"generate_only", "generate_only", func(d *declaration) error {
		d.route.GenerateOnly = true
		return nil
	}}
}

// InheritSlash gives an empty pattern the path of the prefix itself: below the
// prefix "blog" it matches /blog, where an empty pattern otherwise matches /blog/.
func InheritSlash() Option {
	return option{"inherit_slash", "inherit_slash", func(d *declaration) error {
		d.inheritSlash = true
		return nil
	}}
}

// Pregenerate lets fn change what a URL of the route is generated from.
func Pregenerate(fn Pregenerator) Option {
	return option{"pregenerate", "pregenerate=" + funcName(fn), func(d *declaration) error {
		if fn == nil {
			return errors.New("routes.Pregenerate(nil): give a function")
		}
		d.route.Pregenerate = fn
		return nil
	}}
}

// funcName names a function for people.
func funcName(fn any) string {
	v := reflect.ValueOf(fn)
	if v.Kind() != reflect.Func || v.IsNil() {
		return "nil"
	}
	return runtime.FuncForPC(v.Pointer()).Name()
}
