package pgstore

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
)

// statements are what the store executes. The numbers of seconds are bigint and double precision,
// so that neither time zones nor the clocks of the processes matter: expiry is by the clock of the
// server alone.
type statements struct {
	schema, load, create, update, note, delete, cleanup string
}

// tableName is a name without quotation marks, perhaps with a schema.
var tableName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,54}(\.[a-z_][a-z0-9_]{0,54})?$`)

func newStatements(table string) (statements, error) {
	if !tableName.MatchString(table) {
		return statements{}, fmt.Errorf("Table %q: want a name such as sessions or private.sessions, of lower-case letters, digits and underscores", table)
	}
	_, name, hasSchema := strings.Cut(table, ".")
	if !hasSchema {
		name = table
	}
	with := strings.NewReplacer("TABLE_NAME", pgx.Identifier(strings.Split(table, ".")).Sanitize(), "INDEX_NAME", pgx.Identifier{name + "_expires"}.Sanitize())
	return statements{
		schema: with.Replace(`CREATE TABLE IF NOT EXISTS TABLE_NAME (
	id      bytea PRIMARY KEY,
	created bigint NOT NULL,
	renewed bigint NOT NULL,
	expires timestamptz NOT NULL,
	data    jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS INDEX_NAME ON TABLE_NAME (expires);`),
		load: with.Replace(`SELECT created, renewed, data::text FROM TABLE_NAME WHERE id = $1 AND expires > clock_timestamp()`),
		create: with.Replace(`INSERT INTO TABLE_NAME (id, created, renewed, expires, data)
VALUES ($1, $2::bigint, $3::bigint, clock_timestamp() + $4::double precision * interval '1 second', $5::text::jsonb)
ON CONFLICT (id) DO UPDATE SET created = excluded.created, renewed = excluded.renewed, expires = excluded.expires, data = excluded.data`),
		// The row may have its new id already: if the reply to an earlier attempt was lost.
		update: with.Replace(`UPDATE TABLE_NAME SET id = $2, renewed = $3::bigint,
expires = clock_timestamp() + $4::double precision * interval '1 second', data = (data - $5::text[]) || $6::text::jsonb
WHERE id IN ($1, $2) AND expires > clock_timestamp() AND jsonb_typeof(data) = 'object'`),
		// The old id keeps a row with the new one, as a JSON string in place of the values.
		note: with.Replace(`INSERT INTO TABLE_NAME (id, created, renewed, expires, data)
VALUES ($1, 0, 0, clock_timestamp() + $2::double precision * interval '1 second', to_jsonb($3::text)) ON CONFLICT (id) DO NOTHING`),
		delete: with.Replace(`DELETE FROM TABLE_NAME WHERE id = $1 AND jsonb_typeof(data) = 'object'`),
		cleanup: with.Replace(`DELETE FROM TABLE_NAME WHERE id IN (
	SELECT id FROM TABLE_NAME WHERE expires <= clock_timestamp() ORDER BY expires LIMIT $1 FOR UPDATE SKIP LOCKED)`),
	}, nil
}

// Schema returns the statements that create the table and its index, for migrations of your own.
// They do nothing if both exist.
func (s *Store) Schema() string { return s.sql.schema }

// lockSchema is the key of the advisory lock under which Start creates the table: PostgreSQL does
// not make IF NOT EXISTS safe against two processes that start at the same time.
const lockSchema = 0x6d61737461626173 // "mastabas"

// createSchema creates the table.
func (s *Store) createSchema(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(lockSchema)); err != nil {
			return err
		}
		for statement := range strings.SplitSeq(s.sql.schema, ";") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("postgres: create table %s: %w", s.o.Table, err)
	}
	return nil
}
