package views

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

// Mapper turns a view into a Callable. It is called once for each view, while the application is
// built. Its error is reported with the view's source location. Most applications need no mapper:
// the default one calls the function with the arguments of its shape.
type Mapper func(v View, info *Info) (Callable, error)

// SetMapper sets the mapper of views without the option [WithMapper]. A mapper decides how views
// are called: on a worker pool, or as functions that return a future. It usually wraps
// v.Callable().
func SetMapper(c registry.Recorder, m Mapper) {
	cfg := c.Directive()
	if m == nil {
		cfg.Report(errors.New("view mapper is nil: want a func(views.View, *views.Info) (views.Callable, error)"))
		m = func(v View, _ *Info) (Callable, error) { return v.Callable(), nil } // blames no view
	}
	cfg.Declare(registry.Declaration{
		Category: categoryMappers, Type: "view mapper", ID: "view mapper", Title: registry.FuncName(m),
		Fields: []registry.Field{{Name: "mapper", Value: registry.FuncName(m)}},
		Remedy: "set it once, or give single views their own with views.WithMapper",
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, m)
			return nil
		},
	})
}

// WithMapper sets the mapper of the view, see [SetMapper].
func WithMapper(m Mapper) Option {
	o := option{kind: kindMapper, text: "mapper=" + registry.FuncName(m), value: m}
	if m == nil {
		o.err = errors.New("views.WithMapper(nil): want a func(views.View, *views.Info) (views.Callable, error)")
	}
	return o
}

// DefaultMapper calls the view's function with the arguments of its shape, on the request's
// goroutine. The view may block. A view that returns a future is a configuration error: see
// [CoroutineMapper].
func DefaultMapper(v View, info *Info) (Callable, error) {
	if err := plainOnly(v); err != nil {
		return nil, err
	}
	call := v.Callable()
	if !mayBeFuture(v) {
		return call, nil
	}
	return func(r *web.Request, res traversal.Resource) (any, error) {
		value, err := call(r, res)
		if _, future := value.(async.Awaitable); future && err == nil {
			return nil, &NoResponseError{Info: info, Why: "it returned a future: let its signature say so, and see views.CoroutineMapper"}
		}
		return value, err
	}, nil
}

var _ Mapper = DefaultMapper

// mappedView is the innermost deriver. It ignores the Callable that it is given, which calls the
// function directly, and uses the mapper.
func mappedView(_ Callable, info *Info) (Callable, error) {
	m, own, err := ValueOf[Mapper](info, kindMapper)
	if err != nil {
		return nil, err
	}
	if !own {
		if m, _ = registry.Lookup[Mapper](info.Registry); info.View.mapper != nil {
			m = info.View.mapper
		} else if m == nil {
			m = DefaultMapper
		}
	}
	call, err := m(info.View, info)
	if _, ok := errors.AsType[*kindError](err); ok {
		if err = fmt.Errorf("mapper %s: %w", registry.FuncName(m), err); !own {
			err = registry.Missing(err, registry.Ref{Category: categoryMappers})
		}
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("mapper %s: %w; %s", registry.FuncName(m), err, shapes)
	}
	if call == nil {
		return nil, fmt.Errorf("mapper %s returned neither a callable nor an error", registry.FuncName(m))
	}
	return call, nil
}

// plainOnly returns an error for coroutines, for mappers that do not await.
func plainOnly(v View) error {
	if !v.IsAsync() {
		return nil
	}
	return &kindError{fmt.Sprintf("%s returns %s, so it is a coroutine: use views.WithMapper(views.CoroutineMapper), "+
		"or config.Include(framework.Async) for the whole application", v, v.Result())}
}

// mayBeFuture reports whether the view's value may turn out to be a future: its type is an
// interface.
func mayBeFuture(v View) bool { return v.result != nil && v.result.Kind() == reflect.Interface }

// WrongKind returns the error of a mapper for a view that it cannot call. text names a mapper that
// can.
func WrongKind(text string) error { return &kindError{text} }

// kindError is the error of WrongKind.
type kindError struct{ text string }

var _ error = (*kindError)(nil)

func (e *kindError) Error() string { return e.text }
