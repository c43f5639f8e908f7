package transaction

import (
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// IsLastAttempt reports whether the request is not handled again if it meets another transaction:
// in the last attempt, outside of a unit, and so in error views.
func IsLastAttempt(r *web.Request) bool {
	u, ok := From(r.Context())
	return !ok || u.attempt >= u.attempts
}

// LastAttempt is the predicate of [IsLastAttempt], for views and routes: transaction.LastAttempt()
// and web.Not of it.
func LastAttempt() web.Predicate {
	return web.NewPredicate("last attempt", "", func(r *web.Request) (bool, error) { return IsLastAttempt(r), nil })
}

// IsRetryable reports whether err means that the unit met another transaction, so that it may
// succeed if it is run again: the Database says so, or [MarkRetryable] has marked it.
func IsRetryable(r *web.Request, err error) bool {
	if err == nil {
		return false
	}
	if isMarked(err) {
		return true
	}
	if r.Registry() == nil {
		return false
	}
	m, ok := registry.Lookup[*manager](r.Registry())
	return ok && m.db.Retryable(err)
}

// RetryableError is a predicate for error views: the error that they handle is one of
// [IsRetryable]. Since error views run after the last attempt, such a view says that the user may
// try again.
func RetryableError() web.Predicate {
	return web.NewPredicate("retryable error", "", func(r *web.Request) (bool, error) { return IsRetryable(r, r.Err()), nil })
}
