package async

import (
	"context"
	"errors"
	"sync/atomic"
)

// Submit runs fn on an executor and returns its future. The work belongs to the scope that ctx
// carries, as with [Go], but does not count as one of its goroutines: the executor bounds it.
//
// If all workers are busy and the queue is full, the future fails at once with [ErrSaturated].
// Queued work leaves the queue when ctx ends. Work that a worker submits to its own executor (with
// its context, or one derived from it) runs at once in that worker: a worker that waited for
// another one could wait forever.
func Submit[T any](ctx context.Context, ex *Executor, fn func(ctx context.Context) (T, error)) *Future[T] {
	if ex == nil {
		return failed[T](errors.New("submit: nil executor: make one with async.NewExecutor"))
	}
	if ex.isWorker(ctx) {
		ex.mu.Lock()
		ex.stats.Inline++
		ex.mu.Unlock()
		value, _, err := call(ctx, fn)
		return Settled(value, err)
	}
	w, _, err := begin("submit", ctx, fn, false)
	if err != nil {
		return failed[T](err)
	}
	c := &workerContext{taskContext: taskContext{w.ctx, w.ctx}, ex: ex}
	w.ctx = c
	var none T
	j := &job{
		started: w.task.started,
		drop:    func(err error) { w.finish(none, err) },
		run: func() {
			if c.Err() != nil { // it ended before it could leave the queue
				w.finish(none, doneError(c))
				return
			}
			c.working.Store(true)
			defer c.working.Store(false)
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

// UseExecutor turns fn into a function that runs on an executor and returns a future; see [Submit].
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

// workerContext is the context of work on an executor. By it Submit recognizes a worker.
type workerContext struct {
	taskContext
	ex      *Executor
	working atomic.Bool // false once the work has returned
}

var _ context.Context = (*workerContext)(nil)

type workerKey struct{ ex *Executor }

func (c *workerContext) Value(key any) any {
	if k, ok := key.(workerKey); ok && k.ex == c.ex && c.working.Load() {
		return c
	}
	return c.taskContext.Value(key)
}

// isWorker reports whether ctx belongs to work that a worker of ex is running.
func (ex *Executor) isWorker(ctx context.Context) bool { return ctx.Value(workerKey{ex}) != nil }
