// Package traversal finds resources in a tree by walking along the names of a path.
//
// A resource is any Go value. What it can do, it shows by small interfaces, as in io/fs: a
// [Container] finds a child by name, an [AsyncContainer] by a future, a [PathContainer] several
// levels at once, a [Lister] tells its children, a [Located] knows its place. For types of other
// packages, [Lookup], [LookupAsync], [LookupPath], [Listing] and [Locate] register the same from
// outside. [Map] and [FS] are ready trees; package traversal/async has what lookups need that wait.
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
// [Traverser.Walk] is the walk of a request: it goes as far as there are resources. What is left of
// the path becomes the view name (the first name) and the subpath (the others). Only ErrNotFound
// ends a walk like that; every other error of a resource is the error of the walk, so a broken
// database is never a missing page. A name that begins with "@@" selects a view and is never
// looked up: "/wiki/Front/@@edit".
//
// The walk yields a [Node], the resource together with its lineage. Resources therefore need not know
// their parents, and may be loaded anew for each request. What needs a place takes a Node:
//
//	Find, FindNames              the resource at a path
//	Traverse                     the same, but a view name may be left over
//	Lineage, Closest, Inside     questions to the parents
//	ResourcePath, ResourceNames  the path of a resource
//	Children                     listing
//
// Each of these is a function that goes by the methods of resources alone, and a method of
// [Traverser], which knows the registered rules too. In an application use its Traverser.
//
// Names are decoded: [Split] reads an escaped path, [Join] writes one. A name may hold a slash
// ("%2F" in a URL), so whatever opens files by name has to refuse that, as [FS] does.
//
// All of it is safe for concurrent use, as far as the resources are.
package traversal
