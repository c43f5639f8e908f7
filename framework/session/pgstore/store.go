package pgstore

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mastaba-go/mastaba/framework/session"
)

// Options are the options of New. The zero value suits most applications.
type Options struct {
	// Table is the name of the table, "sessions" by default. It may contain a schema:
	// "private.sessions".
	Table string
	// KeepSchema makes Start leave the schema alone: see Store.Schema.
	KeepSchema bool
	// Interval is the time between two cleanups, five minutes by default, and Batch how many rows
	// one statement deletes, 1,000 by default.
	Interval time.Duration
	Batch    int
	// OnError is called with an error of the cleanup, which is tried again after Interval. It
	// should log it. Nil ignores errors: those of requests have the same cause.
	OnError func(error)
}

// Store is a session.Store in PostgreSQL. It is safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	o    Options
	sql  statements
	work cleaner
}

var _ session.Store = (*Store)(nil)

// New returns a store that uses pool. It does not call PostgreSQL.
func New(pool *pgxpool.Pool, o Options) (*Store, error) {
	var invalid []error
	if pool == nil {
		invalid = append(invalid, errors.New("the pool is nil: want one of pgxpool.New"))
	}
	if o.Table == "" {
		o.Table = "sessions"
	}
	sql, err := newStatements(o.Table)
	invalid = append(invalid, err)
	if o.Interval == 0 {
		o.Interval = 5 * time.Minute
	}
	if o.Batch == 0 {
		o.Batch = 1000
	}
	if o.Interval < 0 || o.Batch < 0 {
		invalid = append(invalid, fmt.Errorf("Interval %v, Batch %d: want positive ones", o.Interval, o.Batch))
	}
	if err := errors.Join(invalid...); err != nil {
		return nil, fmt.Errorf("pgstore.New: %w", err)
	}
	return &Store{pool: pool, o: o, sql: sql}, nil
}

// Load returns a session.
func (s *Store) Load(ctx context.Context, id session.ID) (session.Record, error) {
	var created, renewed int64
	var values string
	err := s.pool.QueryRow(ctx, s.sql.load, id[:]).Scan(&created, &renewed, &values)
	if errors.Is(err, pgx.ErrNoRows) {
		return session.Record{}, session.ErrNotFound
	}
	rec := session.Record{Created: time.Unix(created, 0), Renewed: time.Unix(renewed, 0)}
	if err == nil && strings.HasPrefix(values, `"`) {
		return session.Record{}, movedError(values)
	}
	if err == nil {
		err = json.Unmarshal([]byte(values), &rec.Values)
	}
	if err != nil {
		return session.Record{}, fmt.Errorf("postgres: load session: %w", err)
	}
	return rec, nil
}

// movedError returns the error for a session that got another id.
func movedError(note string) error {
	moved := new(session.MovedError)
	to, err := hex.DecodeString(strings.Trim(note, `"`))
	if err != nil || copy(moved.To[:], to) < len(moved.To) {
		return fmt.Errorf("postgres: load session: malformed note %q", note)
	}
	return moved
}

// Create adds a session.
func (s *Store) Create(ctx context.Context, id session.ID, rec session.Record, ttl time.Duration) error {
	values, err := object(rec.Values)
	if err == nil {
		_, err = s.pool.Exec(ctx, s.sql.create, id[:], rec.Created.Unix(), rec.Renewed.Unix(), ttl.Seconds(), values)
	}
	if err != nil {
		return fmt.Errorf("postgres: create session: %w", err)
	}
	return nil
}

// Update changes some values of a session.
func (s *Store) Update(ctx context.Context, id session.ID, c session.Change, ttl time.Duration) error {
	to := id
	if c.Move != nil {
		to = *c.Move
	}
	names := c.Delete
	if names == nil {
		names = []string{}
	}
	values, err := object(c.Set)
	if err != nil {
		return fmt.Errorf("postgres: update session: %w", err)
	}
	found := false
	update := func(on execer) error {
		tag, err := on.Exec(ctx, s.sql.update, id[:], to[:], c.Renewed.Unix(), ttl.Seconds(), names, values)
		found = tag.RowsAffected() > 0
		return err
	}
	if c.Move == nil {
		err = update(s.pool)
	} else {
		err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if err := update(tx); err != nil || !found {
				return err
			}
			_, err := tx.Exec(ctx, s.sql.note, id[:], min(ttl, session.MovedLife).Seconds(), to.String())
			return err
		})
	}
	switch {
	case err != nil:
		return fmt.Errorf("postgres: update session: %w", err)
	case !found:
		return session.ErrNotFound
	}
	return nil
}

// execer is a pool or a transaction.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Delete ends a session.
func (s *Store) Delete(ctx context.Context, id session.ID) error {
	if _, err := s.pool.Exec(ctx, s.sql.delete, id[:]); err != nil {
		return fmt.Errorf("postgres: delete session: %w", err)
	}
	return nil
}

// object returns values as the text of a JSON object of strings.
func object(values map[string]string) (string, error) {
	if len(values) == 0 {
		return "{}", nil
	}
	b, err := json.Marshal(values)
	return string(b), err
}
