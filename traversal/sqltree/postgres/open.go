package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// Options are the settings of the pool. The zero value is good.
type Options struct {
	// Connections limits the pool. The default is four for each processor, and at least 8.
	Connections int

	// IdleTime closes a connection that was not used for so long. The default is 5 minutes.
	IdleTime time.Duration
}

// Open connects to the database that url names, in the form of libpq, such as
// postgres://user@host/database?sslmode=verify-full. PostgreSQL 13 or newer is needed. Statements
// are prepared once for each connection. Behind a connection pooler that forbids this, add
// default_query_exec_mode=exec to the URL: a lookup then costs about four times as much.
func Open(ctx context.Context, url string, o Options) (*sqltree.Database, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open PostgreSQL database: %w", err)
	}
	if o.Connections == 0 {
		o.Connections = max(4*runtime.GOMAXPROCS(0), 8)
	}
	if o.IdleTime == 0 {
		o.IdleTime = 5 * time.Minute
	}
	if o.Connections < 1 || o.IdleTime < 0 {
		return nil, errors.New("open PostgreSQL database: Connections and IdleTime must not be negative")
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(o.Connections)
	pool.SetMaxIdleConns(o.Connections)
	pool.SetConnMaxIdleTime(o.IdleTime)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open PostgreSQL database: %w", err), pool.Close())
	}
	return NewDatabase(pool), nil
}

// NewDatabase returns a Database of an open pool, whose driver must be that of pgx (package
// github.com/jackc/pgx/v5/stdlib).
func NewDatabase(pool *sql.DB) *sqltree.Database {
	return sqltree.NewDatabase(dialect{}, pool, pool)
}
