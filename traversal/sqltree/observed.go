package sqltree

import (
	"context"
	"database/sql"

	"github.com/mastaba-go/mastaba/traversal/queries"
)

// writer is a querier that also writes.
type writer interface {
	querier
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// observed reports statements to the observer of their context.
type observed struct{ to writer }

var _ writer = observed{}

// observe returns what runs the statements of ctx: to itself unless the context has an observer.
func observe(ctx context.Context, to writer) writer {
	if queries.Observer(ctx) == nil {
		return to
	}
	return observed{to}
}

func (o observed) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	end := queries.Begin(ctx, query)
	rows, err := o.to.QueryContext(ctx, query, args...)
	end(err)
	return rows, err
}

func (o observed) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	end := queries.Begin(ctx, query)
	row := o.to.QueryRowContext(ctx, query, args...)
	end(row.Err())
	return row
}

func (o observed) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	end := queries.Begin(ctx, query)
	result, err := o.to.ExecContext(ctx, query, args...)
	end(err)
	return result, err
}
