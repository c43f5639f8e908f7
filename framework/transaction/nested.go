package transaction

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// Nested runs fn in a unit inside that of ctx, with a savepoint: if fn returns an error or panics,
// or if the nested unit has failed or is doomed, only what fn has done is rolled back, and the
// outer unit can go on. It returns the error of fn, or a [*FailedError] if fn hides one. Without an
// outer unit it is [ErrNoUnit].
//
// fn must use the context that it gets, and close all rows before it returns. The savepoint is set
// on first use, and costs two statements. Nested units may contain others, but of one unit only one
// may be open at a time: transactions have no parallel parts.
//
// If the savepoint cannot be rolled back, the outer unit fails too.
func Nested(ctx context.Context, fn func(ctx context.Context) error) error {
	outer, ok := From(ctx)
	if !ok {
		return ErrNoUnit
	}
	u, err := outer.nest(ctx)
	if err != nil {
		return err
	}
	returned := false
	defer func() {
		if !returned {
			_ = u.endNested(false)
		}
	}()
	err = fn(u.context())
	returned = true
	return errors.Join(err, u.endNested(err == nil))
}

// nest begins a nested unit.
func (u *Unit) nest(ctx context.Context) (*Unit, error) {
	inner := &Unit{below: ctx, r: u.r, parent: u, depth: u.depth + 1, attempt: u.attempt, attempts: u.attempts}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.ended:
		return nil, errEnded
	case u.failed != nil:
		return nil, &FailedError{u.failed}
	case u.inner != nil:
		return nil, errors.New("nested unit of work: another one is open in the same unit; run one after the other")
	}
	u.inner = inner
	return inner, nil
}

// savepoint is the name of the savepoint of the unit. It is free again when the unit has ended.
func (u *Unit) savepoint() string { return "mastaba_" + strconv.Itoa(u.depth) }

// beginNested sets the savepoint. The caller holds mu.
func (u *Unit) beginNested(ctx context.Context, write bool) error {
	tx, err := u.parent.use(ctx, write)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "SAVEPOINT "+u.savepoint()); err != nil {
		u.parent.Fail(err)
		return fmt.Errorf("savepoint: %w", err)
	}
	u.tx, u.reads = tx, u.parent.isReading()
	return nil
}

// endNested ends a nested unit. Its hooks go to the outer one.
func (u *Unit) endNested(keep bool) error {
	u.mu.Lock()
	already := u.ended
	u.ended = true
	if u.inner != nil && u.failed == nil {
		u.failed = errOpen
	}
	tx, failed, doomed := u.tx, u.failed, u.doomed
	onCommit, onAbort, always := u.onCommit, u.onAbort, u.always
	u.mu.Unlock()
	if already {
		return nil
	}

	var err error
	if keep && failed != nil {
		err = &FailedError{failed}
	}
	keep = keep && failed == nil && !doomed
	if tx != nil {
		// Even if the context of fn has ended, the outer unit has to know where it stands.
		ctx := context.WithoutCancel(u.below)
		statement := "RELEASE SAVEPOINT " + u.savepoint()
		if !keep {
			statement = "ROLLBACK TO SAVEPOINT " + u.savepoint()
		}
		_, undone := tx.ExecContext(ctx, statement)
		if undone == nil && !keep {
			_, undone = tx.ExecContext(ctx, "RELEASE SAVEPOINT "+u.savepoint())
		}
		if undone != nil {
			undone = fmt.Errorf("end of a nested unit of work: %w", undone)
			u.parent.Fail(undone)
			err, keep = errors.Join(err, undone), false
		}
	}
	if !keep {
		always, onCommit, onAbort = append(always, onAbort...), nil, nil
	}
	u.parent.adopt(u, onCommit, onAbort, always)
	return err
}

// adopt takes over the hooks of a nested unit that has ended.
func (u *Unit) adopt(inner *Unit, onCommit, onAbort, always []func(context.Context)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.inner == inner {
		u.inner = nil
	}
	u.onCommit = append(u.onCommit, onCommit...)
	u.onAbort = append(u.onAbort, onAbort...)
	u.always = append(u.always, always...)
}
