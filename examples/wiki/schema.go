package main

import (
	"context"
	"crypto/rand"
	"database/sql"
)

// schema are the tables beside the tree, for SQLite and PostgreSQL. Times are Unix microseconds.
var schema = []string{
	`CREATE TABLE IF NOT EXISTS wiki_settings (name text PRIMARY KEY, value text NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS wiki_users (name text PRIMARY KEY, hash text NOT NULL, groups_of text NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS wiki_invites (hash text PRIMARY KEY, groups_of text NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS wiki_revisions (
		page text NOT NULL, version bigint NOT NULL, made bigint NOT NULL, author text NOT NULL,
		title text NOT NULL, body text NOT NULL, PRIMARY KEY (page, version))`,
	`CREATE INDEX IF NOT EXISTS wiki_revisions_made ON wiki_revisions (made)`,
	`CREATE TABLE IF NOT EXISTS wiki_redirects (
		folder text NOT NULL, name text NOT NULL, node text NOT NULL, PRIMARY KEY (folder, name))`,
}

// sql returns a statement with the parameters of the database.
func (w *wiki) sql(statement string) string { return w.db.Dialect().Bind(statement) }

// setting returns a setting, which becomes first if there is none.
func (w *wiki) setting(ctx context.Context, tx *sql.Tx, name, first string) (value string, err error) {
	if _, err := tx.ExecContext(ctx, w.sql(`INSERT INTO wiki_settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`), name, first); err != nil {
		return "", err
	}
	err = tx.QueryRowContext(ctx, w.sql(`SELECT value FROM wiki_settings WHERE name = $1`), name).Scan(&value)
	return value, err
}

func newSecret() string { return rand.Text() + rand.Text() }
