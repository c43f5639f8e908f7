package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strconv"
	"time"

	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// Options are the settings of a database. The zero value is good.
type Options struct {
	// Busy is how long a statement waits for another connection or process that writes. The default
	// is 5 seconds. A context that ends first ends the wait.
	Busy time.Duration

	// Readers is the number of connections that read. The default is the number of processors, but
	// at least 2: more connections than processors make SQLite slower.
	Readers int

	// Durable makes each commit wait until the disk has it (synchronous=FULL). Otherwise a commit
	// survives the death of the process, but a loss of power may undo the last ones.
	Durable bool
}

// Open opens the database in file, which it creates if needed, in WAL mode and with foreign keys.
// One connection writes; the others only read. The file system must be a local one.
func Open(ctx context.Context, file string, o Options) (*sqltree.Database, error) {
	if o.Busy == 0 {
		o.Busy = 5 * time.Second
	}
	if o.Readers == 0 {
		o.Readers = max(runtime.GOMAXPROCS(0), 2)
	}
	if file == "" || o.Busy < 0 || o.Readers < 1 {
		return nil, fmt.Errorf("open SQLite database %q: want a file, and Busy and Readers that are not negative", file)
	}
	write, err := sql.Open("sqlite", o.dsn(file, false))
	if err != nil {
		return nil, fmt.Errorf("open SQLite database %q: %w", file, err)
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil { // creates the file, which the readers cannot
		return nil, errors.Join(fmt.Errorf("open SQLite database %q: %w", file, err), write.Close())
	}
	read, err := sql.Open("sqlite", o.dsn(file, true))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(o.Readers)
	read.SetMaxIdleConns(o.Readers)
	return sqltree.NewDatabase(dialect{}, write, read), nil
}

// dsn returns the name of the data source. busy_timeout comes first, since switching to WAL may
// have to wait as well.
func (o Options) dsn(file string, readOnly bool) string {
	q := url.Values{}
	pragma := func(text string) { q.Add("_pragma", text) }
	pragma("busy_timeout(" + strconv.FormatInt(o.Busy.Milliseconds(), 10) + ")")
	pragma("journal_mode(wal)")
	pragma("foreign_keys(1)")
	if o.Durable {
		pragma("synchronous(full)")
	} else {
		pragma("synchronous(normal)")
	}
	if readOnly {
		pragma("query_only(1)")
	} else {
		q.Set("_txlock", "immediate")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: q.Encode()}).String()
}
