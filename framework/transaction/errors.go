package transaction

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/views/web"
)

// ErrNoUnit is the error of functions that need a unit of work, where the context has none: outside
// of the tween and of [Run], or after the unit has ended, as in error views, streams and hooks.
var ErrNoUnit = errors.New("no unit of work is open in this context: add one to the requests with transaction.Add, or begin one with transaction.Run")

// errEnded is the error of a unit that is used after its end.
var errEnded = fmt.Errorf("this unit of work has ended: %w", ErrNoUnit)

// ReadOnlyError is the error of a write in a read-only unit, such as that of a GET request. It is a
// mistake of the application, so it has no status, and becomes a 500.
type ReadOnlyError struct {
	// Where names the request, its route and its view; it is "" outside of requests.
	Where string
	// Err is the error of the database, nil if the write was refused before it reached it.
	Err error
}

var _ error = (*ReadOnlyError)(nil)

// Error names the view, and says what to do.
func (e *ReadOnlyError) Error() string {
	text := "write in a read-only unit of work"
	if e.Where != "" {
		text += ": " + e.Where
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text + "; write in a POST, in a transaction.Run, or set transaction.Options.ReadOnly"
}

func (e *ReadOnlyError) Unwrap() error { return e.Err }

// FailedError is the error of a unit that cannot be committed because something in it failed before
// and the view nevertheless returned a response, or used the unit again.
type FailedError struct {
	// Err is what failed first.
	Err error
}

var _ error = (*FailedError)(nil)

// Error names what failed first.
func (e *FailedError) Error() string {
	return "the unit of work was rolled back because a part of it failed (put what may fail in a transaction.Nested): " + e.Err.Error()
}

func (e *FailedError) Unwrap() error { return e.Err }

// CommitError is the error of a commit. The database has rolled the transaction back, unless the
// connection was lost meanwhile: then only the database knows whether it was committed. With a
// *sqltree.Database it wraps a *sqltree.UnavailableError in that case, which is a 503 and says that
// the outcome is unknown.
type CommitError struct {
	// Err is the error of the driver.
	Err error
}

var _ error = (*CommitError)(nil)

func (e *CommitError) Error() string { return "commit: " + e.Err.Error() }
func (e *CommitError) Unwrap() error { return e.Err }

// MarkRetryable returns err, marked as one after which the whole unit may be run again, such as a
// conflict in a store that is not the Database. It is nil for nil.
func MarkRetryable(err error) error {
	if err == nil {
		return nil
	}
	return &retryable{err}
}

// retryable is an error that MarkRetryable has marked.
type retryable struct{ error }

func (e *retryable) Unwrap() error { return e.error }

func isMarked(err error) bool {
	_, ok := errors.AsType[*retryable](err)
	return ok
}

// where names the request and its view for an error.
func where(r *web.Request) string {
	if r == nil {
		return ""
	}
	text := fmt.Sprintf("view %q", r.ViewName())
	if resource := r.Resource(); resource != nil {
		text += fmt.Sprintf(" of %T", resource)
	}
	if m := r.Match(); m != nil {
		text += fmt.Sprintf(", route %q", m.Route)
	}
	return text + fmt.Sprintf(" (%s %s)", r.Method, r.URL.Path)
}
