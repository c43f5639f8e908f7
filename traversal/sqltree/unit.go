package sqltree

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"time"
)

// Unit is a unit of work: a transaction that several operations share, and that someone else
// commits. The unit of a request is made by framework/transaction, whose UnitOf is an Options.Unit:
// Unit is an alias, so that the two packages have the same type without importing each other.
type Unit = interface {
	// Tx returns the transaction, which the first call begins.
	Tx(ctx context.Context) (*sql.Tx, error)

	// Begun returns the transaction if it has begun.
	Begun() (*sql.Tx, bool)

	// AfterCommit calls fn once, after the transaction was committed.
	AfterCommit(fn func(ctx context.Context))

	// Fail makes the unit abort: a statement of it has failed, and the database may have dropped
	// the whole transaction. The tree does not call it for an operation that was refused, such as
	// with ErrExists: that is rolled back alone.
	Fail(err error)
}

// querier runs statements: a *sql.DB or a *sql.Tx.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// reader returns what a read of ctx runs on: the transaction of its unit if that has begun, so that
// the read sees what was written, otherwise the pool.
func (t *Tree) reader(ctx context.Context) (q querier, inUnit bool) {
	if unit, ok := t.unit(ctx); ok {
		if tx, begun := unit.Begun(); begun {
			return observe(ctx, tx), true
		}
	}
	return observe(ctx, t.db.read), false
}

func (t *Tree) unit(ctx context.Context) (Unit, bool) {
	if t.options.Unit == nil {
		return nil, false
	}
	return t.options.Unit(ctx)
}

// attempts is how often a transaction of one operation is tried if the database asks for it.
const attempts = 5

// write runs one operation that changes the tree. It becomes part of the unit of ctx; without one
// it is a transaction of its own, which runs again if the database asks for it. So fn may run
// several times, and must not change a resource: done does that, after the last statement has
// succeeded. In a unit, an operation that is refused is rolled back to a savepoint, which costs two
// statements, and the unit can go on; any other error makes the unit fail.
//
// What fn records goes into the audit log with the same transaction, and is published after its
// commit.
func (t *Tree) write(ctx context.Context, fn func(w *writing) error, done func()) (err error) {
	defer t.explain(&err)
	unit, ok := t.unit(ctx)
	if !ok {
		var w *writing
		err = t.inTransaction(ctx, func(tx *sql.Tx) error {
			w = t.writing(ctx, tx)
			return w.run(ctx, fn)
		})
		if err == nil {
			done()
			t.publish(ctx, w.events())
		}
		return err
	}
	tx, err := unit.Tx(ctx)
	if err != nil {
		return err
	}
	defer t.shared.lock(tx)()
	w := t.writing(ctx, tx)
	if intact, err := w.part(ctx, fn); err != nil {
		if !intact {
			unit.Fail(err)
		}
		return err
	}
	done()
	unit.AfterCommit(func(ctx context.Context) { t.publish(ctx, w.events()) })
	return nil
}

func (t *Tree) writing(ctx context.Context, tx *sql.Tx) *writing {
	return &writing{tree: t, tx: observe(ctx, tx), actor: plain(actor(ctx), maxActor), now: time.Now().UnixMicro()}
}

// inTransaction runs fn in a transaction, several times if the database asks for it.
func (t *Tree) inTransaction(ctx context.Context, fn func(tx *sql.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := t.once(ctx, fn)
		if err == nil || attempt == attempts || !t.db.Retryable(err) || ctx.Err() != nil {
			return err
		}
		pause := time.NewTimer(time.Duration(attempt) * time.Duration(1+rand.IntN(10)) * time.Millisecond)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return err
		}
	}
}

func (t *Tree) once(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := t.db.Begin(ctx, false)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // of no effect after a commit
	if err := fn(tx); err != nil {
		return err
	}
	return t.db.ExplainCommit(tx.Commit())
}
