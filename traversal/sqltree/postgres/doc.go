// Package postgres opens PostgreSQL databases for a sqltree.Tree, by pgx.
//
//	db, err := postgres.Open(ctx, os.Getenv("DATABASE_URL"), postgres.Options{})
//
// The tables lie in the first schema of the search_path. Concurrent lookups of paths share round
// trips.
package postgres
