package transaction_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/internal/testserver"
	"github.com/mastaba-go/mastaba/views"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// store is a database of one test, with the table note(text).
type store struct {
	*sql.DB
	transaction.Database
	kind string
}

// Begin is that of the Database: both embedded values have one.
func (s *store) Begin(ctx context.Context, readOnly bool) (*sql.Tx, error) {
	return s.Database.Begin(ctx, readOnly)
}

// notes returns what is stored, joined by commas.
func (s *store) notes(t testing.TB) string {
	t.Helper()
	rows, err := s.Query("SELECT text FROM note ORDER BY text")
	require.NoError(t, err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		all = append(all, text)
	}
	require.NoError(t, rows.Err())
	return strings.Join(all, ",")
}

// idle fails the test if a connection was not given back.
func (s *store) idle(t testing.TB) {
	t.Helper()
	require.Zero(t, s.Stats().InUse, "connections in use")
}

// on runs a test on SQLite and on PostgreSQL.
func on(t *testing.T, test func(t *testing.T, s *store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, newSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, newPostgres(t, sql.LevelDefault)) })
}

func open(t testing.TB, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// newSQLite returns a new database in a file.
func newSQLite(t testing.TB) *store {
	t.Helper()
	file := "file:" + filepath.Join(t.TempDir(), "test.db") + "?_pragma=busy_timeout(300)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)"
	db := open(t, "sqlite", file+"&_txlock=immediate")
	reader := open(t, "sqlite", file+"&_pragma=query_only(1)")
	create(t, db)
	return &store{db, transaction.SQL(db, transaction.SQLOptions{Reader: reader}), "sqlite"}
}

var schemas atomic.Int64

// newPostgres returns a new schema in the database of the environment.
func newPostgres(t testing.TB, level sql.IsolationLevel) *store {
	t.Helper()
	url := cmp.Or(os.Getenv("POSTGRES_URL"), os.Getenv("DATABASE_URL"), "postgres://postgres@127.0.0.1:5432/postgres")
	schema := fmt.Sprintf("transaction_%d_%d", os.Getpid(), schemas.Add(1))
	admin := open(t, "pgx", url)
	if err := admin.Ping(); err != nil {
		testserver.Missing(t, "no PostgreSQL at %s: %v", url, err)
	}
	_, err := admin.Exec("CREATE SCHEMA " + schema)
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = admin.Exec("DROP SCHEMA " + schema + " CASCADE") })
	separator := "?"
	if strings.Contains(url, "?") {
		separator = "&"
	}
	db := open(t, "pgx", url+separator+"search_path="+schema)
	create(t, db)
	return &store{db, transaction.SQL(db, transaction.SQLOptions{Isolation: level}), "postgres"}
}

func create(t testing.TB, db *sql.DB) {
	t.Helper()
	_, err := db.Exec(`CREATE TABLE note(text TEXT PRIMARY KEY);
		CREATE TABLE child(parent TEXT REFERENCES note(text) DEFERRABLE INITIALLY DEFERRED)`)
	require.NoError(t, err)
}

// write inserts a note in the unit of ctx.
func write(ctx context.Context, text string) error {
	u, ok := transaction.From(ctx)
	if !ok {
		return transaction.ErrNoUnit
	}
	_, err := u.ExecContext(ctx, "INSERT INTO note(text) VALUES($1)", text)
	return err
}

// view is a view that writes a note, then does the rest.
func view(text string, rest func(r *framework.Request) (*framework.Response, error)) views.View {
	return views.Func(func(r *framework.Request) (*framework.Response, error) {
		if err := write(r.Context(), text); err != nil {
			return nil, err
		}
		if rest == nil {
			return r.Text("ok"), nil
		}
		return rest(r)
	})
}

// app builds an application whose requests have units over s.
func app(t testing.TB, s *store, o transaction.Options, configure func(config *framework.Configurator)) *frameworktest.App {
	t.Helper()
	silent := zerolog.Nop()
	config := framework.New(framework.Options{Logger: &silent})
	transaction.Add(config, s, o)
	configure(config)
	return frameworktest.New(t, config)
}
