package views

import (
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/internal/waiting"
	"github.com/mastaba-go/mastaba/views/web"
)

// SetExecutor sets the options of the application's executor, on which [ExecutorMapper] calls
// views. Each build makes its own, which is a component: registry.Lookup[*async.Executor]. Without
// SetExecutor the options are zero.
func SetExecutor(c registry.Recorder, o async.ExecutorOptions) {
	cfg := c.Directive()
	cfg.Declare(registry.Declaration{
		Category: "executors", Type: "executor", ID: "executor", Title: "executor " + o.Name,
		Fields: []registry.Field{{Name: "workers", Value: o.Workers}, {Name: "queue", Value: o.Queue}},
		Remedy: "set it once, or give single views their own with views.WithMapper(views.ExecutorMapperOn(executor))",
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, async.NewExecutor(o))
			return nil
		},
	})
}

// ExecutorMapper calls views on the application's executor ([SetExecutor]), which limits how many
// run at once: for views that block or use much CPU. The request waits. If all workers are busy and
// the queue is full, the response is a 503 with Retry-After. A request whose context ends leaves
// the queue. A running view is waited for, even after its context ended.
//
// The view gets a copy of the request with the context of the work, so work that it submits to the
// same executor runs inline. Coroutines are a configuration error, and so are views of [HTTP],
// whose handlers run when the response is written. Error views are called directly, since they also
// handle the error of a full executor.
func ExecutorMapper(v View, info *Info) (Callable, error) {
	ex, ok := registry.Lookup[*async.Executor](info.Registry)
	if !ok {
		if info.Registry.Frozen() {
			return nil, &kindError{"the application was built without an executor: register one with config.SetExecutor"}
		}
		ex = registry.Ensure(info.Registry, func() *async.Executor { return async.NewExecutor(async.ExecutorOptions{}) })
	}
	return onExecutor(ex, v, info)
}

// ExecutorMapperOn is [ExecutorMapper] with an executor of your own, for views that must not delay
// others.
func ExecutorMapperOn(ex *async.Executor) Mapper {
	return func(v View, info *Info) (Callable, error) {
		if ex == nil {
			return nil, &kindError{"views.ExecutorMapperOn(nil): want an executor from async.NewExecutor"}
		}
		return onExecutor(ex, v, info)
	}
}

var _ Mapper = ExecutorMapper

func onExecutor(ex *async.Executor, v View, info *Info) (Callable, error) {
	if err := plainOnly(v); err != nil {
		return nil, err
	}
	if v.shape == shapeHTTP {
		return nil, &kindError{fmt.Sprintf("%s has a handler, which runs outside the executor, when the response is sent: "+
			"use views.WithMapper(views.DefaultMapper)", v)}
	}
	call := v.Callable()
	if info.ErrorOnly {
		return call, nil
	}
	return func(r *web.Request, res traversal.Resource) (any, error) {
		value, err := waiting.Submit(ex, r, func(r *web.Request) (any, error) { return call(r, res) })
		if err != nil || !mayBeFuture(v) {
			return value, err
		}
		return awaited(r, value, info)
	}, nil
}
