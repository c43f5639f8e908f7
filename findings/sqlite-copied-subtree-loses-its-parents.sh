#!/usr/bin/env bash
# SQLite 3.54.1 in modernc.org/sqlite v1.62.0 with Go 1.26.8
#
# A statement copies a subtree with new random keys: a CTE pairs each old key with a new one, and the INSERT
# uses the pair twice, for the key of a row and for that of its parent. SQLite folds the CTE into the
# statement and makes another random key for each use, so every child of the copy has a parent that does
# not exist. Without a foreign key there is no error. AS MATERIALIZED keeps the pairs together.
#
# Seen:
#   plain: 3 copied, 2 without their parent
#   materialized: 3 copied, 0 without their parent
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOTOOLCHAIN=go1.26.8 GOFLAGS=-mod=mod

cat >go.mod <<'MOD'
module example.com/copy

go 1.26

require modernc.org/sqlite v1.62.0
MOD
cat >main.go <<'GO'
package main

import (
	"database/sql"
	"fmt"

	_ "modernc.org/sqlite"
)

func main() {
	report("plain", "")
	report("materialized", "MATERIALIZED")
}

func report(name, how string) {
	db, err := sql.Open("sqlite", "file:"+name+".db")
	check(err)
	_, err = db.Exec(`CREATE TABLE node (id BLOB PRIMARY KEY, parent BLOB, name TEXT);
		INSERT INTO node VALUES (x'01', NULL, 'a'), (x'02', x'01', 'b'), (x'03', x'02', 'c')`)
	check(err)
	result, err := db.Exec(`WITH RECURSIVE s(id) AS (SELECT x'01' UNION ALL SELECT n.id FROM s JOIN node n ON n.parent = s.id),
		pair(old, new) AS ` + how + ` (SELECT id, randomblob(16) FROM s)
		INSERT INTO node SELECT me.new, above.new, n.name FROM pair me JOIN node n ON n.id = me.old LEFT JOIN pair above ON above.old = n.parent`)
	check(err)
	copied, err := result.RowsAffected()
	check(err)
	var lost int
	check(db.QueryRow(`SELECT count(*) FROM node n WHERE parent IS NOT NULL AND NOT EXISTS (SELECT 1 FROM node p WHERE p.id = n.parent)`).Scan(&lost))
	fmt.Printf("%s: %d copied, %d without their parent\n", name, copied, lost)
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
plain: 3 copied, 2 without their parent
materialized: 3 copied, 0 without their parent
WANT
