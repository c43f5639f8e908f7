// Package pgstore keeps the sessions of package session in PostgreSQL.
//
//	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
//	if err != nil {
//		log.Fatal(err)
//	}
//	store, err := pgstore.New(pool, pgstore.Options{})
//	if err != nil {
//		log.Fatal(err)
//	}
//	sessions, err := session.New(session.Options{Store: store})
//	if err != nil {
//		log.Fatal(err)
//	}
//	config := framework.New(framework.Options{Sessions: sessions})
//	config.OnServe(
//		func(ctx context.Context, _ *framework.App) error { return store.Start(ctx) },
//		func(ctx context.Context, _ *framework.App) error { return store.Stop(ctx) })
//
// The names are [New], [Options] and [Store], with Start, Stop and Cleanup. Example is a whole
// configuration.
//
// # The table
//
// Start creates the table, unless Options.KeepSchema leaves that to migrations of your own; Schema
// returns the statements. A session is a row with the hash of its id, the stamps and, as data, a
// jsonb object of the values: each is the text of its JSON, so that it comes back byte for byte.
//
//	select data->>'shop.cart' from sessions
//
// Each call is one statement. A change merges its keys into the object of a row that has not
// expired, so requests of one client at the same time merge, and a session that ended stays ended.
//
// # Expiry
//
// A row is invisible from the moment it expires. A goroutine that Start starts and Stop ends
// deletes expired rows in batches, so that no statement holds many locks; several processes may do
// that at the same time. An application without Start calls Cleanup from a job of its own.
//
// # Connections
//
// The pool is yours: close it after Stop. Its size is how many calls run at once; more wait, for up
// to session.Options.StoreTimeout. Behind PgBouncer in transaction mode, set
// pgx.QueryExecModeExec as the DefaultQueryExecMode of the connections.
package pgstore
