package explain

import "context"

type dryRun struct{}

// WithDryRun returns a context for a request that is explained instead of served. App.Explain
// calls it; tests may, too.
func WithDryRun(ctx context.Context) context.Context {
	return context.WithValue(ctx, dryRun{}, true)
}

// DryRun reports whether ctx is the context of a request that is explained instead of served.
// Subscribers, predicates, root factories and policies run for an explanation: those that write,
// count or send should check it first.
func DryRun(ctx context.Context) bool {
	dry, _ := ctx.Value(dryRun{}).(bool)
	return dry
}
