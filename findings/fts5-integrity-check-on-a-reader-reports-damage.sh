#!/usr/bin/env bash
# SQLite 3.54.1 (FTS5) in modernc.org/sqlite v1.62.0 with Go 1.26.8
#
# A connection that has searched an FTS5 table, while another connection of the same WAL file inserts rows,
# reports damage in PRAGMA integrity_check. The file is sound: the writing connection and a new one say "ok",
# and so does the reader if it searches between the inserts and the check. A check needs a new connection.
#
# Seen:
#   reader that searched before the inserts: damage
#   reader that searched after them: ok
#   writer: ok
#   new connection: ok
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOTOOLCHAIN=go1.26.8 GOFLAGS=-mod=mod

cat >go.mod <<'MOD'
module example.com/check

go 1.26

require modernc.org/sqlite v1.62.0
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"database/sql"
	"fmt"

	_ "modernc.org/sqlite"
)

func main() {
	writer := connect()
	exec(writer, "CREATE VIRTUAL TABLE f USING fts5 (body)")
	reader, searching := connect(), connect()
	for range 40 {
		insert(writer)
		search(reader)
		search(searching)
		check(reader)
		check(searching)
	}
	damage, sound := "ok", "ok"
	for range 40 {
		insert(writer)
		if check(reader) != "ok" {
			damage = "damage"
		}
		search(searching)
		if check(searching) != "ok" {
			sound = "damage"
		}
	}
	fmt.Println("reader that searched before the inserts:", damage)
	fmt.Println("reader that searched after them:", sound)
	fmt.Println("writer:", check(writer))
	fmt.Println("new connection:", check(connect()))
}

func connect() *sql.Conn {
	db, err := sql.Open("sqlite", "file:f.db?_pragma=journal_mode(wal)")
	must(err)
	c, err := db.Conn(context.Background())
	must(err)
	return c
}

func insert(c *sql.Conn) { exec(c, "INSERT INTO f VALUES ('some words of a page')") }

func search(c *sql.Conn) {
	var n int
	must(c.QueryRowContext(context.Background(), "SELECT count(*) FROM f WHERE f MATCH 'words'").Scan(&n))
}

func check(c *sql.Conn) (text string) {
	must(c.QueryRowContext(context.Background(), "PRAGMA integrity_check").Scan(&text))
	return text
}

func exec(c *sql.Conn, statement string) {
	_, err := c.ExecContext(context.Background(), statement)
	must(err)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >/dev/null 2>&1
go run . >seen
cat seen
diff seen - <<'WANT'
reader that searched before the inserts: damage
reader that searched after them: ok
writer: ok
new connection: ok
WANT
