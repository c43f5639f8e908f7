package transaction

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Database begins the transactions of units of work. *sqltree.Database is one; [SQL] makes one of
// any handle of database/sql. It is safe for concurrent use.
type Database interface {
	// Begin begins a transaction, which ends with ctx: then it is rolled back. With readOnly the
	// database refuses writes. Without it the transaction is ready to write: on SQLite it has the
	// write lock from the beginning, since a transaction that reads first may fail to get it later.
	Begin(ctx context.Context, readOnly bool) (*sql.Tx, error)
	// Retryable reports whether err means that the transaction met another one, and may succeed if
	// all of it is run again.
	Retryable(err error) bool
}

// SQLOptions are the options of [SQL]. The zero value suits PostgreSQL.
type SQLOptions struct {
	// Isolation is the level of the transactions; 0 means the default of the database. Drivers for
	// SQLite do not know levels.
	Isolation sql.IsolationLevel
	// Reader begins the read-only transactions; nil means the handle itself, with
	// sql.TxOptions.ReadOnly. SQLite needs it, because modernc.org/sqlite does not refuse writes in
	// read-only transactions: open the same file with _pragma=query_only(1).
	Reader *sql.DB
	// Retryable adds errors to those that are retryable in any case: SQLSTATE 40001 and 40P01, and
	// the codes of SQLite for a database that is locked (5 and 6, and their extensions such as
	// 517).
	Retryable func(error) bool
}

// SQL returns a Database for a handle of database/sql, of any driver. The handle stays the
// caller's, who closes it.
//
// For PostgreSQL, the handle of pgx/v5/stdlib will do. SQLite needs two:
//
//	db, err := sql.Open("sqlite", "file:shop.db?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_txlock=immediate")
//	reader, err := sql.Open("sqlite", "file:shop.db?_pragma=busy_timeout(5000)&_pragma=query_only(1)")
//	database := transaction.SQL(db, transaction.SQLOptions{Reader: reader})
func SQL(db *sql.DB, o SQLOptions) Database { return &handle{db: db, o: o} }

// handle is the Database of a handle of database/sql.
type handle struct {
	db *sql.DB
	o  SQLOptions
}

var _ Database = (*handle)(nil)

func (h *handle) Begin(ctx context.Context, readOnly bool) (*sql.Tx, error) {
	db := h.db
	if readOnly && h.o.Reader != nil {
		db = h.o.Reader
	}
	if db == nil {
		return nil, errors.New("transaction.SQL: the *sql.DB is nil")
	}
	return db.BeginTx(ctx, &sql.TxOptions{Isolation: h.o.Isolation, ReadOnly: readOnly && h.o.Reader == nil})
}

func (h *handle) Retryable(err error) bool {
	return isConflict(err) || h.o.Retryable != nil && h.o.Retryable(err)
}

// String names the handle's driver in listings.
func (h *handle) String() string {
	if h.db == nil {
		return "transaction.SQL(nil)"
	}
	return fmt.Sprintf("transaction.SQL(%T)", h.db.Driver())
}

// The errors of drivers, by their methods, so that no driver is linked. sqlState is that of
// *pgconn.PgError and *pq.Error, code that of *sqlite.Error of modernc.org/sqlite.
type (
	sqlState interface {
		error
		SQLState() string
	}
	sqliteCode interface {
		error
		Code() int
	}
)

// isConflict reports whether err is a serialization failure or a deadlock (SQLSTATE 40001 and
// 40P01), or SQLite's "database is locked" (5, SQLITE_BUSY) or "database table is locked" (6).
func isConflict(err error) bool {
	if e, ok := errors.AsType[sqlState](err); ok {
		return e.SQLState() == "40001" || e.SQLState() == "40P01"
	}
	if e, ok := errors.AsType[sqliteCode](err); ok {
		return e.Code()&0xff == 5 || e.Code()&0xff == 6
	}
	return false
}

// isWriteRefused reports whether err is that of a write in a read-only transaction: SQLSTATE 25006,
// or SQLite's SQLITE_READONLY (8).
func isWriteRefused(err error) bool {
	if e, ok := errors.AsType[sqlState](err); ok {
		return e.SQLState() == "25006"
	}
	e, ok := errors.AsType[sqliteCode](err)
	return ok && e.Code()&0xff == 8
}
