#!/usr/bin/env bash
# SQLite 3.54.1 in modernc.org/sqlite v1.62.0 with Go 1.26.8
#
# A recursive query that follows a path down a tree, and joins the names of the path from json_each, uses
# only the first column of the index (parent, name): at each step it reads every child of the folder. The
# same query that takes the name by its subscript from the array (->>) uses both columns. (After ANALYZE of a
# tree that is one large folder, the first one is planned well, too.)
#
# Seen:
#   json_each: SEARCH n USING COVERING INDEX by_name (parent=?)
#   subscript: SEARCH n USING COVERING INDEX by_name (parent=? AND name=?)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOTOOLCHAIN=go1.26.8 GOFLAGS=-mod=mod

cat >go.mod <<'MOD'
module example.com/path

go 1.26

require modernc.org/sqlite v1.62.0
MOD
cat >main.go <<'GO'
package main

import (
	"database/sql"
	"fmt"
	"strings"

	_ "modernc.org/sqlite"
)

func main() {
	db, err := sql.Open("sqlite", "file:tree.db")
	check(err)
	_, err = db.Exec(`CREATE TABLE node (id INTEGER PRIMARY KEY, parent INTEGER, name TEXT NOT NULL);
		CREATE UNIQUE INDEX by_name ON node (parent, name);
		INSERT INTO node VALUES (1, NULL, '');
		WITH RECURSIVE i(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM i WHERE n < 10000) INSERT INTO node SELECT n, 1, 'n' || n FROM i`)
	check(err)
	const with = "WITH RECURSIVE w(depth, id) AS (SELECT 0, 1 UNION ALL SELECT w.depth + 1, n.id FROM w "
	plan(db, "json_each", with+"JOIN json_each('[\"n77\"]') p ON p.key = w.depth JOIN node n ON n.parent = w.id AND n.name = p.value) SELECT id FROM w")
	plan(db, "subscript", with+"JOIN node n ON n.parent = w.id AND n.name = ('[\"n77\"]' ->> w.depth)) SELECT id FROM w")
}

func plan(db *sql.DB, name, query string) {
	rows, err := db.Query("EXPLAIN QUERY PLAN " + query)
	check(err)
	for rows.Next() {
		var id, parent, unused int
		var text string
		check(rows.Scan(&id, &parent, &unused, &text))
		if strings.HasPrefix(text, "SEARCH n ") {
			fmt.Printf("%s: %s\n", name, text)
		}
	}
	check(rows.Err())
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
GO
go mod tidy >/dev/null 2>&1
go run . >seen
cat seen
diff seen - <<'WANT'
json_each: SEARCH n USING COVERING INDEX by_name (parent=?)
subscript: SEARCH n USING COVERING INDEX by_name (parent=? AND name=?)
WANT
