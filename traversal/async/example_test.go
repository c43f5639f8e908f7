package async_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// The framework opens a scope for each request; programs and tests open their own.
func ExampleWithScope() {
	ctx, scope := async.WithScope(context.Background(), 0)
	stopped := async.Go(ctx, func(ctx context.Context) (string, error) {
		<-ctx.Done() // nothing outlives the scope
		return "stopped", nil
	})
	fmt.Println(scope.End(5 * time.Second))
	fmt.Println(async.Await(context.Background(), stopped))
	// Output:
	// <nil>
	// stopped <nil>
}

// requestContext is a context type that carries a scope without allocating one.
type requestContext struct {
	context.Context
	slot async.Slot
}

func (c *requestContext) Value(key any) any {
	if async.IsScopeKey(key) {
		return c.slot.Scope(c.Context, 0)
	}
	return c.Context.Value(key)
}

func ExampleSlot() {
	ctx := &requestContext{Context: context.Background()}
	defer func() { fmt.Println(ctx.slot.End(time.Second)) }()
	fmt.Println(async.Await(ctx, async.Go(ctx, func(context.Context) (int, error) { return 42, nil })))
	// Output:
	// 42 <nil>
	// <nil>
}

// inRequest returns a context with a scope, as r.Context() is in a view.
func inRequest() (context.Context, func()) {
	ctx, scope := async.WithScope(context.Background(), 0)
	return ctx, func() { _ = scope.End(-1) }
}

func ExampleGo() {
	ctx, end := inRequest()
	defer end()
	// Both run at the same time.
	title := async.Go(ctx, func(context.Context) (string, error) { return "Front", nil })
	views := async.Go(ctx, func(context.Context) (int, error) { return 7, nil })
	t, err := async.Await(ctx, title)
	if err != nil {
		return
	}
	n, err := async.Await(ctx, views)
	fmt.Println(t, n, err)
	// Output: Front 7 <nil>
}

func ExamplePanicError() {
	ctx, end := inRequest()
	defer end()
	f := async.Go(ctx, func(context.Context) (string, error) { panic("no index") })
	_, err := async.Await(ctx, f)
	fmt.Println(err)
	if p, ok := errors.AsType[*async.PanicError](err); ok {
		fmt.Println(len(p.Stack) > 0)
	}
	// Output:
	// panic: no index
	// true
}

