package async

import (
	"context"
	"fmt"
)

// Await waits for f, no longer than ctx lasts, and returns its result. If ctx ends first, Await
// returns the error of ctx with its cause, and the work goes on until its scope ends it. The result
// of a settled future is returned even if ctx has ended.
//
// A future may be awaited in the scope that its work belongs to, in a scope opened inside that one,
// and outside of all scopes. In any other scope the error is a [*ScopeError]: the end of another
// request would cancel the future. A nil future is an error.
func Await[T any](ctx context.Context, f *Future[T]) (T, error) {
	var none T
	if err := f.checkAwait(ctx); err != nil {
		return none, err
	}
	if f.isSettled() {
		return f.result()
	}
	select {
	case <-f.Done():
		return f.result()
	case <-ctx.Done():
		if f.isSettled() {
			return f.result()
		}
		return none, doneError(ctx)
	}
}

// All waits for all futures and returns their values in order. It returns as soon as one of them
// fails, with that error. The others go on until their scope ends them; to end them at once, start
// them with a context that you cancel. Futures of different types need no All: their work runs at
// the same time too if you await one after the other.
func All[T any](ctx context.Context, futures ...*Future[T]) ([]T, error) {
	values := make([]T, len(futures))
	failure := make(chan struct{}, 1)
	open := false
	for i, f := range futures {
		if err := f.checkAwait(ctx); err != nil {
			return nil, fmt.Errorf("future %d: %w", i, err)
		}
		open = open || !f.isSettled()
	}
	if open {
		for _, f := range futures {
			f.notifyFailure(failure)
		}
	}
	for i, f := range futures {
		if !f.isSettled() {
			select {
			case <-f.Done():
			case <-failure:
				return nil, firstError(futures)
			case <-ctx.Done():
				return nil, doneError(ctx)
			}
		}
		v, err := f.result()
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// firstError returns the error of the first future that has failed. At least one has.
func firstError[T any](futures []*Future[T]) error {
	for _, f := range futures {
		if f.isSettled() && f.err != nil {
			_, err := f.result()
			return err
		}
	}
	return nil
}

// checkAwait reports why f cannot be awaited with ctx.
func (f *Future[T]) checkAwait(ctx context.Context) error {
	switch {
	case f == nil:
		return errNilFuture
	case f.wait == nil || f.wait.scope == nil:
		return nil
	}
	at, ok := ScopeFrom(ctx)
	for s := at; s != nil; s = s.outer {
		if s == f.wait.scope {
			return nil
		}
	}
	if !ok {
		return nil
	}
	return &ScopeError{Op: "await", reason: otherScope}
}
