// Package postgres connects the topics of several processes by LISTEN and NOTIFY of PostgreSQL.
//
//	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
//	if err != nil {
//		log.Fatal(err)
//	}
//	transport, err := postgres.New(pool, postgres.Options{})
//	if err != nil {
//		log.Fatal(err)
//	}
//	hub := topics.New(topics.Options{Transport: transport})
//
// The names are [New] and [Options]. Each message is one statement of its own, outside of any
// transaction of the application: publish after the commit. Nothing is stored. Receiving takes one
// connection, which New's pool opens and which does not count as one of the pool.
//
// A notification holds 8,000 bytes, so a longer packet is sent as several, in one transaction; they
// arrive one after the other. Commits that notify wait for each other: with fsync, a database does
// some hundreds of them a second. For more, use topics/nats.
//
// A connection pooler in transaction mode, such as PgBouncer, passes no notifications on: connect
// to the database itself.
package postgres
