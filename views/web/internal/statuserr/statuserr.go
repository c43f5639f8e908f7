// Package statuserr finds the error that decides on the status of a response.
package statuserr

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web/internal/panics"
)

// Error is an error with a status.
type Error interface {
	error
	Status() int
}

// Find returns the error that decides on the status, nil without one. An error without a status of
// its own is a 504 if it wraps a missed deadline, and a 413 if it wraps a *http.MaxBytesError, as
// of middleware (http.MaxBytesHandler). A panic is neither.
func Find(err error) Error {
	found := In(err)
	if found != nil || err == nil || panics.Is(err) {
		return found
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &missedDeadline{err}
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &tooLarge{err, e.Limit}
	}
	return nil
}

// In returns the first error with a status in the Unwrap tree of err, depth-first as for errors.As,
// but without reflection; nil without one.
func In(err error) Error {
	for err != nil {
		if found, ok := err.(Error); ok {
			return found
		}
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, part := range many.Unwrap() {
				if found := In(part); found != nil {
					return found
				}
			}
			return nil
		}
		err = errors.Unwrap(err)
	}
	return nil
}

// missedDeadline is a missed deadline with a status.
type missedDeadline struct{ error }

var _ Error = (*missedDeadline)(nil)

func (*missedDeadline) Status() int { return http.StatusGatewayTimeout }

// Unwrap returns the error itself.
func (e *missedDeadline) Unwrap() error { return e.error }

// tooLarge is a body beyond a limit, with a status and a text for the client.
type tooLarge struct {
	err   error
	limit int64
}

var _ Error = (*tooLarge)(nil)

func (*tooLarge) Status() int { return http.StatusRequestEntityTooLarge }

func (e *tooLarge) Error() string {
	return fmt.Sprintf("the request body exceeds the limit of %d bytes", e.limit)
}

// Unwrap returns the error itself.
func (e *tooLarge) Unwrap() error { return e.err }

// TooLargeID is the id of the message for a body that is too large.
const TooLargeID = "body-too-large"

// MessageID returns the id of the message for the text of an error, "" if it is the text.
func MessageID(err Error) string {
	switch err.(type) {
	case *tooLarge:
		return TooLargeID
	case *traversal.PathError:
		return "path-invalid"
	}
	return ""
}
