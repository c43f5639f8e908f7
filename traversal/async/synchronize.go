package async

import "context"

// Mode says what a synchronized function does without a scope.
type Mode uint8

const (
	// Strict refuses with a [*ScopeError], without calling the function. It is the default.
	Strict Mode = iota
	// Loose opens a scope for the call, which ends with it: all that the function started has
	// returned when the call returns.
	Loose
)

// Synchronize makes a plain function of one that returns a future: it calls fn and awaits the
// future. The result belongs where a plain function is wanted, and nothing else has to wait for
// it. In code of one's own, Await(ctx, fn(ctx, arg)) is as good.
func Synchronize[A, R any](fn func(ctx context.Context, arg A) *Future[R], mode ...Mode) func(ctx context.Context, arg A) (R, error) {
	loose := isLoose(mode)
	return func(ctx context.Context, arg A) (R, error) {
		if _, ok := ScopeFrom(ctx); ok {
			return Await(ctx, fn(ctx, arg))
		}
		return synchronize(ctx, loose, func(ctx context.Context) *Future[R] { return fn(ctx, arg) })
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
		return synchronize(ctx, loose, func(ctx context.Context) *Future[R] { return fn(ctx, a, b) })
	}
}

func isLoose(mode []Mode) bool { return len(mode) > 0 && mode[len(mode)-1] == Loose }

// synchronize is for a context without a scope.
func synchronize[R any](ctx context.Context, loose bool, fn func(context.Context) *Future[R]) (value R, err error) {
	if !loose {
		return value, &ScopeError{Op: "synchronize", Reason: NoScope}
	}
	ctx, s := WithScope(ctx, 0)
	defer func() {
		if left := s.End(-1); err == nil {
			err = left
		}
	}()
	return Await(ctx, fn(ctx))
}

// OrSpawn lets fn, which needs a scope, be called with and without one. With a scope it calls fn
// there and then, and the future is settled when it returns. Without, it opens a scope for the
// call and returns at once a future of fn in it; the scope ends with the call. fn is never called
// twice. A panic of fn becomes a [*PanicError].
func OrSpawn[A, R any](fn func(ctx context.Context, arg A) (R, error)) func(ctx context.Context, arg A) *Future[R] {
	return func(ctx context.Context, arg A) *Future[R] {
		return orSpawn(ctx, func(ctx context.Context) (R, error) { return fn(ctx, arg) })
	}
}

// OrSpawn2 is [OrSpawn] for a function of two arguments, such as a lookup.
func OrSpawn2[A, B, R any](fn func(ctx context.Context, a A, b B) (R, error)) func(ctx context.Context, a A, b B) *Future[R] {
	return func(ctx context.Context, a A, b B) *Future[R] {
		return orSpawn(ctx, func(ctx context.Context) (R, error) { return fn(ctx, a, b) })
	}
}

func orSpawn[R any](ctx context.Context, fn func(context.Context) (R, error)) *Future[R] {
	if s, ok := ScopeFrom(ctx); ok {
		if s.hasEnded() {
			return failed[R](&ScopeError{Op: "spawn", Reason: ScopeEnded})
		}
		return Settled(call(ctx, fn))
	}
	if ctx.Err() != nil {
		return failed[R](doneError(ctx))
	}
	inner, s := WithScope(ctx, 0)
	f := &Future[R]{wait: &waiting{scope: s}}
	go func() {
		value, err := *new(R), error(errGoexit)
		defer func() {
			if left := s.End(-1); err == nil {
				err = left
			}
			f.settle(value, err)
			f.wait.end()
		}()
		value, err = call(inner, fn)
	}()
	return f
}

func (s *Scope) hasEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}
