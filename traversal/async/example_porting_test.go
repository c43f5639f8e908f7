package async_test

import (
	"context"
	"fmt"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// Shelf looks up its books asynchronously.
type Shelf struct{}

func (s *Shelf) ChildAsync(ctx context.Context, name string) *async.Future[traversal.Resource] {
	return async.Go(ctx, func(context.Context) (traversal.Resource, error) { return "the book " + name, nil })
}

// A tree with asynchronous lookups is walked like any other.
func Example_asyncContainer() {
	ctx, scope := async.WithScope(context.Background(), 0) // a request has a scope already
	defer func() { _ = scope.End(-1) }()
	var t traversal.Traverser
	n, err := t.Find(ctx, traversal.Map{"shelf": &Shelf{}}, "shelf/Go")
	fmt.Println(n.Resource(), err)
	// Output: the book Go <nil>
}

// A library function that returns futures becomes the lookup of a type of that library.
func Example_lookup() {
	type drawer struct{ label string }
	find := func(ctx context.Context, d drawer, name string) *async.Future[traversal.Resource] {
		return async.Go(ctx, func(context.Context) (traversal.Resource, error) { return d.label + "/" + name, nil })
	}
	// traversal.LookupAsync(find) does the same without Synchronize2.
	t, err := traversal.New([]traversal.Rule{traversal.Lookup(async.Synchronize2(find))}, nil)
	if err != nil {
		return
	}
	ctx, scope := async.WithScope(context.Background(), 0) // a request has a scope already
	defer func() { _ = scope.End(-1) }()
	n, err := t.Find(ctx, drawer{"A-C"}, "Babbage")
	fmt.Println(n.Resource(), err)
	// Output: A-C/Babbage <nil>
}

// A security policy consists of plain functions with a context. They may wait, and may start
// several things at once.
func Example_policy() {
	userGroups := func(ctx context.Context, user string) *async.Future[[]string] {
		return async.Go(ctx, func(context.Context) ([]string, error) { return []string{"group:editors"}, nil })
	}
	groups := async.Synchronize(userGroups) // func(ctx, user) ([]string, error), for the policy
	ctx, scope := async.WithScope(context.Background(), 0)
	defer func() { _ = scope.End(-1) }()
	fmt.Println(groups(ctx, "ada"))
	// Output: [group:editors] <nil>
}

// A tween does something slow while the request goes on: it starts the work, calls the next
// handler, and waits. Outer and inner tweens are not affected.
func Example_tween() {
	type handler func(ctx context.Context, path string) (string, error)
	logged := func(next handler) handler {
		return func(ctx context.Context, path string) (string, error) {
			written := async.Go(ctx, func(context.Context) (int, error) { return fmt.Println("log:", path) })
			response, err := next(ctx, path)
			if _, logErr := async.Await(ctx, written); err == nil {
				err = logErr
			}
			return response, err
		}
	}
	app := logged(func(context.Context, string) (string, error) { return "Hello", nil })
	ctx, scope := async.WithScope(context.Background(), 0)
	defer func() { _ = scope.End(-1) }()
	fmt.Println(app(ctx, "/"))
	// Output:
	// log: /
	// Hello <nil>
}
