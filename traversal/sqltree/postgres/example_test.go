package postgres_test

import (
	"context"
	"log"
	"os"

	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/sqltree/postgres"
)

// Site is the root of the tree.
type Site struct{ sqltree.Item }

// The same program runs on SQLite if sqlite.Open opens its database.
func ExampleOpen() {
	ctx := context.Background()
	db, err := postgres.Open(ctx, os.Getenv("DATABASE_URL"), postgres.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	tree, err := sqltree.New(ctx, db, sqltree.Options{Root: sqltree.Kind[*Site]("site")})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = tree.Close(ctx) }()
}
