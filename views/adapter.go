package views

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
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
			adaptersOf(reg).add(adapter{t, func(r *web.Request, value any) (*web.Response, bool, error) {
				of, ok := value.(T)
				if !ok {
					return nil, false, nil
				}
				resp, err := fn(r, of)
				return resp, true, err
			}})
			return nil
		},
	})
}

// adapter is an adapter for one type. adapt returns false for values of other types.
type adapter struct {
	of    reflect.Type
	adapt func(r *web.Request, value any) (*web.Response, bool, error)
}

// adapters turns values into responses by their type. It is filled while the application is built,
// and read-only when it serves.
type adapters struct {
	exact      map[reflect.Type]adapter
	interfaces []adapter // narrower before wider
}

func adaptersOf(reg *registry.Registry) *adapters {
	return registry.Ensure(reg, func() *adapters { return &adapters{exact: map[reflect.Type]adapter{}} })
}

func (as *adapters) add(a adapter) {
	if a.of.Kind() != reflect.Interface {
		as.exact[a.of] = a
		return
	}
	as.interfaces = slices.DeleteFunc(as.interfaces, func(old adapter) bool { return old.of == a.of })
	at := slices.IndexFunc(as.interfaces, func(old adapter) bool { return a.of.Implements(old.of) })
	if at < 0 {
		at = len(as.interfaces)
	}
	as.interfaces = slices.Insert(as.interfaces, at, a)
}

// adapt returns false if no adapter takes the value.
func (as *adapters) adapt(r *web.Request, value any) (*web.Response, bool, error) {
	if value == nil {
		return nil, false, nil
	}
	if len(as.exact) > 0 {
		if a, ok := as.exact[reflect.TypeOf(value)]; ok {
			return a.adapt(r, value)
		}
	}
	for _, a := range as.interfaces {
		if resp, ok, err := a.adapt(r, value); ok {
			return resp, true, err
		}
	}
	return nil, false, nil
}
