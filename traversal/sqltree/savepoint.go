package sqltree

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/mastaba-go/mastaba/traversal"
)

// Inside a unit, each operation has a savepoint. Without it, PostgreSQL would abort the whole
// transaction because of a name that is taken; and on both databases a caller that handles an error
// and goes on would commit the half of the operation that was done before it.

// part runs an operation inside of a transaction that it shares with others. With an error it
// reports whether the transaction is intact, without what the operation did.
func (w *writing) part(ctx context.Context, fn func(*writing) error) (intact bool, err error) {
	if _, err := w.tx.ExecContext(ctx, "SAVEPOINT sqltree"); err != nil {
		return false, err
	}
	err = w.run(ctx, fn)
	if err != nil {
		if !refusal(err) {
			return false, err
		}
		if _, failed := w.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT sqltree"); failed != nil {
			return false, errors.Join(err, failed)
		}
	}
	if _, failed := w.tx.ExecContext(ctx, "RELEASE SAVEPOINT sqltree"); failed != nil {
		return false, errors.Join(err, failed)
	}
	return true, err
}

// refusal reports whether an error is an answer of the tree, with a status of the class 4xx, rather
// than a failure.
func refusal(err error) bool {
	if e, ok := errors.AsType[interface {
		error
		Status() int
	}](err); ok {
		return e.Status() >= 400 && e.Status() < 500
	}
	return errors.Is(err, traversal.ErrNotFound)
}

// shared lets the operations of one transaction run one after the other: savepoints end in the
// opposite order of their beginning, so two at once would roll back each other's work.
type shared struct {
	mu    sync.Mutex // guards all below
	locks map[*sql.Tx]*txLock
}

type txLock struct {
	sync.Mutex
	users int // that hold it or wait for it
}

// lock waits until no other operation of tx runs, and returns what ends this one.
func (s *shared) lock(tx *sql.Tx) (unlock func()) {
	s.mu.Lock()
	if s.locks == nil {
		s.locks = map[*sql.Tx]*txLock{}
	}
	l := s.locks[tx]
	if l == nil {
		l = new(txLock)
		s.locks[tx] = l
	}
	l.users++
	s.mu.Unlock()
	l.Lock()
	return func() {
		l.Unlock()
		s.mu.Lock()
		defer s.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(s.locks, tx)
		}
	}
}
