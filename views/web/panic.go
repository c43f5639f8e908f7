package web

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// PanicError is a panic that became an error: its value, and the stack of the
// goroutine that panicked. Its text and stack are for the log, never for a client.
type PanicError struct {
	Value any
	Stack []byte
}

var _ error = (*PanicError)(nil)

// Error returns the panic's value in words, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// PanicIn returns the panic that err holds, if any: of its own goroutine, or of one that async.Go started.
func PanicIn(err error) (*PanicError, bool) {
	if own, ok := errors.AsType[*PanicError](err); ok {
		return own, true
	}
	if other, ok := errors.AsType[*async.PanicError](err); ok {
		return &PanicError{Value: other.Value, Stack: other.Stack}, true
	}
	return nil, false
}

// Guard returns h with panics turned into errors of type *PanicError.
// http.ErrAbortHandler passes, since it means to break the connection.
func Guard(h Handler) Handler {
	return func(r *Request) (resp *Response, err error) {
		returned := false
		defer func() {
			if returned { // asking recover costs as much as all of this function
				return
			}
			if e := recovered(recover()); e != nil {
				resp, err = nil, e
			}
		}()
		resp, err = h(r)
		returned = true
		return resp, err
	}
}

// recovered makes an error of what recover returned; http.ErrAbortHandler goes on.
func recovered(value any) error {
	if value == nil {
		return nil
	}
	if err, ok := value.(error); ok && isAbort(err) {
		panic(value)
	}
	return &PanicError{Value: value, Stack: debug.Stack()}
}

func isAbort(err error) bool { return errors.Is(err, http.ErrAbortHandler) }
