package web

import (
	"context"
	"errors"
)

// StatusClientClosedRequest is the status of a request whose client went away before there was an answer: for the log, since
// nobody reads it. It is nginx's number.
const StatusClientClosedRequest = 499

func (r *Request) clientGone(err error) (*Response, bool) {
	if r.Context().Err() != context.Canceled || !isGone(err) {
		return nil, false
	}
	resp := r.clean()
	resp.SetStatus(StatusClientClosedRequest)
	return resp, true
}

func isGone(err error) bool {
	if found := statusIn(err); found != nil {
		return found.Status() == StatusClientClosedRequest
	}
	return errors.Is(err, context.Canceled) && !isPanic(err)
}

// lateError is a passed deadline as an error with a status.
type lateError struct{ error }

var _ StatusError = (*lateError)(nil)

func (*lateError) Status() int { return 504 }

// Unwrap returns the error itself.
func (e *lateError) Unwrap() error { return e.error }

func isLate(err error) bool { return errors.Is(err, context.DeadlineExceeded) && !isPanic(err) }
