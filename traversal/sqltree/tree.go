package sqltree

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/traversal/topics"
)

// Options are the settings of a Tree. Root is required; the zero values of all others are good.
type Options struct {
	// Root is the kind of the root, which New creates if the tree is empty.
	Root KindSpec

	// Kinds are the kinds of all other nodes. Nodes of other kinds are of type *Unknown.
	Kinds []KindSpec

	// Unit returns the unit of work that a context carries, and false if there is none. Writes
	// become part of the unit; reads see its writes. Without a unit, each operation is a
	// transaction of its own. The unit of a request is that of framework/transaction.
	Unit func(ctx context.Context) (Unit, bool)

	// Hub publishes the changes of the tree, under the name Topic ("sqltree" by default). With a
	// transport, other processes receive them as well. The application closes and runs it. nil:
	// only this process receives them.
	Hub   *topics.Hub
	Topic string

	// OnError is called with errors that no caller can receive: that an event was not sent. It may
	// be called concurrently. nil ignores them.
	OnError func(err error)

	// Audit is how many changes the audit log keeps. The default is 1,000; a negative number
	// switches it off.
	Audit int

	// Cache is how many nodes are kept in memory for walks; 0 keeps none. Changes by this process
	// count at once, those by others when their event arrives (see Hub), and in any case after
	// CacheAge, which is 10 seconds by default: if events are lost with a connection, a node may be
	// so old. Without a Hub with a transport, only one process may change the tree.
	Cache    int
	CacheAge time.Duration

	// MaxDepth limits how deep the tree can become: the root has depth 0. The default is 64, the
	// maximum 500, since SQLite cannot delete a tree of more than 1,000 levels.
	MaxDepth int

	// MaxName and MaxData limit the bytes of a name, and of the data and the access list of a node.
	// The defaults are 255 and 4 MiB, the maxima 2,000 and 64 MiB.
	MaxName, MaxData int
}

func (o *Options) complete() error {
	o.Audit = orDefault(o.Audit, 1000)
	if o.CacheAge == 0 {
		o.CacheAge = 10 * time.Second
	}
	if o.Cache < 0 || o.CacheAge < 0 {
		return errors.New("sqltree.Options.Cache and CacheAge must not be negative")
	}
	if o.Topic == "" {
		o.Topic = "sqltree"
	}
	o.MaxDepth = orDefault(o.MaxDepth, 64)
	o.MaxName = orDefault(o.MaxName, 255)
	o.MaxData = orDefault(o.MaxData, 4<<20)
	if o.MaxDepth < 1 || o.MaxDepth > 500 {
		return fmt.Errorf("sqltree.Options.MaxDepth is %d: want 1 to 500", o.MaxDepth)
	}
	if o.MaxName < 1 || o.MaxName > 2000 {
		return fmt.Errorf("sqltree.Options.MaxName is %d: want 1 to 2000, which an index of PostgreSQL holds", o.MaxName)
	}
	if o.MaxData < 1 || o.MaxData > 64<<20 {
		return fmt.Errorf("sqltree.Options.MaxData is %d: want 1 to %d (64 MiB)", o.MaxData, 64<<20)
	}
	return nil
}

func orDefault(n, preset int) int {
	if n == 0 {
		return preset
	}
	return n
}

// Tree is a tree of resources in a database. It is safe for concurrent use, by any number of
// processes that share the database.
type Tree struct {
	db      *Database
	options Options
	kinds   kinds
	sql     statements
	root    uuid.UUID
	hub     *topics.Hub
	cache   *cache // nil without one
	ends    []func()
	shared  shared

	// How paths are looked up outside of transactions: several at once, or by a prepared statement.
	paths   *async.Batcher[pathKey, []row]
	descend *sql.Stmt
}

// New returns the tree in db. It brings the schema up to date first: several processes may do so at
// once. A schema that is newer than this program is an error. New creates the root if there is
// none. It takes as long as the database does, and no longer than ctx lasts.
func New(ctx context.Context, db *Database, o Options) (*Tree, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	k, err := newKinds(o.Root, o.Kinds)
	if err != nil {
		return nil, err
	}
	t := &Tree{db: db, options: o, kinds: k, sql: bind(db.dialect), hub: o.Hub}
	if t.hub == nil {
		t.hub = topics.New(topics.Options{})
	}
	if err := t.migrate(ctx); err != nil {
		return nil, fmt.Errorf("migrate the tree: %w", err)
	}
	if err := t.plant(ctx); err != nil {
		return nil, fmt.Errorf("create the root of the tree: %w", err)
	}
	if err := t.keepNodes(); err != nil {
		return nil, fmt.Errorf("follow the changes of the tree: %w", err)
	}
	if err := t.prepare(ctx); err != nil {
		return nil, fmt.Errorf("prepare the tree: %w", err)
	}
	return t, nil
}

// Database returns the database of the tree.
func (t *Tree) Database() *Database { return t.db }

// keepNodes starts the cache.
func (t *Tree) keepNodes() error {
	if t.options.Cache == 0 {
		return nil
	}
	t.cache = newCache(t.options.Cache, t.options.CacheAge)
	sub, err := t.Subscribe()
	if err != nil {
		return err
	}
	var following sync.WaitGroup
	following.Go(func() { t.cache.follow(sub) })
	t.ends = append(t.ends, sub.Close, following.Wait)
	return nil
}

// Close waits for the reads that requests share, and refuses further ones. It closes neither the
// database nor Options.Hub.
func (t *Tree) Close(ctx context.Context) error {
	for _, end := range t.ends {
		end()
	}
	if t.options.Hub == nil {
		t.hub.Close()
	}
	if t.descend != nil {
		return t.descend.Close()
	}
	return t.paths.Close(ctx)
}

// plant looks for the root, and creates it if there is none.
func (t *Tree) plant(ctx context.Context) error {
	return t.inTransaction(ctx, func(tx *sql.Tx) error {
		if err := t.db.dialect.LockSchema(ctx, tx); err != nil {
			return err
		}
		var kind string
		err := tx.QueryRowContext(ctx, t.sql.root).Scan(&t.root, &kind)
		if err == nil {
			if kind != t.options.Root.name {
				return fmt.Errorf("it is of the kind %q, but Options.Root is the %v", kind, t.options.Root)
			}
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		r, err := t.newRow(t.options.Root.make(), uuid.NullUUID{}, "")
		if err != nil {
			return err
		}
		t.root = r.id
		return t.insert(ctx, tx, r)
	})
}
