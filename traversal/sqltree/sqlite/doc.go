// Package sqlite opens SQLite files for a sqltree.Tree, by a driver that is pure Go
// (modernc.org/sqlite).
//
//	db, err := sqlite.Open(ctx, "site.db", sqlite.Options{})
//
// One connection writes and begins each transaction with the write lock; others read at the same
// time, and cannot write (query_only). Beside the file lie two more, -wal and -shm, as long as it
// is open. A backup copies the database with VACUUM INTO, not by copying the file.
//
// Transactions that read must be short: as long as read transactions overlap without a gap, the
// -wal file grows.
package sqlite
