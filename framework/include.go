package framework

import (
	"fmt"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
)

// IncludeOption changes how Include takes a function in.
type IncludeOption interface {
	fmt.Stringer
	applyInclude(*inclusion)
}

// inclusion is one call of Include.
type inclusion struct {
	name   string
	prefix string
}

type as string

var _ IncludeOption = as("")

// As names what is included. A package-level function has a name of its own;
// a closure or a method value has none in Go, so that two of them could not
// be told apart, and needs As.
func As(name string) IncludeOption { return as(name) }

func (a as) applyInclude(i *inclusion) { i.name = string(a) }
func (a as) String() string            { return fmt.Sprintf("framework.As(%q)", string(a)) }

type routePrefix string

var _ IncludeOption = routePrefix("")

// RoutePrefix puts prefix before the patterns of all routes that the included
// function declares, after the prefix that is there already. See routes.Add.
func RoutePrefix(prefix string) IncludeOption { return routePrefix(prefix) }

func (p routePrefix) applyInclude(i *inclusion) { i.prefix = string(p) }
func (p routePrefix) String() string            { return fmt.Sprintf("framework.RoutePrefix(%q)", string(p)) }

// RoutePrefix puts prefix before the patterns of the routes that fn declares with
// the Configurator it is given, and of what it includes there. The directives
// stay those of c: unlike Include it changes nothing about who overrides whom.
func (c *Configurator) RoutePrefix(prefix string, fn func(*Configurator)) {
	pinned := c.Directive()
	if fn == nil {
		pinned.Fail(fmt.Errorf("route prefix %q: the function is nil", prefix))
		return
	}
	fn(&Configurator{config: routes.WithPrefix(c.config, prefix)})
}

// Include lets another package, or another part of the application, declare
// its share: fn is called at once with a Configurator of its own. What it
// declares gives way to what the application itself declares for the same
// thing, and conflicts with what an unrelated include declares.
//
// The same function is included once: a second Include of it, until the next
// Commit, does nothing. An error of fn is a configuration error at the line of
// this call. See Pyramid, "Advanced Configuration".
func (c *Configurator) Include(fn func(*Configurator) error, options ...IncludeOption) {
	config := c.Directive()
	if fn == nil {
		config.Fail(fmt.Errorf("include: the function is nil"))
		return
	}
	var in inclusion
	for _, o := range options {
		o.applyInclude(&in)
	}
	if in.name == "" {
		name, ok := registry.PackageFunc(fn)
		if !ok {
			config.Fail(fmt.Errorf("include %s: only a package-level function has a name that identifies it: add framework.As(\"name\")", registry.FuncName(fn)))
			return
		}
		in.name = name
	}
	if in.prefix != "" {
		config = routes.WithPrefix(config, in.prefix)
	}
	config.Include(in.name, func(inner *registry.Config) error {
		return fn(&Configurator{config: inner})
	})
}
