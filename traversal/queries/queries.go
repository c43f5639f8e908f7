package queries

import (
	"context"
	"time"
)

// Query is a statement that was run. It has no arguments, which may be secrets.
type Query struct {
	Text string
	Took time.Duration // until the first rows; reading them is not included
	Err  error
}

type observerKey struct{}

// Observe returns a context that reports each statement to fn once it has run. fn replaces the
// observer of ctx, and must be safe for concurrent use.
func Observe(ctx context.Context, fn func(Query)) context.Context {
	return context.WithValue(ctx, observerKey{}, fn)
}

// Observer returns the observer of ctx, nil if there is none.
func Observer(ctx context.Context) func(Query) {
	fn, _ := ctx.Value(observerKey{}).(func(Query))
	return fn
}

// Begin is called before a statement, and end after it.
func Begin(ctx context.Context, text string) (end func(error)) {
	fn := Observer(ctx)
	if fn == nil {
		return ignore
	}
	begin := time.Now()
	return func(err error) { fn(Query{Text: text, Took: time.Since(begin), Err: err}) }
}

func ignore(error) {}
