package sqltree

import (
	"context"
	"database/sql"
	"errors"
)

// Database is an open database that can hold a tree: a pool of connections that write, and one of
// connections that cannot. The Open functions of packages sqlite and postgres return it. It is safe
// for concurrent use. The application closes it, after everything that uses it.
type Database struct {
	dialect Dialect
	write   *sql.DB
	read    *sql.DB // the same as write if the database enforces read-only transactions itself
}

// NewDatabase returns a Database of two pools, which may be the same one. It is for packages with a
// Dialect; applications call sqlite.Open or postgres.Open.
func NewDatabase(d Dialect, write, read *sql.DB) *Database {
	return &Database{dialect: d, write: write, read: read}
}

// Dialect returns the dialect of the database.
func (d *Database) Dialect() Dialect { return d.dialect }

// Begin begins a transaction. A read-only one fails at its first write, and all its statements see
// the database as it was at the first of them, on both databases. On SQLite a transaction that may
// write takes the write lock at once and waits for it, so keep it short; on PostgreSQL it is read
// committed. The error is an *UnavailableError if the database is not available.
func (d *Database) Begin(ctx context.Context, readOnly bool) (*sql.Tx, error) {
	switch {
	case readOnly && d.read == d.write:
		return d.begin(ctx, d.read, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	case readOnly:
		return d.begin(ctx, d.read, &sql.TxOptions{ReadOnly: true}) // a snapshot anyway
	}
	return d.begin(ctx, d.write, nil)
}

func (d *Database) begin(ctx context.Context, pool *sql.DB, o *sql.TxOptions) (*sql.Tx, error) {
	tx, err := pool.BeginTx(ctx, o)
	return tx, d.Explain(err)
}

// Retryable reports whether a transaction that failed with err may succeed if it is run again from
// its beginning: a serialization failure, a deadlock, or a busy SQLite database.
func (d *Database) Retryable(err error) bool {
	return err != nil && d.dialect.Retryable(err)
}

// Reader returns the pool for statements that only read.
func (d *Database) Reader() *sql.DB { return d.read }

// Writer returns the pool for statements that write, for the application's own tables.
func (d *Database) Writer() *sql.DB { return d.write }

// Ping checks that the database responds.
func (d *Database) Ping(ctx context.Context) error { return d.read.PingContext(ctx) }

// Close closes both pools. It waits for queries that have started.
func (d *Database) Close() error {
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}
