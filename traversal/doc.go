// Package traversal finds resources in a tree by walking along the names of a path.
//
//	type Wiki struct{ db *sql.DB }
//
//	func (w *Wiki) Child(ctx context.Context, name string) (traversal.Resource, error) {
//		page, err := loadPage(ctx, w.db, name)
//		if errors.Is(err, sql.ErrNoRows) {
//			return nil, traversal.ErrNotFound
//		}
//		return page, err
//	}
//
//	// The path /wiki/Front/edit leads to the page "Front" of the Wiki, and the view name "edit".
//	site := traversal.Map{"wiki": &Wiki{db}}
//
// Most programs need five names: a [Container] finds children by name; [ErrNotFound] means that a
// child does not exist; a [Node] is a resource together with its lineage; a [Traverser] finds
// resources, paths, parents and children; a [Map] is a tree without code. Read next the Examples of
// the package, of Lookup, Map, FS, Traverser.Find, Traverser.Lineage, Node.At and Closest.
//
// # Resources
//
// A resource is any Go value other than nil. Its capabilities are small interfaces that its type
// implements, as in io/fs. Rules give the same capabilities to types of other packages:
//
//	Container        finds a child by name                  Lookup
//	AsyncContainer   returns a future of a child            LookupAsync
//	PathContainer    finds several levels at once           LookupPath
//	Lister           lists its children                     Listing
//	Located          knows its name and its parent          Locate
//
// Few resources need more than Container: the walk knows where it found each of them, so a resource
// need not know its parent, and may be loaded anew for each request. [FS] is a ready tree of files.
// Package traversal/async has the futures of AsyncContainer, traversal/acl decides who may do what
// in a tree, and package traversaltest checks one.
//
// # Walking
//
// A walk goes as far as there are resources. The rest of its path becomes the view name (the first
// name) and the subpath (the others). Only ErrNotFound ends a walk that way; every other error of a
// resource is the error of the walk, so that a broken database never looks like a missing page. A
// name that begins with "@@" selects a view and is never looked up: "/wiki/Front/@@edit".
//
// All of this is done by methods of [Traverser], except Closest, which needs a type parameter:
//
//	Find                       the resource at a path
//	Traverse                   the same, but a view name may be left over
//	Lineage, Closest, Inside   parents
//	NodeOf, Canonical          the place of a resource
//	ResourcePath               the path of a resource
//	Children                   the children of a resource
//
// In an application, use its Traverser, which has the registered rules (r.Traverser() in a view).
// The zero Traverser has no rules: it uses the methods of resources alone.
//
// # Paths
//
// Names are decoded: [Split] reads an escaped path, [Join] writes one. A name may contain a slash
// ("%2F" in a URL), so code that opens files by name must refuse it, as FS does.
//
// Everything here is safe for concurrent use, as far as the resources are.
package traversal
