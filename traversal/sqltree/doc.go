// Package sqltree keeps a tree of resources in a database, SQLite or PostgreSQL.
//
//	type Page struct {
//		sqltree.Item
//		Text string `json:"text"`
//	}
//
//	db, err := sqlite.Open(ctx, "site.db", sqlite.Options{})
//	…
//	tree, err := sqltree.New(ctx, db, sqltree.Options{
//		Root:  sqltree.Kind[*Site]("site"),
//		Kinds: []sqltree.KindSpec{sqltree.Kind[*Page]("page")},
//	})
//	…
//	config := framework.New(framework.Options{
//		Root: func(r *framework.Request) (traversal.Resource, error) {
//			return tree.Root(r.Context(), r.URL.EscapedPath())
//		},
//	})
//	config.AddView(views.On(show)) // func show(r *framework.Request, page *Page) (any, error)
//
// Most programs need five names: a Tree has the operations, Item makes a struct a node, Kind names
// the kind of a node, and sqlite.Open or postgres.Open return a Database.
//
// # Reading
//
// A walk along a path of any depth is one query, which loads the resources with their access lists,
// the root included. Concurrent requests share round trips to PostgreSQL. With Options.Cache, nodes
// stay in memory, and events keep them true; WithoutCache is for requests that must not miss a
// change. Item.Children lists in pages; Tree.Page returns one page of what someone may see.
//
// # Writing
//
// Create, Update, SetACL, Rename, Move and Delete are transactions, or part of the unit of work
// that their context carries (see Unit and framework/transaction). An operation that is refused, for
// example because a name is taken, changes nothing and leaves the unit as it was, so its caller may
// go on. Nodes have versions: a change of a node that someone else has changed since it was loaded is
// a *ConflictError, and becomes a 409. Moving changes one row, whatever is below.
//
// # Searching
//
// Tree.Search finds resources by their words (see Searchable), ranked, and only those that someone
// may see. SQLite and PostgreSQL find the same.
//
// # Changes
//
// Each change is in the audit log (Tree.Audit) and can be undone (Tree.Undo), and subscribers learn
// of it after its commit (Tree.Subscribe), in other processes too if Options.Hub has a transport.
// WithActor names who makes it.
//
// # Faults
//
// A database that cannot be reached, or has no room, is an *UnavailableError, a 503; its field
// Unknown is set if a write may or may not have been stored. The tree works again as soon as the
// database does. A crash of a process, or of PostgreSQL, loses nothing that was committed; for a loss
// of power under SQLite see sqlite.Options.Durable.
//
// # Limits
//
// Depth, names and data are bounded (see Options): what exceeds a bound is a *LimitError, a 422.
// Names are UTF-8 without NUL, may contain a slash, and are compared byte by byte on both
// databases: the same letter composed and decomposed makes two names. Data cannot contain a NUL.
package sqltree
