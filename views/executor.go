package views

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

// SetExecutor sets the executor of the application, which [ExecutorMapper] has views called by. Each application that is
// built has its own, which is a component: registry.Lookup[*async.Executor]. Without it views that need one share an
// executor of the zero options.
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

// ExecutorMapper has views called by the executor of the application ([SetExecutor]), for views that block or burn CPU: so
// many of them at once and no more. The request waits. If all workers are busy and the queue is full it is a 503 with
// Retry-After; a request whose context ends leaves the queue. A view that runs is waited for, whatever its context says.
//
// The view gets a copy of the request whose context is that of the work: what the view gives to the same
// executor runs at once. Coroutines are refused, and views of [HTTP], whose handlers run when the response is written.
// Error views are called as always, since they answer when the executor is full, too.
func ExecutorMapper(v View, info *Info) (Callable, error) {
	ex, ok := registry.Lookup[*async.Executor](info.Registry)
	if !ok {
		if info.Registry.Frozen() {
			return nil, &kindError{"the application was built without an executor: register one with views.SetExecutor"}
		}
		ex = registry.Ensure(info.Registry, func() *async.Executor { return async.NewExecutor(async.ExecutorOptions{}) })
	}
	return onExecutor(ex, v, info)
}

// ExecutorMapperOn is [ExecutorMapper] with an executor of its own, for views that shall not be in the way of others.
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
		value, err := submitted(ex, call, r, res)
		if err != nil || !mayBeFuture(v) {
			return value, err
		}
		return awaited(r, value, info)
	}, nil
}

// submitted is one call by an executor. It returns when nothing of the call uses the request any more: after the call, or
// when it is certain that there will be none.
func submitted(ex *async.Executor, call Callable, r *web.Request, res traversal.Resource) (any, error) {
	ctx := r.Context()
	t := turn{over: make(chan struct{})}
	future := async.Submit(ctx, ex, func(ctx context.Context) (any, error) {
		if !t.take(turnTaken) {
			return nil, errNoTurn
		}
		defer close(t.over)
		return call(r.WithContext(ctx), res)
	})
	select {
	case <-future.Done():
	case <-ctx.Done():
	}
	if !t.take(turnGone) {
		<-t.over
		<-future.Done()
	}
	value, err := async.Await(ctx, future)
	if err != nil {
		return nil, aborted(err)
	}
	return value, nil
}

var errNoTurn = errors.New("the request left the queue")

// turn is whether a call was begun, or given up before.
type turn struct {
	state atomic.Uint32
	over  chan struct{} // closed when a call that was begun has returned
}

const (
	turnTaken = iota + 1
	turnGone
)

func (t *turn) take(state uint32) bool { return t.state.CompareAndSwap(0, state) }
