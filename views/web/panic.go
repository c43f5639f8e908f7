package web

import (
	"runtime/debug"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web/internal/panics"
)

// PanicError is a panic as an error: of a view, or of work that package async started. Its text and
// its Stack are for the log, never for a client.
type PanicError = async.PanicError

// Guard returns a handler that calls h, and returns its panic as a *[PanicError].
// http.ErrAbortHandler stays a panic, since it is meant for the server.
func Guard(h Handler) Handler {
	return func(r *Request) (resp *Response, err error) {
		returned := false
		defer func() {
			if returned { // calling recover costs as much as the rest of this function
				return
			}
			if e := Recovered(recover()); e != nil {
				resp, err = nil, e
			}
		}()
		resp, err = h(r)
		returned = true
		return resp, err
	}
}

// Recovered returns what recover returned as a *[PanicError], nil for nil, for handlers that need a
// deferred function anyway. A panic of http.ErrAbortHandler goes on, as in [Guard].
func Recovered(value any) error { return panics.Error(value) }

// Try calls fn, and returns its panic as a *[PanicError], for functions that are not handlers.
// Unlike [Guard] it also returns the panic of http.ErrAbortHandler, which errors.Is finds.
func Try(fn func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return fn()
}
