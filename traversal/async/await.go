package async

import (
	"context"
	"errors"
	"fmt"
)

// Await waits for f, as long as ctx lasts, and returns its result. If ctx ends first the error is
// that of ctx, with its cause, and the work goes on until its scope ends it. A result that is there
// is returned even if ctx has ended.
//
// A future is awaited in the scope that its work belongs to, or in one that was opened inside of
// it, or outside of all scopes. In another scope the error is a [*ScopeError]: that future would
// be cancelled by the end of a request that is not the one waiting. A nil future is an error.
func Await[T any](ctx context.Context, f *Future[T]) (T, error) {
	var none T
	if err := f.flaw(ctx); err != nil {
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

// All waits for all of the futures and returns their values in order. It returns as soon as one of
// them has failed, with that error; the others go on until their scope ends them (to end them at
// once, start them under a context that you cancel). For futures of different types, which work
// at the same time just as well, await one after the other.
func All[T any](ctx context.Context, futures ...*Future[T]) ([]T, error) {
	values := make([]T, len(futures))
	failure := make(chan struct{}, 1)
	open := false
	for i, f := range futures {
		if err := f.flaw(ctx); err != nil {
			return nil, fmt.Errorf("future %d: %w", i, err)
		}
		open = open || !f.isSettled()
	}
	if open {
		for _, f := range futures {
			f.tellFailure(failure)
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

// firstError is of a future that failed, of which there is one.
func firstError[T any](futures []*Future[T]) error {
	for _, f := range futures {
		if f.isSettled() && f.err != nil {
			_, err := f.result()
			return err
		}
	}
	return nil
}

// flaw is why f cannot be awaited under ctx.
func (f *Future[T]) flaw(ctx context.Context) error {
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
	return &ScopeError{Op: "await", Reason: OtherScope}
}

// doneError is the error of a context that has ended, with its cause if there is another.
func doneError(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	switch {
	case cause == nil || cause == err:
		return err
	case errors.Is(cause, err):
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}
