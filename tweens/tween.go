package tweens

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// The names that every chain has.
const (
	// Ingress is the outer end of the chain: every tween is under it.
	Ingress = "INGRESS"
	// ExcView is the built-in tween that turns errors into responses. Registering a tween of this
	// name replaces it.
	ExcView = "EXCVIEW"
	// Main is the inner end of the chain, the router: every tween is over it.
	Main = "MAIN"
)

// Factory makes a tween: a handler that does something before or after the next handler, or in
// place of it. It prints as the call that made it, tweens.Timeout(2s), in listings and errors. The
// zero Factory is an error of the configuration.
//
// Wrap and New make a Factory of a function.
type Factory struct {
	text  string
	err   error
	build func(next web.Handler, reg *registry.Registry) (web.Handler, error)

	// onError is what ErrorViews does with errors: see Split.
	onError func(*registry.Registry) func(*web.Request, error) (*web.Response, error)
}

var _ fmt.Stringer = Factory{}

// New makes a Factory of a function that needs the registry or can fail. The function is called
// once for each application that is built, with the finished registry, from the innermost tween to
// the outermost. Do there what depends only on the configuration; the handler that it returns is
// called concurrently. A nil function makes the zero Factory.
//
// Most tweens need Wrap instead.
func New(build func(next web.Handler, reg *registry.Registry) (web.Handler, error)) Factory {
	if build == nil {
		return Factory{}
	}
	return Factory{text: registry.FuncName(build), build: build}
}

// Wrap makes a Factory of a function that needs nothing from the registry and cannot fail. A nil
// function makes the zero Factory.
//
// For an error that no view handles, next returns no response. What must be on every response, the
// handler sets in a callback before it calls next: see web.Request.AddResponseCallback.
func Wrap(wrap func(next web.Handler) web.Handler) Factory {
	if wrap == nil {
		return Factory{}
	}
	return Factory{text: registry.FuncName(wrap), build: func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		return wrap(next), nil
	}}
}

// WithErr returns a Factory whose arguments are wrong, for constructors: the build of an
// application that adds the tween reports the error, with everything else that is wrong with the
// configuration. What the function given to New returns is reported only if nothing else is wrong.
// A nil err changes nothing.
func (f Factory) WithErr(err error) Factory {
	if err != nil {
		f.err = err
	}
	return f
}

// Named returns a Factory that prints as text. A constructor passes the call that made it,
// "acme.Throttle(5)".
func (f Factory) Named(text string) Factory {
	f.text = text
	return f
}

// Build makes the tween around next.
func (f Factory) Build(next web.Handler, reg *registry.Registry) (web.Handler, error) {
	if f.build == nil {
		return nil, errNoFactory
	}
	if f.err != nil {
		return nil, f.err
	}
	return f.build(next, reg)
}

var errNoFactory = errors.New("factory is nil: make one with tweens.Wrap or tweens.New")

// String returns the call that made the tween, or "" for the zero Factory.
func (f Factory) String() string { return f.text }

// callText returns the call of a function of this package as text. Of a struct it shows the fields
// that are set.
func callText(name string, args ...any) string {
	var texts []string
	for _, arg := range args {
		v := reflect.ValueOf(arg)
		if v.Kind() != reflect.Struct {
			texts = append(texts, valueText(v))
			continue
		}
		for field, value := range v.Fields() {
			if !value.IsZero() {
				texts = append(texts, field.Name+": "+valueText(value))
			}
		}
	}
	return "tweens." + name + "(" + strings.Join(texts, ", ") + ")"
}

func valueText(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Func:
		return registry.FuncName(v.Interface())
	case reflect.String, reflect.Slice:
		return fmt.Sprintf("%q", v.Interface())
	default:
		return fmt.Sprint(v.Interface())
	}
}
