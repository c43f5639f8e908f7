package main

// settingsTable has what all instances agree upon: the secret. See services.go.
const settingsTable = `CREATE TABLE IF NOT EXISTS wiki_settings (name text PRIMARY KEY, value text NOT NULL)`

// schema are the tables beside the tree, for SQLite and PostgreSQL. Times are Unix microseconds.
var schema = []string{
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
