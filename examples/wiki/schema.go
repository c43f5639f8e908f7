package main

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
)

// settingsTable has what all instances agree upon: the secret. See services.go.
const settingsTable = `CREATE TABLE IF NOT EXISTS wiki_settings (name text PRIMARY KEY, value text NOT NULL)`

// schema makes the tables beside the tree, in SQLite and PostgreSQL. Times are Unix microseconds.
// Each statement runs once in the life of a database, so a change of a table is a further statement
// at the end.
var schema = []string{
	`CREATE TABLE IF NOT EXISTS wiki_users (name text PRIMARY KEY, hash text NOT NULL, groups_of text NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS wiki_invites (hash text PRIMARY KEY, groups_of text NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS wiki_revisions (
		page text NOT NULL, version bigint NOT NULL, made bigint NOT NULL, author text NOT NULL,
		title text NOT NULL, body text NOT NULL, PRIMARY KEY (page, version))`,
	`CREATE INDEX IF NOT EXISTS wiki_revisions_made ON wiki_revisions (made)`,
	`CREATE TABLE IF NOT EXISTS wiki_redirects (
		folder text NOT NULL, name text NOT NULL, node text NOT NULL, PRIMARY KEY (folder, name))`,

	// Users have a folded name, which is unique, and groups of their own table.
	`ALTER TABLE wiki_users ADD COLUMN folded text NOT NULL DEFAULT ''`,
	`ALTER TABLE wiki_users ADD COLUMN generation bigint NOT NULL DEFAULT 1`,
	`ALTER TABLE wiki_users ADD COLUMN disabled boolean NOT NULL DEFAULT false`,
	`ALTER TABLE wiki_users ADD COLUMN made bigint NOT NULL DEFAULT 0`,
	`UPDATE wiki_users SET folded = lower(name)`,
	`CREATE UNIQUE INDEX wiki_users_folded ON wiki_users (folded)`,
	`CREATE TABLE wiki_groups (id text PRIMARY KEY, name text NOT NULL, folded text NOT NULL UNIQUE)`,
	`CREATE TABLE wiki_members (person text NOT NULL, grp text NOT NULL, PRIMARY KEY (person, grp))`,
	`CREATE INDEX wiki_members_grp ON wiki_members (grp)`,
	`INSERT INTO wiki_groups (id, name, folded) VALUES ('administrators', 'administrators', 'administrators')`,
	`INSERT INTO wiki_members (person, grp) SELECT name, 'administrators' FROM wiki_users WHERE groups_of LIKE '%group:administrators%'`,
	`ALTER TABLE wiki_users DROP COLUMN groups_of`,

	// An invite is for a new account, or for a new password of a person.
	`DROP TABLE wiki_invites`,
	`CREATE TABLE wiki_invites (
		hash text PRIMARY KEY, person text NOT NULL, groups_of text NOT NULL, made_by text NOT NULL, ends bigint NOT NULL)`,

	// Files, and their contents in pieces.
	`CREATE TABLE wiki_files (
		file text NOT NULL, version bigint NOT NULL, made bigint NOT NULL, author text NOT NULL,
		title text NOT NULL, type text NOT NULL, size bigint NOT NULL, content text NOT NULL, PRIMARY KEY (file, version))`,
	`CREATE INDEX wiki_files_content ON wiki_files (content)`,
	`CREATE TABLE wiki_chunks (
		content text NOT NULL, start bigint NOT NULL, data bytea NOT NULL, PRIMARY KEY (content, start))`,
}

// migrate runs the statements of schema that the database has not seen yet.
func (w *wiki) migrate(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO wiki_settings (name, value) VALUES ('schema', '0') ON CONFLICT DO NOTHING`); err != nil {
		return err
	}
	var text string
	if err := tx.QueryRowContext(ctx, `SELECT value FROM wiki_settings WHERE name = 'schema'`).Scan(&text); err != nil {
		return err
	}
	done, err := strconv.Atoi(text)
	if err != nil || done > len(schema) {
		return fmt.Errorf("the wiki's tables have version %q, this program knows up to %d: use a newer program", text, len(schema))
	}
	for i, statement := range schema[done:] {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("statement %d of the wiki's tables: %w", done+i+1, err)
		}
	}
	_, err = tx.ExecContext(ctx, w.sql(`UPDATE wiki_settings SET value = $1 WHERE name = 'schema'`), strconv.Itoa(len(schema)))
	return err
}

// sql returns a statement with the parameters of the database.
func (w *wiki) sql(statement string) string { return w.db.Dialect().Bind(statement) }
