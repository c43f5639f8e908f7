package async

import (
	"context"
	"errors"
	"sync/atomic"
)

// Submit gives fn to an executor and returns its future. The work belongs to the scope that ctx
// carries, as with [Go], but does not count as one of its goroutines: the executor bounds it.
//
// If all workers are busy and the queue is full the future fails with [ErrSaturated] at once. What
// is queued leaves the queue when ctx ends. Work that is submitted from inside of other work of
// the same executor (with its context, or one derived from it) runs at once in the caller: waiting
// for a worker while occupying one is how pools come to a standstill.
func Submit[T any](ctx context.Context, ex *Executor, fn func(ctx context.Context) (T, error)) *Future[T] {
	if ex == nil {
		return failed[T](errors.New("submit: the executor is nil: make one with async.NewExecutor"))
	}
	if ex.atWork(ctx) {
		ex.mu.Lock()
		ex.stats.Inline++
		ex.mu.Unlock()
		return Settled(call(ctx, fn))
	}
	w, _, err := begin("submit", ctx, fn, false)
	if err != nil {
		return failed[T](err)
	}
	c := &workerContext{taskContext: taskContext{w.ctx, w.ctx}, ex: ex}
	w.ctx = c
	var none T
	j := &job{
		place: w.task.place,
		drop:  func(err error) { w.finish(none, err) },
		run: func() {
			if c.Err() != nil { // it ended before there was a way to leave the queue
				w.finish(none, doneError(c))
				return
			}
			c.atWork.Store(true)
			defer c.atWork.Store(false)
			w.run()
		},
	}
	err = ex.take(j, func() {
		j.stop = context.AfterFunc(c, func() {
			ex.leave(j)
			j.drop(doneError(c))
		})
	})
	if err != nil {
		w.finish(none, err)
	}
	return &w.future
}

// UseExecutor makes a function that runs fn on an executor and returns its future; see [Submit].
func UseExecutor[A, R any](ex *Executor, fn func(ctx context.Context, arg A) (R, error)) func(ctx context.Context, arg A) *Future[R] {
	return func(ctx context.Context, arg A) *Future[R] {
		return Submit(ctx, ex, func(ctx context.Context) (R, error) { return fn(ctx, arg) })
	}
}

// UseExecutor2 is [UseExecutor] for a function of two arguments, such as a lookup:
// traversal.LookupAsync(async.UseExecutor2(ex, find)).
func UseExecutor2[A, B, R any](ex *Executor, fn func(ctx context.Context, a A, b B) (R, error)) func(ctx context.Context, a A, b B) *Future[R] {
	return func(ctx context.Context, a A, b B) *Future[R] {
		return Submit(ctx, ex, func(ctx context.Context) (R, error) { return fn(ctx, a, b) })
	}
}

// workerContext is the context of work on an executor, which tells that it is.
type workerContext struct {
	taskContext
	ex     *Executor
	atWork atomic.Bool
}

var _ context.Context = (*workerContext)(nil)

type workerKey struct{ ex *Executor }

func (c *workerContext) Value(key any) any {
	if k, ok := key.(workerKey); ok && k.ex == c.ex && c.atWork.Load() {
		return c
	}
	return c.taskContext.Value(key)
}

// atWork tells whether ctx is that of work that a worker of ex is busy with.
func (ex *Executor) atWork(ctx context.Context) bool { return ctx.Value(workerKey{ex}) != nil }
