package traversal

import (
	"context"
	"errors"
	"iter"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// Resource is a node of the tree: any Go value other than nil. What it can do it shows by the
// interfaces of this file, or others register for its type with [Lookup], [LookupPath], [Locate]
// and [Listing].
type Resource = any

// ErrNotFound says that a container has no child of that name. It, or an error that wraps it, is
// the only one that ends a walk in peace: the name becomes the view name. Every other error of a
// container is the error of the walk.
var ErrNotFound = errors.New("no such resource")

// Container is a resource with children.
type Container interface {
	// Child returns the child of that name, or ErrNotFound. It may be called by several goroutines
	// at once if the resource is shared. The name is decoded, not empty, never "." or "..", but
	// it may hold a slash: whoever opens files by it refuses that. A nil resource with a nil
	// error, also a nil pointer in the interface, is an error of the walk.
	Child(ctx context.Context, name string) (Resource, error)
}

// AsyncContainer is a resource that looks its children up elsewhere: by a future of
// [async.Batcher.LoadAsync], [async.Submit] or [async.Go], or by [async.Settled] when it need not
// wait. A walk prefers it to [Container], and waits for each step before it takes the next. Child
// may wait as well, so most resources need Container instead; this is for lookups that exist as
// futures already, and for those who want to start several at once.
type AsyncContainer interface {
	// ChildAsync returns a future of the child of that name; the contract is that of Child. A nil
	// future is an error of the walk. Work that it starts belongs to the scope of ctx; outside of
	// requests, open one with async.WithScope.
	ChildAsync(ctx context.Context, name string) *async.Future[Resource]
}

// PathContainer is a resource that finds several levels at once, for instance by one query of a
// database. A walk prefers it to [AsyncContainer] and [Container].
type PathContainer interface {
	// Descend returns the resources at names[0], names[0]/names[1] and so on, for a prefix of the
	// names. It is never given a name that selects a view (from "@@" on), nor no names at all.
	//
	//   - As many resources as names, nil: all were found.
	//   - Fewer, but some, nil: the walk goes on from the last one by that one's own capabilities.
	//   - Fewer, or none, with ErrNotFound: the next name does not exist.
	//   - Any other error is the error of the walk.
	//
	// None without an error, more than asked for, or a nil among them is an error of the walk.
	// The slice of names belongs to the walk: do not change it, nor keep it after the return.
	Descend(ctx context.Context, names []string) ([]Resource, error)
}

// Entry is a child and the name that its container finds it by.
type Entry struct {
	Name     string
	Resource Resource
}

// Lister is a resource that can tell its children. The order is the resource's own; it should be
// the same each time. An error is yielded with an empty Entry, and is the last thing yielded.
type Lister interface {
	Children(ctx context.Context) iter.Seq2[Entry, error]
}

// Located is a resource that knows its place. The root answers "", nil, nil; every other resource
// its name and its parent. Most resources need not implement it: the walk knows where it found
// them, see [Node]. It is for resources that are reached in other ways (a search, a queue) and
// need a path.
type Located interface {
	Location(ctx context.Context) (name string, parent Resource, err error)
}
