package sqltree

import (
	"context"
	"database/sql"

	"github.com/google/uuid"
)

// Dialect is what one database does in its own way. Packages sqlite and postgres of this folder
// have one each, and applications need neither: their Open functions return a Database.
//
// Statements are shared where both databases read the same SQL. They are written with $1, $2; Bind
// turns them into what the driver reads.
type Dialect interface {
	// Name is "sqlite" or "postgres".
	Name() string

	// Steps are the versions of the schema, oldest first. Step i leads from version i to i+1. A
	// step that was released never changes.
	Steps() []string

	// LockSchema waits until no other process changes the schema, and holds the lock until tx ends.
	LockSchema(ctx context.Context, tx *sql.Tx) error

	// Bind returns a statement with the parameters of the driver.
	Bind(statement string) string

	// ID returns an id as the driver stores it.
	ID(id uuid.UUID) any

	// IDs returns a set of ids as one parameter, and In the condition that a column is in the set
	// that a parameter ("$1") holds.
	IDs(ids []uuid.UUID) any
	In(column, parameter string) string

	// Descend is the query that resolves a path: $1 is the id to start from, $2 what Names returns.
	// Its columns are Columns. The rows come in any order.
	Descend() string

	// Names returns texts as one parameter: the names of Descend, or a set of which InTexts is the
	// condition, as In is for ids.
	Names(names []string) any
	InTexts(column, parameter string) string

	// DescendMany runs Descend for each pair of arguments in one round trip, if the driver can, and
	// hands the rows of each to collect, in the order of args.
	DescendMany(ctx context.Context, db *sql.DB, args [][2]any, collect func(i int, rows Rows) error) error

	// Search is the query for full texts, ranked: $1 is what Match returns, $2 a set of ids or NULL
	// for all, $3 whether texts without an access list count, $4 how many characters of the body to
	// return, $5 the limit, $6 the offset. Its columns are id, title and body.
	Search() string

	// Match returns what a text must match: every term, and none of those with Not.
	Match(terms []Term) string

	// LockMoves is the statement that keeps other moves and deletes waiting until the transaction
	// ends; "" if a transaction that writes is alone anyway.
	LockMoves() string

	// Taken reports whether an error means that another node has this parent and name.
	Taken(err error) bool

	// Orphan reports whether an error means that a node has a parent that does not exist.
	Orphan(err error) bool

	// Retryable reports whether a transaction that failed with this error may succeed if it is run
	// again from its beginning.
	Retryable(err error) bool

	// Unavailable reports whether an error means that the database cannot be reached, or that its
	// disk is full or broken, so that the operation may succeed later.
	Unavailable(err error) bool

	// Lost reports whether an error that is Unavailable means that the connection was lost, so that
	// the database may have done what it was asked to.
	Lost(err error) bool
}

// Rows are the rows of one query: those of *sql.Rows, or of a driver's batch.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
}

var _ Rows = (*sql.Rows)(nil)

// Columns are the columns of a node, in the order in which Descend returns them.
const Columns = "id, parent, name, kind, data, acl, version, created, modified, ord"

// Term is a part of a search: words that follow each other in the text.
type Term struct {
	Words  []string // letters and digits alone
	Prefix bool     // the last word is the beginning of one
	Not    bool     // texts with the term do not match
}
