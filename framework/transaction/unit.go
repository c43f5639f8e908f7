package transaction

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/mastaba-go/mastaba/views/web"
)

// Unit is a unit of work: what a request does to the database, all of it or nothing. Its
// transaction begins on first use; the tween, [Run] or [Nested] ends it. [From] finds it.
//
// A Unit is safe for concurrent use, though the statements of one transaction run one after the
// other, and rows must be read to their end before the next statement.
type Unit struct {
	below    context.Context // what the unit lives in; the transaction ends with it
	r        *web.Request    // nil in Run, and in Nested inside it
	db       Database
	readOnly func(*web.Request) bool
	parent   *Unit // of a nested unit
	depth    int   // of nested units, 0 for others
	attempt  int   // from 1 on
	attempts int

	mu       sync.Mutex // guards all below
	tx       *sql.Tx    // of a nested unit that has its savepoint: that of the parent
	reads    bool       // tx is read-only
	cancel   context.CancelFunc
	ended    bool
	failed   error
	doomed   bool
	anyway   bool
	inner    *Unit // the nested unit that is open
	onCommit []func(context.Context)
	onAbort  []func(context.Context)
	always   []func(context.Context) // onAbort of nested units that were rolled back
}

// Tx returns the transaction, and begins it on first use. It is for statements that write: in a
// read-only unit it is a [*ReadOnlyError], in a unit that has failed a [*FailedError]. ctx limits
// only the wait for the beginning.
//
// The transaction belongs to the unit: do not commit it or roll it back. If a statement fails,
// return its error, or report it with [Unit.Fail]; ExecContext, QueryContext and QueryRowContext of
// the Unit do so themselves.
func (u *Unit) Tx(ctx context.Context) (*sql.Tx, error) { return u.use(ctx, true) }

// ReadTx is [Unit.Tx] for statements that only read, in read-only units too. In a unit that may
// write it begins the same transaction as Tx does, which on SQLite takes the write lock.
func (u *Unit) ReadTx(ctx context.Context) (*sql.Tx, error) { return u.use(ctx, false) }

// Begun returns the transaction if it has begun and not ended.
func (u *Unit) Begun() (*sql.Tx, bool) {
	u.mu.Lock()
	tx, ended := u.tx, u.ended
	u.mu.Unlock()
	switch {
	case ended:
		return nil, false
	case tx == nil && u.parent != nil:
		return u.parent.Begun()
	}
	return tx, tx != nil
}

// use returns the transaction for a statement.
func (u *Unit) use(ctx context.Context, write bool) (*sql.Tx, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.ended:
		return nil, errEnded
	case u.failed != nil:
		return nil, &FailedError{u.failed}
	case ctx.Err() != nil: // nothing was run, so nothing has failed
		return nil, context.Cause(ctx)
	case u.tx == nil:
		if err := u.begin(ctx, write); err != nil {
			return nil, err
		}
	}
	if write && u.reads {
		return nil, &ReadOnlyError{Where: where(u.r)}
	}
	return u.tx, nil
}

// begin begins the transaction, or sets the savepoint of a nested unit. The caller holds mu.
func (u *Unit) begin(ctx context.Context, write bool) error {
	if u.parent != nil {
		return u.beginNested(ctx, write)
	}
	if u.db == nil {
		return errors.New("unit of work: the Database is nil")
	}
	reads := u.readOnly != nil && u.readOnly(u.r)
	if write && reads {
		return &ReadOnlyError{Where: where(u.r)}
	}
	own, cancel := context.WithCancel(u.below)
	waits := func() bool { return true }
	if ctx.Done() != u.below.Done() { // ctx may be that of one operation: it only limits the wait
		waits = context.AfterFunc(ctx, cancel)
	}
	tx, err := u.db.Begin(own, reads)
	if err == nil && !waits() {
		_ = tx.Rollback() // own has ended
		err = context.Cause(ctx)
	}
	if err != nil {
		waits()
		cancel()
		return fmt.Errorf("begin transaction: %w", err)
	}
	u.tx, u.reads, u.cancel = tx, reads, cancel
	return nil
}

// Fail marks the unit as failed: it will not be committed, and if the view returns a response
// nevertheless, a [*FailedError] takes its place. A nil error does nothing; the first one counts.
func (u *Unit) Fail(err error) {
	if err == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.failed == nil {
		u.failed = err
	}
}

// Doom makes the unit end with a rollback, whatever the view returns: the response is sent as it
// is. A nested unit is rolled back alone.
func (u *Unit) Doom() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.doomed = true
}

// CommitAnyway makes the unit commit whatever the veto says about the response: a view that counts
// failed logins and returns 403 calls it. It has no effect on errors that the view returns, nor
// after [Unit.Doom] and [Unit.Fail].
func (u *Unit) CommitAnyway() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.anyway = true
}

// Attempt returns the number of this attempt, from 1 on, and how many there may be.
func (u *Unit) Attempt() (n, of int) { return u.attempt, u.attempts }
