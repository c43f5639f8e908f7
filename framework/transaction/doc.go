// Package transaction gives each request a unit of work over a database: what its view writes is
// committed before the response is sent, all of it or nothing. It is what pyramid_tm and
// pyramid_retry are in Pyramid.
//
//	database := transaction.SQL(db, transaction.SQLOptions{}) // of database/sql, or a *sqltree.Database
//	transaction.Add(config, database, transaction.Options{Attempts: 3})
//	…
//	func pay(r *framework.Request) (*framework.Response, error) {
//		tx, err := transaction.Tx(r.Context())
//		if err != nil {
//			return nil, err
//		}
//		if _, err := tx.ExecContext(r.Context(), "UPDATE …"); err != nil {
//			return nil, err // rolls back
//		}
//		return r.Redirect(http.StatusSeeOther, "/paid"), nil // commits
//	}
//
// Most applications need [Add], [Options], [SQL], and [Tx] and [ReadTx] in views; [From] for what
// else a [Unit] can do, [Nested] for a part that may fail, and [Run] where there is no request. A
// store that joins the unit by itself, such as sqltree, gets [UnitOf]. Example, ExampleNested,
// ExampleRun, ExampleUnit_AfterCommit and, with a tree, ExampleUnitOf show them.
//
// # Beginning
//
// The transaction begins when the view first asks for it. A request that asks for nothing costs two
// small allocations and no connection, and one that is refused by its permission takes no lock. In
// requests with a safe method (GET, HEAD, OPTIONS, TRACE; see Options.ReadOnly) it is read-only,
// and the database itself enforces that: a write is a [*ReadOnlyError] that names the view. On
// SQLite a transaction that may write takes the write lock at once, since one that begins by
// reading can lose it for good.
//
// # The end
//
// The tween ends the unit when the view and the inner tweens have returned, and so before response
// callbacks run, the session is saved and the response is sent:
//
//   - A response commits, also a redirect that is returned as an error. Then hooks of
//     [Unit.AfterCommit] run.
//   - An error or a panic rolls back. Then hooks of [Unit.AfterAbort] run.
//   - A response with a status of 400 or more rolls back, and is sent: see Options.Veto,
//     [Unit.CommitAnyway] and [Unit.Doom].
//   - A failed statement makes the commit a [*FailedError], even if the view hides the failure:
//     drivers may otherwise commit the half that went well. This holds for statements of
//     [Unit.ExecContext], QueryContext and QueryRowContext, for stores that join the unit, and for
//     what [Unit.Fail] reports; errors of a *sql.Tx are for the view to return.
//   - If the context of the request has ended, by tweens.Timeout or since the client disconnected,
//     the unit is rolled back. A commit that is in progress at that moment may succeed.
//
// The error of a commit is a [*CommitError], which goes to the error views like any other.
//
// The body of a stream, a reader or an http.Handler is produced later, when the unit has ended:
// read what it needs before, or use [Run] in it. There, in error views, in response callbacks and
// in hooks, From finds no unit, so that stores do each operation in a transaction of its own; what
// an error view writes stays, whatever became of the unit. Use Run for several operations at once.
//
// # Sessions
//
// A session is not part of the unit. It is saved after the unit has ended, so values and flash
// messages that a view sets before it fails are kept, unless session.Options.DiscardOnError says
// otherwise, and a session that cannot be saved does not undo the commit. Those of an attempt that
// is retried are lost with it.
//
// # Retrying
//
// With Options.Attempts, a request whose transaction met another one is handled again: SQLSTATE
// 40001 and 40P01, a locked SQLite database, or what [MarkRetryable] has marked, wherever it comes
// up, the commit included. Each attempt has a copy of the request as it was when it reached the
// tween, with attributes, callbacks, identity, session, route and resource of its own, and reads
// the body from its beginning; a longer one than Options.MaxReplay is not retried. What the failed
// attempt registered as finished callbacks runs before the next one begins. Effects elsewhere, such
// as mail, belong in AfterCommit. The log says which attempt failed, and lines of later ones have
// the field attempt. After the last attempt its error goes to the error views: see
// [RetryableError].
//
// Nothing is retried once the tween has returned, and so never a response that has begun or a
// connection that a handler took over.
//
// # Order of tweens
//
// The tween is inside ExcView, which makes responses of its errors, and inside tweens named
// "timeout", "limit" and "ratelimit": a request that waits for its turn holds no transaction, and
// the deadline covers all attempts. A Timeout inside the tween works too: its 504 rolls back.
// Tweens inside the tween run once for each attempt, those outside once for each request.
//
// A subrequest is a part of the unit of its request. With tweens (SubrequestWithTweens) it is a
// [Nested] one: if its view fails or its response is vetoed, only what it wrote is rolled back.
package transaction
