#!/usr/bin/env bash
# modernc.org/sqlite v1.62.0, github.com/ncruces/go-sqlite3 v0.37.0 with Go 1.26.8
#
# A transaction that was begun with sql.TxOptions{ReadOnly: true} accepts an INSERT on modernc's driver:
# BeginTx, Exec and Commit return no error, and the row is stored. The driver of ncruces refuses the
# INSERT. On modernc, a connection with the pragma query_only refuses it.
#
# Seen:
#   modernc: insert <nil>, commit <nil>, 1 rows
#   modernc, query_only: insert attempt to write a readonly database (8), 0 rows
#   ncruces: insert sqlite3: attempt to write a readonly database, 0 rows
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOTOOLCHAIN=go1.26.8 GOFLAGS=-mod=mod

cat >go.mod <<'MOD'
module example.com/readonly

go 1.26

require (
	github.com/ncruces/go-sqlite3 v0.37.0
	modernc.org/sqlite v1.62.0
)
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"database/sql"
	"fmt"

	_ "github.com/ncruces/go-sqlite3/driver"
	_ "modernc.org/sqlite"
)

func main() {
	report("modernc", "sqlite", "file:a.db", "file:a.db")
	report("modernc, query_only", "sqlite", "file:b.db", "file:b.db?_pragma=query_only(1)")
	report("ncruces", "sqlite3", "file:c.db", "file:c.db")
}

func report(name, driver, write, read string) {
	ctx := context.Background()
	db := open(driver, write)
	_, err := db.ExecContext(ctx, "CREATE TABLE t (x INTEGER)")
	check(err)
	reader := open(driver, read)
	tx, err := reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	check(err)
	_, err = tx.ExecContext(ctx, "INSERT INTO t VALUES (1)")
	fmt.Printf("%s: insert %v", name, err)
	if err == nil {
		fmt.Printf(", commit %v", tx.Commit())
	} else {
		check(tx.Rollback())
	}
	var n int
	check(db.QueryRowContext(ctx, "SELECT count(*) FROM t").Scan(&n))
	fmt.Printf(", %d rows\n", n)
}

func open(driver, name string) *sql.DB {
	db, err := sql.Open(driver, name)
	check(err)
	return db
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
modernc: insert <nil>, commit <nil>, 1 rows
modernc, query_only: insert attempt to write a readonly database (8), 0 rows
ncruces: insert sqlite3: attempt to write a readonly database, 0 rows
WANT
