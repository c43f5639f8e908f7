package transaction

import (
	"context"
	"database/sql"
	"errors"
)

var errOpen = errors.New("a nested unit is still open: wait for its goroutine")

// end ends the unit: it commits if asked to and if nothing speaks against it, and otherwise rolls
// back. Hooks run afterwards. The error is that of the commit, or says why there was none; a unit
// that is only doomed returns none. A second end does nothing.
func (u *Unit) end(commit bool) error {
	u.mu.Lock()
	if u.ended {
		u.mu.Unlock()
		return nil
	}
	u.ended = true
	if u.inner != nil && u.failed == nil {
		u.failed = errOpen
	}
	failed, doomed := u.failed, u.doomed
	tx, cancel := u.tx, u.cancel
	onCommit, onAbort, always := u.onCommit, u.onAbort, u.always
	u.mu.Unlock()
	if cancel != nil {
		defer cancel()
	}

	var err error
	switch {
	case !commit || doomed:
		commit = false
	case failed != nil:
		commit, err = false, &FailedError{failed}
	case tx != nil:
		// After the end of the context, database/sql is rolling back already.
		if err = context.Cause(u.below); err == nil {
			err = u.explainCommit(tx.Commit())
		}
		if err != nil {
			commit, err = false, &CommitError{err}
		}
	}
	if commit {
		u.call(always)
		u.call(onCommit)
		return nil
	}
	if tx != nil {
		if undone := tx.Rollback(); undone != nil && !errors.Is(undone, sql.ErrTxDone) && u.below.Err() == nil {
			// The connection is lost, and so is the transaction.
			u.log().Warn().Err(undone).Msg("roll back a unit of work")
		}
	}
	u.call(always)
	u.call(onAbort)
	return err
}

// spared returns whether the veto has no say.
func (u *Unit) spared() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.anyway || u.doomed
}
