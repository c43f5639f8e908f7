package views

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/bytype"
	"github.com/mastaba-go/mastaba/views/web"
)

// AddResponseAdapter registers fn to make responses of values of type T that views return, in place
// of a renderer. If T is an interface, fn gets every value that implements it. An adapter for the
// exact type is preferred, then the narrower interface.
func AddResponseAdapter[T any](c registry.Recorder, fn func(*web.Request, T) (*web.Response, error)) {
	cfg := c.Directive()
	t := reflect.TypeFor[T]()
	var err error
	switch {
	case fn == nil:
		err = fmt.Errorf("response adapter for %s is nil: want a func(*web.Request, %s) (*web.Response, error)", t, t)
	case t == reflect.TypeFor[*web.Response]():
		err = errors.New("response adapter for *web.Response: the value is the response already; change it in a tween or a deriver")
	}
	cfg.Declare(registry.Declaration{
		Category: "response adapters", Type: "response adapter", ID: t, Err: err, Subject: "response adapter for " + t.String(),
		Fields: []registry.Field{{Name: "type", Value: t}, {Name: "adapter", Value: registry.FuncName(fn)}},
		Remedy: "remove one, or return another type from some of the views",
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			bytype.Put[T](adaptersOf(reg), func(r *web.Request, value any) (*web.Response, error) { return fn(r, value.(T)) })
			return nil
		},
	})
}

// adapters make responses of values by their type.
type adapters = bytype.Table[func(*web.Request, any) (*web.Response, error)]

func adaptersOf(reg *registry.Registry) *adapters {
	return registry.Ensure(reg, func() *adapters { return new(adapters) })
}
