package waiting

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

// Submit calls call on an executor, with a copy of the request that has the context of the work,
// and waits for it. It returns once nothing of the call can use the request any more: after the
// call, or when it is certain that there will be none, because the request left the queue.
func Submit(ex *async.Executor, r *web.Request, call func(*web.Request) (any, error)) (any, error) {
	ctx := r.Context()
	t := turn{over: make(chan struct{})}
	future := async.Submit(ctx, ex, func(ctx context.Context) (any, error) {
		if !t.take(turnTaken) {
			return nil, errNoTurn
		}
		defer close(t.over)
		return call(r.WithContext(ctx))
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

// turn records whether a call was started, or given up before.
type turn struct {
	state atomic.Uint32
	over  chan struct{} // closed when a started call has returned
}

const (
	turnTaken = iota + 1
	turnGone
)

func (t *turn) take(state uint32) bool { return t.state.CompareAndSwap(0, state) }
