package framework

import (
	"fmt"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
)

// IncludeOption is an option of Include: As or RoutePrefix.
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

// As names the included function. Include identifies a package-level function by its own name. A
// closure or a method value has no name that identifies it, so it needs As.
func As(name string) IncludeOption { return as(name) }

func (a as) applyInclude(i *inclusion) { i.name = string(a) }
func (a as) String() string            { return fmt.Sprintf("framework.As(%q)", string(a)) }

type routePrefix string

var _ IncludeOption = routePrefix("")

// RoutePrefix adds a prefix to the patterns of all routes that the included function registers. It
// follows the prefix of the including function, if that has one. See routes.Add.
func RoutePrefix(prefix string) IncludeOption { return routePrefix(prefix) }

func (p routePrefix) applyInclude(i *inclusion) { i.prefix = string(p) }
func (p routePrefix) String() string            { return fmt.Sprintf("framework.RoutePrefix(%q)", string(p)) }

// RoutePrefix calls fn with a Configurator that adds a prefix to the patterns of its routes, and to
// those of functions that fn includes. Unlike Include it does not change which registrations
// override which. A panic of fn becomes a configuration error at the line of this call.
func (c *Configurator) RoutePrefix(prefix string, fn func(*Configurator)) {
	config := c.Directive()
	if fn == nil {
		config.Fail(fmt.Errorf("route prefix %q: the function is nil", prefix))
		return
	}
	config.Guard(fmt.Sprintf("route prefix %q", prefix), func() error {
		fn(&Configurator{config: routes.WithPrefix(c.config, prefix)})
		return nil
	})
}

// Include calls fn at once with a Configurator of its own, so that another package, or another part
// of the application, can register what it adds. What fn registers is overridden by what the
// application itself registers for the same thing, and conflicts with what another included
// function registers for it (Pyramid's "Advanced Configuration").
//
// A second Include of the same function does nothing, until the next Commit. An error of fn becomes
// a configuration error at the line of this call.
func (c *Configurator) Include(fn func(*Configurator) error, options ...IncludeOption) {
	config := c.Directive()
	if fn == nil {
		config.Fail(fmt.Errorf("include: the function is nil"))
		return
	}
	var in inclusion
	for _, o := range options {
		if o == nil {
			config.Fail(fmt.Errorf("include %s: an option is nil", registry.FuncName(fn)))
			return
		}
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
