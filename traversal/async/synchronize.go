package async

import "context"

// Mode says what a synchronized function does without a scope.
type Mode uint8

const (
	// Strict returns a [*ScopeError] without calling the function. It is the default.
	Strict Mode = iota
	// Loose opens a scope for the call and ends it with the call: whatever the function started has
	// returned when the call returns.
	Loose
)

// Synchronize turns a function that returns a future into a plain one, which calls fn and awaits
// the future. Use it to pass fn where a plain function is expected; elsewhere, write
// Await(ctx, fn(ctx, arg)).
func Synchronize[A, R any](fn func(ctx context.Context, arg A) *Future[R], mode ...Mode) func(ctx context.Context, arg A) (R, error) {
	loose := isLoose(mode)
	return func(ctx context.Context, arg A) (R, error) {
		if _, ok := ScopeFrom(ctx); ok {
			return Await(ctx, fn(ctx, arg))
		}
		return withoutScope(ctx, loose, func(ctx context.Context) *Future[R] { return fn(ctx, arg) })
	}
}

// Synchronize2 is [Synchronize] for a function of two arguments, such as a lookup:
// traversal.Lookup(async.Synchronize2(find)).
func Synchronize2[A, B, R any](fn func(ctx context.Context, a A, b B) *Future[R], mode ...Mode) func(ctx context.Context, a A, b B) (R, error) {
	loose := isLoose(mode)
	return func(ctx context.Context, a A, b B) (R, error) {
		if _, ok := ScopeFrom(ctx); ok {
			return Await(ctx, fn(ctx, a, b))
		}
		return withoutScope(ctx, loose, func(ctx context.Context) *Future[R] { return fn(ctx, a, b) })
	}
}

func isLoose(mode []Mode) bool { return len(mode) > 0 && mode[len(mode)-1] == Loose }

// withoutScope calls a synchronized function with a context that carries no scope.
func withoutScope[R any](ctx context.Context, loose bool, fn func(context.Context) *Future[R]) (value R, err error) {
	if !loose {
		return value, &ScopeError{Op: "synchronize", reason: noScope}
	}
	ctx, s := WithScope(ctx, 0)
	defer func() {
		if endErr := s.End(-1); err == nil {
			err = endErr
		}
	}()
	return Await(ctx, fn(ctx))
}

// OrSpawn makes fn, which needs a scope, callable without one. With a scope it calls fn itself, and
// the future has settled when it returns. Without a scope it opens one for the call, and returns at
// once a future of fn running in it; the scope ends with the call. fn is never called twice. A
// panic of fn becomes a [*PanicError].
func OrSpawn[A, R any](fn func(ctx context.Context, arg A) (R, error)) func(ctx context.Context, arg A) *Future[R] {
	return func(ctx context.Context, arg A) *Future[R] {
		plain := func(ctx context.Context) (R, error) { return fn(ctx, arg) }
		if s, ok := ScopeFrom(ctx); ok {
			if s.hasEnded() {
				return failed[R](&ScopeError{Op: "spawn", reason: scopeEnded})
			}
			value, _, err := call(ctx, plain)
			return Settled(value, err)
		}
		return spawn(ctx, plain)
	}
}

// spawn calls fn on a goroutine, in a scope of its own.
func spawn[R any](ctx context.Context, fn func(context.Context) (R, error)) *Future[R] {
	if ctx.Err() != nil {
		return failed[R](doneError(ctx))
	}
	inner, s := WithScope(ctx, 0)
	f := &Future[R]{wait: &waiting{scope: s}}
	go func() {
		value, err := *new(R), error(errGoexit)
		defer func() {
			if endErr := s.End(-1); err == nil {
				err = endErr
			}
			f.settle(value, err)
			f.wait.end()
		}()
		value, _, err = call(inner, fn)
	}()
	return f
}
