package async

import (
	"context"
	"runtime"
)

// Go calls fn on a goroutine of the scope that ctx carries, and returns its future. The context of
// fn has the values of ctx and ends with ctx or with the scope, whichever ends first. A panic of fn
// becomes a [*PanicError].
//
// Go never blocks on the scope: when the scope has as many goroutines as its limit allows, Go calls
// fn itself, and the future has settled when Go returns. So fn must not wait for anything that the
// caller does after Go.
//
// Without a scope, or after its end, Go does not call fn, and the future fails with a
// [*ScopeError]. If ctx has ended, it fails with the error of ctx.
func Go[T any](ctx context.Context, fn func(ctx context.Context) (T, error)) *Future[T] {
	w, inline, err := begin("go", ctx, fn, true)
	switch {
	case err != nil:
		return failed[T](err)
	case inline:
		w.run()
	default:
		go w.run()
	}
	return &w.future
}

// work is a function with its future and its context, in one allocation.
type work[T any] struct {
	future Future[T]
	wait   waiting
	task   task
	own    taskContext // what ctx points to, unless the caller's context serves
	ctx    context.Context
	fn     func(context.Context) (T, error)
}

// task is work as its scope sees it.
type task struct {
	prev, next *task
	scope      *Scope
	goroutine  bool // counts against the scope's limit
	started    callers
	owner      abandoner
}

// abandoner is the work of a task; the scope does not know its type.
type abandoner interface{ abandon(err error) }

// begin registers work with the scope of ctx. The caller must run or finish it.
func begin[T any](op string, ctx context.Context, fn func(context.Context) (T, error), goroutine bool) (w *work[T], inline bool, err error) {
	s, ok := ScopeFrom(ctx)
	if !ok {
		return nil, false, &ScopeError{Op: op, reason: noScope}
	}
	if ctx.Err() != nil {
		return nil, false, doneError(ctx)
	}
	w = &work[T]{fn: fn}
	w.future.wait = &w.wait
	w.wait.scope = s
	w.task.owner = w
	runtime.Callers(3, w.task.started[:])
	end, inline, err := s.enter(ctx, &w.task, goroutine)
	if err != nil {
		return nil, false, &ScopeError{Op: op, reason: scopeEnded}
	}
	w.ctx = ctx
	if end.Done() != ctx.Done() {
		w.own = taskContext{ctx, end}
		w.ctx = &w.own
	}
	return w, inline, nil
}

// run calls fn and settles the future, even if fn panics or exits its goroutine.
func (w *work[T]) run() {
	value, panicked, err := *new(T), false, error(errGoexit)
	defer func() {
		if panicked {
			w.task.scope.rememberPanic(&unseen{err, &w.wait})
		}
		w.finish(value, err)
	}()
	value, panicked, err = call(w.ctx, w.fn)
}

// finish settles the future and leaves the scope, whether or not fn was called.
func (w *work[T]) finish(value T, err error) {
	w.future.settle(value, err)
	w.wait.end()
	w.task.scope.leave(&w.task)
}

// abandon settles the future of work that its scope no longer waits for.
func (w *work[T]) abandon(err error) {
	var none T
	w.future.settle(none, err)
}
