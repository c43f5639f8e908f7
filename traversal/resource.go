package traversal

import (
	"context"
	"errors"
	"iter"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// Resource is a node of the tree: any Go value other than nil. Its capabilities are the interfaces
// of this package that its type implements ([Container], [AsyncContainer], [PathContainer],
// [Lister], [Located]), or the rules registered for its type ([Lookup], [LookupAsync],
// [LookupPath], [Listing], [Locate]).
type Resource = any

// ErrNotFound means that a container has no child of that name. It, or an error that wraps it, ends
// a walk without failing it: the name becomes the view name. Every other error of a container is
// the error of the walk.
var ErrNotFound = errors.New("no such resource")

// Container is a resource with children.
type Container interface {
	// Child returns the child of that name, or ErrNotFound. If the resource is shared, several
	// goroutines may call Child at once. The name is decoded, is not empty, and is never "." or
	// "..", but it may contain a slash: code that opens files by name must refuse that. A nil
	// resource with a nil error, also a nil pointer in the interface, is an error of the walk.
	Child(ctx context.Context, name string) (Resource, error)
}

// AsyncContainer is a resource that returns futures of its children: those of
// [async.Batcher.LoadAsync], [async.Submit] or [async.Go], or [async.Settled] when it need not
// wait. A walk prefers it to [Container], and waits for each step before it takes the next. Child
// may wait as well, so most resources need Container instead; AsyncContainer is for lookups that
// return futures anyway, and for code that starts several at once.
type AsyncContainer interface {
	// ChildAsync returns a future of the child of that name, under the contract of Child. A nil
	// future is an error of the walk. Work that it starts belongs to the scope of ctx; outside of
	// requests, open one with async.WithScope.
	ChildAsync(ctx context.Context, name string) *async.Future[Resource]
}

// PathContainer is a resource that finds several levels at once, for example by one database query.
// A walk prefers it to [AsyncContainer] and [Container].
type PathContainer interface {
	// Descend returns the resources at names[0], names[0]/names[1] and so on, for a prefix of the
	// names. There is at least one name; names that select a view ("@@edit"), and those after them,
	// are never passed.
	//
	//   - As many resources as names, nil: all were found.
	//   - Fewer, but at least one, nil: the walk goes on from the last one by its own capabilities.
	//   - Fewer, or none, with ErrNotFound: the next name does not exist.
	//   - Any other error is the error of the walk. Resources that are returned with it are those
	//     before the name that it is about, for explanations; the walk does not go there.
	//
	// No resource and no error, more resources than names, and a nil resource are errors of the
	// walk. The slice of names belongs to the walk: do not change it or keep it.
	Descend(ctx context.Context, names []string) ([]Resource, error)
}

// Entry is a child together with the name by which its container finds it.
type Entry struct {
	Name     string
	Resource Resource
}

// Lister is a resource that can list its children. The resource chooses the order, which should be
// the same each time. An error is yielded with an empty Entry, and is the last thing yielded.
type Lister interface {
	Children(ctx context.Context) iter.Seq2[Entry, error]
}

// Located is a resource that knows its place. The root returns "", nil, nil; every other resource
// returns its name and its parent. Most resources need not implement it: the walk knows where it
// found them (see [Node]). It is for resources that are found in other ways, such as by a search,
// and need a path.
type Located interface {
	Location(ctx context.Context) (name string, parent Resource, err error)
}
