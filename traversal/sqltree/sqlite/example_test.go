package sqlite_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
)

// A database is open as long as the application runs. Tables of its own may lie beside the tree.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "site")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(dir, "site.db"), sqlite.Options{Durable: true})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()

	_, err = db.Writer().ExecContext(ctx, "CREATE TABLE visits (path TEXT PRIMARY KEY, count INTEGER NOT NULL)")
	fmt.Println(err)
	_, err = db.Reader().ExecContext(ctx, "DROP TABLE visits")
	fmt.Println(err)
	// Output:
	// <nil>
	// attempt to write a readonly database (8)
}
