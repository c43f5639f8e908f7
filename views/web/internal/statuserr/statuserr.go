// Package statuserr finds the error that decides on the status of a response.
package statuserr

import (
	"context"
	"errors"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/panics"
)

// Error is an error with a status.
type Error interface {
	error
	Status() int
}

// Find returns the error that decides on the status, nil without one. A missed deadline without a
// status of its own is a 504.
func Find(err error) Error {
	found := In(err)
	if found == nil && errors.Is(err, context.DeadlineExceeded) && !panics.Is(err) {
		return &missedDeadline{err}
	}
	return found
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
