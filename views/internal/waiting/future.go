// Package waiting waits for work that may use a request: for calls on an executor, and for futures.
// The end of the request's context ends the work, but not the waiting, so that nothing uses a
// request after its end.
package waiting

import (
	"context"
	"errors"
	"net/http"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/internal/absent"
	"github.com/mastaba-go/mastaba/views/web"
)

// ErrNever is the error of a future that will never settle.
var ErrNever = errors.New("a future that will never settle")

// Await waits for value as long as it is a future. It panics again with http.ErrAbortHandler, which
// is meant for the server.
func Await(ctx context.Context, value any) (any, error) {
	for {
		future, ok := value.(async.Awaitable)
		if !ok {
			return value, nil
		}
		if absent.Value(future) || future.Done() == nil {
			return nil, ErrNever
		}
		var err error
		value, err = future.AwaitAny(context.WithoutCancel(ctx))
		<-future.Ended() // the scope may have given it up
		if err != nil {
			return nil, aborted(err)
		}
	}
}

// aborted panics if asynchronous work panicked with http.ErrAbortHandler; otherwise it returns err.
func aborted(err error) error {
	if p, ok := errors.AsType[*web.PanicError](err); ok && errors.Is(p, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler)
	}
	return err
}