func ExampleAwait() {
	ctx, end := inRequest()
	defer end()
	slow := async.Go(ctx, func(ctx context.Context) (string, error) {
		select {
		case <-time.After(time.Hour):
			return "at last", nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	})
	limited, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	_, err := async.Await(limited, slow)
	fmt.Println(err)
	// Output: context deadline exceeded
}

func ExampleAll() {
	ctx, end := inRequest()
	defer end()
	var pages []*async.Future[string]
	for _, name := range []string{"a", "b", "c"} {
		pages = append(pages, async.Go(ctx, func(context.Context) (string, error) { return "page " + name, nil }))
	}
	fmt.Println(async.All(ctx, pages...))
	// Output: [page a page b page c] <nil>
}

// A view mapper distinguishes asynchronous views from plain ones, and awaits a future of any type.
func ExampleIsAsync() {
	plain := func(context.Context) (string, error) { return "plain", nil }
	later := func(ctx context.Context) *async.Future[string] { return async.Go(ctx, plain) }
	fmt.Println(async.IsAsync(plain), async.IsAsync(later))

	ctx, end := inRequest()
	defer end()
	var result any = later(ctx)
	if f, ok := result.(async.Awaitable); ok {
		fmt.Println(f.AwaitAny(ctx))
	}
	// Output:
	// false true
	// plain <nil>
}

// fetch is a library function that returns a future.
func fetch(ctx context.Context, name string) *async.Future[string] {
	return async.Go(ctx, func(context.Context) (string, error) { return "page " + name, nil })
}

func ExampleSynchronize() {
	load := async.Synchronize(fetch) // func(ctx, name) (string, error)
	ctx, end := inRequest()
	defer end()
	fmt.Println(load(ctx, "Front"))
	_, err := load(context.Background(), "Front")
	fmt.Println(errors.As(err, new(*async.ScopeError)))
	// Output:
	// page Front <nil>
	// true
}

// Without a scope, a loose function runs in a scope of its own.
func ExampleSynchronize_loose() {
	load := async.Synchronize(fetch, async.Loose)
	fmt.Println(load(context.Background(), "Front"))
	// Output: page Front <nil>
}

// A function that needs a scope can be called from a request and from main.
func ExampleOrSpawn() {
	both := async.OrSpawn(func(ctx context.Context, name string) (string, error) {
		head, body := fetch(ctx, name+".head"), fetch(ctx, name+".body")
		parts, err := async.All(ctx, head, body)
		return fmt.Sprint(parts), err
	})
	ctx := context.Background()
	fmt.Println(async.Await(ctx, both(ctx, "Front")))
	// Output: [page Front.head page Front.body] <nil>
}

func ExampleUseExecutor() {
	ex := async.NewExecutor(async.ExecutorOptions{Name: "thumbnails", Workers: 2, Queue: 10})
	thumbnail := async.UseExecutor(ex, func(_ context.Context, image string) (string, error) {
		return "small " + image, nil // burns CPU
	})
	ctx, end := inRequest()
	defer end()
	fmt.Println(async.Await(ctx, thumbnail(ctx, "cat")))
	// Output: small cat <nil>
}

// Work beyond the bounds is refused: the response is a 503 with Retry-After.
func ExampleExecutor() {
	ex := async.NewExecutor(async.ExecutorOptions{Name: "thumbnails", Workers: 1, Queue: -1, RetryAfter: 3 * time.Second})
	ctx, end := inRequest()
	defer end()
	busy := make(chan struct{})
	first := async.Submit(ctx, ex, func(context.Context) (int, error) { <-busy; return 1, nil })
	_, err := async.Await(ctx, async.Submit(ctx, ex, func(context.Context) (int, error) { return 2, nil }))
	fmt.Println(err, errors.Is(err, async.ErrSaturated))
	if s, ok := errors.AsType[*async.SaturatedError](err); ok {
		fmt.Println(s.Status(), s.RetryAfter())
	}
	close(busy)
	fmt.Println(async.Await(ctx, first))
	fmt.Println(ex.Close(ctx)) // drains
	// Output:
	// thumbnails is saturated: 1 running, 0 queued true
	// 503 3s
	// 1 <nil>
	// <nil>
}

func ExampleScopeError() {
	_, err := async.Await(context.Background(), fetch(context.Background(), "Front"))
	if e, ok := errors.AsType[*async.ScopeError](err); ok {
		fmt.Println(e.Op)
		fmt.Println(e)
	}
	// Output:
	// go
	// go: the context carries no scope: in a request, pass its context (r.Context()); elsewhere, open a scope with async.WithScope, or wrap the function with async.OrSpawn
}

// Three loads at the same time: the first starts at once, the others share a round trip.
func ExampleBatcher() {
	first := make(chan struct{})
	pages := async.NewBatcher(func(_ context.Context, ids []int) (map[int]string, error) {
		<-first
		fmt.Println("SELECT … WHERE id IN", ids)
		found := map[int]string{}
		for _, id := range ids {
			if id < 100 {
				found[id] = fmt.Sprint("page ", id)
			}
		}
		return found, nil
	}, async.BatcherOptions{Name: "pages"})

	ctx, end := inRequest()
	defer end()
	one, two, none := pages.LoadAsync(ctx, 1), pages.LoadAsync(ctx, 2), pages.LoadAsync(ctx, 404)
	close(first)
	fmt.Println(async.All(ctx, one, two))
	_, err := async.Await(ctx, none)
	fmt.Println(err, errors.Is(err, async.ErrMissing))
	// Output:
	// SELECT … WHERE id IN [1]
	// SELECT … WHERE id IN [2 404]
	// [page 1 page 2] <nil>
	// pages: load 404: not found true
}

// Inside a transaction, a load must see what the transaction has written.
func ExampleDirect() {
	type tx struct{}
	pages := async.NewBatcher(func(ctx context.Context, ids []int) (map[int]string, error) {
		return map[int]string{ids[0]: fmt.Sprint("in a transaction: ", ctx.Value(tx{}))}, nil
	}, async.BatcherOptions{})
	ctx := context.WithValue(context.Background(), tx{}, true)
	fmt.Println(pages.Load(ctx, 1))
	fmt.Println(pages.Load(async.Direct(ctx), 1))
	// Output:
	// in a transaction: <nil> <nil>
	// in a transaction: true <nil>
}
