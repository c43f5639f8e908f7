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

// Mapper turns a declared view into something to call. It runs once a view,
// while the application is built, and may refuse a view that it cannot call;
// the refusal is reported with the view's own place. Most applications need no
// mapper: the default one calls the function with the arguments of its shape.
type Mapper func(v View, info *Info) (Callable, error)

// SetMapper sets the mapper of all views that have none of their own by
// [WithMapper]. Mappers decide how views are called: on a worker pool, say, or
// as something that returns a future. A mapper usually wraps v.Callable().
func SetMapper(c registry.Recorder, m Mapper) {
	cfg := c.Directive()
	if m == nil {
		cfg.Fail(errors.New("view mapper is nil: want a func(views.View, *views.Info) (views.Callable, error)"))
		return
	}
	cfg.Declare(registry.Declaration{
		Category: "view mappers", Type: "view mapper", ID: "view mapper", Title: registry.FuncName(m),
		Fields: []registry.Field{{Name: "mapper", Value: registry.FuncName(m)}},
		Remedy: "set it once, or give single views their own with views.WithMapper",
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, m)
			return nil
		},
	})
}

// WithMapper calls the view by a mapper of its own, see [SetMapper].
func WithMapper(m Mapper) Option {
	o := option{kind: kindMapper, text: "mapper=" + registry.FuncName(m), value: m}
	if m == nil {
		o.err = errors.New("views.WithMapper(nil): want a func(views.View, *views.Info) (views.Callable, error)")
	}
	return o
}

// DefaultMapper calls the view's function with the arguments of its shape, in
// the goroutine of the request. The view may wait for whatever it likes; one that
// returns a future is a coroutine, which it refuses: see [CoroutineMapper].
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

// mappedView is the innermost deriver. What it is given to wrap is the function
// as the default mapper would call it; the mapper decides.
func mappedView(_ Callable, info *Info) (Callable, error) {
	m, ok, err := ValueOf[Mapper](info, kindMapper)
	if err != nil {
		return nil, err
	}
	if !ok {
		if m, ok = registry.Lookup[Mapper](info.Registry); !ok {
			m = DefaultMapper
		}
	}
	call, err := m(info.View, info)
	if _, ok := errors.AsType[*kindError](err); ok {
		return nil, fmt.Errorf("mapper %s: %w", registry.FuncName(m), err)
	}
	if err != nil {
		return nil, fmt.Errorf("mapper %s: %w; %s", registry.FuncName(m), err, shapes)
	}
	if call == nil {
		return nil, fmt.Errorf("mapper %s returned neither a callable nor an error", registry.FuncName(m))
	}
	return call, nil
}

// plainOnly refuses coroutines, for who does not await.
func plainOnly(v View) error {
	if !v.IsAsync() {
		return nil
	}
	return &kindError{fmt.Sprintf("%s returns %s, so it is a coroutine: use views.WithMapper(views.CoroutineMapper), "+
		"or config.Include(framework.Async) for the whole application", v, v.Result())}
}

// mayBeFuture tells whether only the value itself tells whether it is a future.
func mayBeFuture(v View) bool { return v.result != nil && v.result.Kind() == reflect.Interface }

// kindError refuses a view of the wrong kind, and names what fits it.
type kindError struct{ text string }

var _ error = (*kindError)(nil)

func (e *kindError) Error() string { return e.text }
