package async

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// ErrClosed means that an executor or a batcher was closed and accepts no new work.
// It has a method Status, 503: the application is about to stop.
var ErrClosed error = closedError{}

type closedError struct{}

func (closedError) Error() string { return "closed to new work" }

// Status returns 503.
func (closedError) Status() int { return 503 }

// ErrMissing means that a load did not find a key, unless [BatcherOptions] set another error.
var ErrMissing = errors.New("not found")

// ErrSaturated means that an executor had no room for more work. Match it with errors.Is; the error
// itself is a [*SaturatedError].
var ErrSaturated error = &SaturatedError{Name: "executor"}

// SaturatedError means that all workers of an executor were busy and its queue was full. As the
// error of a request it becomes a 503 response with a Retry-After header.
type SaturatedError struct {
	Name           string
	Workers, Queue int
	After          time.Duration
}

var _ interface {
	error
	Status() int
	RetryAfter() time.Duration
} = (*SaturatedError)(nil)

// Error names the executor and its bounds.
func (e *SaturatedError) Error() string {
	return fmt.Sprintf("%s is saturated: %d running, %d queued", e.Name, e.Workers, e.Queue)
}

// Is makes every SaturatedError match [ErrSaturated].
func (e *SaturatedError) Is(target error) bool { return target == ErrSaturated }

// Status returns 503.
func (e *SaturatedError) Status() int { return 503 }

// RetryAfter returns when the client may try again, at least a second.
func (e *SaturatedError) RetryAfter() time.Duration { return max(e.After, time.Second) }

// ScopeError means that work was started without a scope or after its scope ended, or awaited from
// another scope. Its text says what to do instead.
type ScopeError struct {
	Op     string // "go", "await", "submit", "load", "synchronize" or "spawn"
	reason scopeReason
}

var _ error = (*ScopeError)(nil)

type scopeReason uint8

const (
	noScope    scopeReason = iota // the context carries none
	scopeEnded                    // it has ended
	otherScope                    // the future belongs to another one
)

// Error states the reason and the remedy.
func (e *ScopeError) Error() string {
	switch e.reason {
	case scopeEnded:
		return e.Op + ": the scope of the context has ended: await the work before the request ends, or start work " +
			"that must outlive it in a scope of its own (async.WithScope over context.WithoutCancel)"
	case otherScope:
		return e.Op + ": the future belongs to another scope, which may end before this one: do not share futures " +
			"between requests; share the value, or load it through an async.Batcher"
	}
	return e.Op + ": the context carries no scope: in a request, pass its context (r.Context()); elsewhere, " +
		"open a scope with async.WithScope, or wrap the function with async.OrSpawn"
}

// errEnded is the cause with which an ended scope cancels its contexts.
var errEnded = &ScopeError{Op: "work", reason: scopeEnded}

var (
	errNilFuture = errors.New("await: nil future: return async.Settled if there is nothing to wait for")
	errGoexit    = errors.New("the function called runtime.Goexit")
)

// PanicError is a panic of asynchronous work, as an error.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

var _ error = (*PanicError)(nil)

// Error returns the panic value as text.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic value if it is an error, nil otherwise.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// call calls fn and turns a panic into a [*PanicError]. All recovering in this package happens
// here. If fn calls runtime.Goexit, so does call.
func call[T any](ctx context.Context, fn func(context.Context) (T, error)) (value T, panicked bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			panicked, err = true, &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	value, err = fn(ctx)
	return value, false, err
}

// doneError returns the error of an ended context, together with its cause if that says more.
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
