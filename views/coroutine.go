package views

import (
	"fmt"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/internal/waiting"
	"github.com/mastaba-go/mastaba/views/web"
)

// CoroutineMapper calls coroutines: views of any shape that return a future.
//
//	func show(r *web.Request, p *Page) (*async.Future[*PageInfo], error)
//
// The coroutine starts its work and returns. The request waits for the future, whose value is the
// view's value. Work with the request's context is cancelled by a deadline or a disconnected
// client. The request waits for it even then, so that nothing uses the request after its end.
//
// Any other view is a configuration error. Views that only block need no mapper.
func CoroutineMapper(v View, info *Info) (Callable, error) {
	if !v.IsAsync() {
		return nil, &kindError{fmt.Sprintf("%s returns %s, not an *async.Future: for a view that is not a coroutine use "+
			"views.WithMapper(views.DefaultMapper), or views.ExecutorMapper to call it on an executor", v, v.Result())}
	}
	return awaiting(v.Callable(), info), nil
}

// CoroutineOrExecutorMapper calls coroutines as [CoroutineMapper] does, and other views as
// [ExecutorMapper] does. It calls views of [HTTP], whose handlers write the response later, and
// error views directly. framework.Async makes it the mapper of an application.
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

// awaiting returns a Callable that awaits the future of call.
func awaiting(call Callable, info *Info) Callable {
	return func(r *web.Request, res traversal.Resource) (any, error) {
		value, err := call(r, res)
		if err != nil {
			return nil, err
		}
		return awaited(r, value, info)
	}
}

// awaited waits for value as long as it is a future.
func awaited(r *web.Request, value any, info *Info) (any, error) {
	value, err := waiting.Await(r.Context(), value)
	if err == waiting.ErrNever {
		err = fmt.Errorf("view %s returned %w: return async.Settled(value, nil) for a value that is known", info.funcText(), err)
	}
	return value, err
}
