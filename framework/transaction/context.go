package transaction

import (
	"context"
	"database/sql"
	"time"
)

// unitKey is the key of the unit in a context.
type unitKey struct{}

// unitContext is a Unit as a context: the same memory under another type, so that the context of a
// unit costs no allocation.
type unitContext Unit

var _ context.Context = (*unitContext)(nil)

func (c *unitContext) Deadline() (time.Time, bool) { return c.below.Deadline() }
func (c *unitContext) Done() <-chan struct{}       { return c.below.Done() }
func (c *unitContext) Err() error                  { return c.below.Err() }

func (c *unitContext) Value(key any) any {
	if key == (unitKey{}) {
		return (*Unit)(c)
	}
	return c.below.Value(key)
}

// AfterFunc makes contexts derived from this one wait without a goroutine; package context looks
// for it.
func (c *unitContext) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(c.below, f) }

// String names the context, as those of the standard library do.
func (c *unitContext) String() string { return "transaction.Unit" }

// context returns the context in which From finds the unit.
func (u *Unit) context() context.Context { return (*unitContext)(u) }

// From returns the unit of work of ctx, usually Request.Context: the innermost one that has not
// ended. Without one it returns false: outside of the tween, and after the unit has ended. It costs
// a lookup in the context, and begins nothing.
func From(ctx context.Context) (*Unit, bool) {
	u, _ := ctx.Value(unitKey{}).(*Unit)
	for ; u != nil; u = u.parent {
		if !u.isEnded() {
			return u, true
		}
	}
	return nil, false
}

func (u *Unit) isEnded() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.ended
}

// Work is what a store needs of a unit of work; *[Unit] is one. It is an alias of an interface
// without a name of its own, so that a store can declare the same one without importing this
// package.
type Work = interface {
	Tx(ctx context.Context) (*sql.Tx, error)
	Begun() (*sql.Tx, bool)
	AfterCommit(fn func(context.Context))
	Fail(err error)
}

var _ Work = (*Unit)(nil)

// UnitOf is [From] for stores, such as sqltree.Options.Unit.
func UnitOf(ctx context.Context) (Work, bool) {
	u, ok := From(ctx)
	if !ok {
		return nil, false
	}
	return u, true
}

// Outside returns a context without a unit: what is done with it is done at once, whatever becomes
// of the unit of ctx. On SQLite a write outside of a unit that has begun to write waits for that
// unit, and so fails.
func Outside(ctx context.Context) context.Context {
	return context.WithValue(ctx, unitKey{}, (*Unit)(nil))
}

// Tx returns the transaction of the unit of ctx, for statements that write: see [Unit.Tx]. Without
// a unit it is [ErrNoUnit].
func Tx(ctx context.Context) (*sql.Tx, error) {
	u, ok := From(ctx)
	if !ok {
		return nil, ErrNoUnit
	}
	return u.Tx(ctx)
}

// ReadTx returns the transaction of the unit of ctx, for statements that only read: see
// [Unit.ReadTx]. Without a unit it is [ErrNoUnit].
func ReadTx(ctx context.Context) (*sql.Tx, error) {
	u, ok := From(ctx)
	if !ok {
		return nil, ErrNoUnit
	}
	return u.ReadTx(ctx)
}
