package views

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

// CoroutineMapper calls coroutines, and nothing else. A coroutine is a view that returns a future, in any of the shapes:
//
//	func show(r *web.Request, p *Page) (*async.Future[*PageInfo], error)
//
// It starts its work and returns; what the future holds is the view's value. The request waits for it. Work that was
// started with the request's context learns of a deadline, and of a client that left, by that; it is waited for all the
// same, so that nothing uses the request while somebody else answers it.
//
// A view that returns anything else is refused. Views that just wait need no mapper: a plain view may wait for as
// long as its context lasts.
func CoroutineMapper(v View, info *Info) (Callable, error) {
	if !v.IsAsync() {
		return nil, &kindError{fmt.Sprintf("%s returns %s, not an *async.Future: for a view that is not a coroutine use "+
			"views.WithMapper(views.DefaultMapper), or views.ExecutorMapper to call it on an executor", v, v.Result())}
	}
	return awaiting(v.Callable(), info), nil
}

// CoroutineOrExecutorMapper calls coroutines as [CoroutineMapper] does, and the other views as [ExecutorMapper] does, but
// for those of [HTTP], whose handlers write the response later, and for error views: both are called as always.
// framework.Async makes it the mapper of an application.
func CoroutineOrExecutorMapper(v View, info *Info) (Callable, error) {
	switch {
	case v.IsAsync():
		return CoroutineMapper(v, info)
	case v.shape == shapeHTTP:
		return DefaultMapper(v, info)
	}
	return ExecutorMapper(v, info)
}

var (
	_ Mapper = CoroutineMapper
	_ Mapper = CoroutineOrExecutorMapper
)

const shapeHTTP = "HTTP"

// awaiting is a callable whose value is what its future holds.
func awaiting(call Callable, info *Info) Callable {
	return func(r *web.Request, res traversal.Resource) (any, error) {
		value, err := call(r, res)
		if err != nil {
			return nil, err
		}
		return awaited(r, value, info)
	}
}

// awaited waits for value if it is a future, until it is none. The context of the request does not end the waiting: it
// ends the work, and that may be using the request until then.
func awaited(r *web.Request, value any, info *Info) (any, error) {
	ctx := r.Context()
	for {
		future, ok := value.(async.Awaitable)
		if !ok {
			return value, nil
		}
		if isNil(future) || future.Done() == nil {
			return nil, fmt.Errorf("view %s returned a future that will never settle: "+
				"return async.Settled(value, nil) for a value that is known", info.place())
		}
		var err error
		value, err = future.AwaitAny(context.WithoutCancel(ctx))
		<-future.Ended() // the scope may have given it up
		if err != nil {
			return nil, aborted(err)
		}
	}
}

// aborted panics if asynchronous work panicked with http.ErrAbortHandler, which is meant for the
// server; otherwise it returns err.
func aborted(err error) error {
	if p, ok := errors.AsType[*web.PanicError](err); ok && errors.Is(p, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler)
	}
	return err
}
