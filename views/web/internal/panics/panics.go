// Package panics converts panics to errors, except for the one that is meant for the server.
package panics

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// Error converts what recover returned to an error; nil for nil. A panic with http.ErrAbortHandler,
// or with an error that wraps it, goes on with http.ErrAbortHandler itself: net/http logs any other
// value.
func Error(value any) error {
	if value == nil {
		return nil
	}
	if IsAbort(value) {
		panic(http.ErrAbortHandler)
	}
	return &async.PanicError{Value: value, Stack: debug.Stack()}
}

// IsAbort reports whether what recover returned is meant for the server.
func IsAbort(value any) bool {
	err, ok := value.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

// Is reports whether err is or wraps a panic. Whatever its value is, a panic is a bug, and not a
// disconnected client or a missed deadline.
func Is(err error) bool { return In(err) != nil }

// In returns the first panic in the Unwrap tree of err, as errors.AsType finds it, but faster; nil
// without one.
func In(err error) *async.PanicError {
	for err != nil {
		switch e := err.(type) {
		case *async.PanicError:
			return e
		case interface{ As(any) bool }: // it may say more than its tree
			panicked, _ := errors.AsType[*async.PanicError](err)
			return panicked
		case interface{ Unwrap() []error }:
			for _, part := range e.Unwrap() {
				if found := In(part); found != nil {
					return found
				}
			}
			return nil
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		default:
			return nil
		}
	}
	return nil
}

// Readable returns err if its Error method works, so that it can be logged. If the method panics,
// it returns an error that says so.
func Readable(err error) (readable error) {
	defer func() {
		if v := recover(); v != nil {
			readable = fmt.Errorf("the Error method of a %T panicked: %v", err, v)
		}
	}()
	_ = err.Error()
	return err
}
