package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"github.com/google/uuid"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

type dialect struct{}

var _ sqltree.Dialect = dialect{}

func (dialect) Name() string { return "sqlite" }

func (dialect) Steps() []string { return steps }

// LockSchema does nothing: a transaction that may write has the write lock from its beginning.
func (dialect) LockSchema(context.Context, *sql.Tx) error { return nil }

func (dialect) Bind(statement string) string { return strings.ReplaceAll(statement, "$", "?") }

func (dialect) ID(id uuid.UUID) any { return id[:] }

// IDs returns a JSON array of hexadecimal texts, since JSON cannot hold a blob.
func (dialect) IDs(ids []uuid.UUID) any {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = hex.EncodeToString(id[:])
	}
	return array(texts)
}

func (dialect) In(column, parameter string) string {
	return column + ` IN (SELECT unhex(value) FROM json_each(` + strings.ReplaceAll(parameter, "$", "?") + `))`
}

// Names returns a JSON array, of which Descend takes one element at each step.
func (dialect) Names(names []string) any { return array(names) }

func (dialect) InTexts(column, parameter string) string {
	return column + ` IN (SELECT value FROM json_each(` + strings.ReplaceAll(parameter, "$", "?") + `))`
}

func array(texts []string) string {
	text, err := json.Marshal(texts)
	if err != nil {
		return "[]" // strings never fail
	}
	return string(text)
}

func (dialect) Descend() string { return descend }

func (d dialect) DescendMany(ctx context.Context, db *sql.DB, args [][2]any, collect func(int, sqltree.Rows) error) error {
	for i, a := range args {
		rows, err := db.QueryContext(ctx, descend, a[0], a[1])
		if err != nil {
			return err
		}
		if err := errors.Join(collect(i, rows), rows.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (dialect) Search() string { return search }

// Match writes a query of FTS5, where NOT stands between two others.
func (dialect) Match(terms []sqltree.Term) string {
	var b strings.Builder
	for i, t := range terms {
		switch {
		case t.Not:
			b.WriteString(" NOT ")
		case i > 0:
			b.WriteString(" AND ")
		}
		b.WriteString(`"` + strings.Join(t.Words, " ") + `"`)
		if t.Prefix {
			b.WriteString(" *")
		}
	}
	return b.String()
}

func (dialect) LockMoves() string { return "" }

func (dialect) Taken(err error) bool { return code(err) == sqlite3.SQLITE_CONSTRAINT_UNIQUE }

func (dialect) Orphan(err error) bool { return code(err) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY }

// Retryable reports whether another connection was in the way: SQLITE_BUSY with all its extended
// codes, among them SQLITE_BUSY_SNAPSHOT, and SQLITE_LOCKED.
func (dialect) Retryable(err error) bool {
	primary := code(err) & 0xff
	return primary == sqlite3.SQLITE_BUSY || primary == sqlite3.SQLITE_LOCKED
}

// Unavailable reports a full or broken disk: SQLITE_FULL, SQLITE_IOERR and SQLITE_CANTOPEN.
func (dialect) Unavailable(err error) bool {
	primary := code(err) & 0xff
	return primary == sqlite3.SQLITE_FULL || primary == sqlite3.SQLITE_IOERR || primary == sqlite3.SQLITE_CANTOPEN
}

// Lost reports false: there is no connection that could be lost.
func (dialect) Lost(error) bool { return false }

func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}
