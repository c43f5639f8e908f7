// Package queries shows the statements that trees and units of work run on a database for one
// request: what took its time. A development server and tests use it.
//
//	ctx = queries.Observe(ctx, func(q queries.Query) { log.Print(q.Took, q.Text) })
//
// Packages traversal/sqltree and framework/transaction report to it. A lookup that shares its round
// trip with other requests is reported to each of them, with the time that it waited. Without an
// observer a statement costs one lookup in its context.
package queries
