package sqltree

import (
	"errors"
	"fmt"
	"net/http"
)

// UnavailableError means that the database did not do its work: it cannot be reached, has no room
// left on its disk, or other transactions were in the way until the tree gave up. The same
// operation may succeed later, without a restart.
type UnavailableError struct {
	Database string // "sqlite" or "postgres"
	Unknown  bool   // the connection was lost during the commit: the write may have been stored
	Err      error  // of the driver
}

// Error has the error of the driver.
func (e *UnavailableError) Error() string {
	if e.Unknown {
		return fmt.Sprintf("the connection to the database (%s) was lost during the commit, so the change may have been stored or not: %v", e.Database, e.Err)
	}
	return fmt.Sprintf("the database (%s) is not available: %v", e.Database, e.Err)
}

// Unwrap returns the error of the driver, so that Database.Retryable still knows it.
func (e *UnavailableError) Unwrap() error { return e.Err }

// Status returns 503.
func (e *UnavailableError) Status() int { return http.StatusServiceUnavailable }

// Explain returns an *UnavailableError for an error of the driver that means one, and any other
// error as it is. The operations of a Tree call it themselves; it is for statements on tables of
// the application.
func (d *Database) Explain(err error) error {
	if _, done := errors.AsType[*UnavailableError](err); done || err == nil {
		return err
	}
	if d.dialect.Unavailable(err) || d.dialect.Retryable(err) {
		return &UnavailableError{Database: d.dialect.Name(), Err: err}
	}
	return err
}

// ExplainCommit is Explain for the error of a commit. If the connection was lost during it, the
// transaction may have been stored or not, and Unknown is set. Package framework/transaction calls
// it.
func (d *Database) ExplainCommit(err error) error {
	err = d.Explain(err)
	if e, ok := errors.AsType[*UnavailableError](err); ok && d.dialect.Lost(e.Err) {
		e.Unknown = true
	}
	return err
}

// explain explains an error. Each function that a read or a write ends with defers it.
func (t *Tree) explain(err *error) { *err = t.db.Explain(*err) }
