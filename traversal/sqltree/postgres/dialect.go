package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

type dialect struct{}

var _ sqltree.Dialect = dialect{}

func (dialect) Name() string { return "postgres" }

func (dialect) Steps() []string { return steps }

// schemaLock is the key of the advisory lock around migrations, a number of no meaning.
const schemaLock = 7_210_933_554_021

func (dialect) LockSchema(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, schemaLock)
	return err
}

func (dialect) Bind(statement string) string { return statement }

func (dialect) ID(id uuid.UUID) any { return id.String() }

func (dialect) IDs(ids []uuid.UUID) any {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return texts
}

func (dialect) In(column, parameter string) string {
	return column + ` = ANY (` + parameter + `::uuid[])`
}

// Names returns the slice itself, which pgx sends as a text[].
func (dialect) Names(names []string) any { return names }

func (dialect) InTexts(column, parameter string) string {
	return column + ` = ANY (` + parameter + `::text[])`
}

func (dialect) Descend() string { return descend }

func (dialect) Search() string { return search }

// Match writes a text for to_tsquery.
func (dialect) Match(terms []sqltree.Term) string {
	var b strings.Builder
	for i, t := range terms {
		if i > 0 {
			b.WriteString(" & ")
		}
		if t.Not {
			b.WriteString("!")
		}
		b.WriteString("('" + strings.Join(t.Words, "' <-> '") + "'")
		if t.Prefix {
			b.WriteString(":*")
		}
		b.WriteString(")")
	}
	return b.String()
}

// LockMoves locks the row of the root, in a mode that lets others create children of it.
func (dialect) LockMoves() string {
	return `SELECT id FROM tree_node WHERE parent IS NULL FOR NO KEY UPDATE`
}

func (dialect) Taken(err error) bool { return state(err) == "23505" } // unique_violation

func (dialect) Orphan(err error) bool { return state(err) == "23503" } // foreign_key_violation

// Retryable reports serialization failures and deadlocks.
func (dialect) Retryable(err error) bool {
	code := state(err)
	return code == "40001" || code == "40P01"
}

// Unavailable reports lost connections and those that cannot be made, a server that stops or
// starts, and one that lacks resources: the classes 08, 53, 57P and 58.
func (dialect) Unavailable(err error) bool {
	if code := state(err); code != "" {
		return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "53") || strings.HasPrefix(code, "57P") ||
			strings.HasPrefix(code, "58")
	}
	if errors.Is(err, context.Canceled) {
		return false
	}
	_, connect := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[*net.OpError](err)
	return connect || network || pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, pgconn.ErrConnClosed)
}

// Lost reports connections that ended, also because the server stopped (class 57P).
func (dialect) Lost(err error) bool {
	code := state(err)
	_, connect := errors.AsType[*pgconn.ConnectError](err)
	return code == "" && !connect && !pgconn.SafeToRetry(err) || strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08")
}

func state(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}
