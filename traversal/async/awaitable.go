package async

import (
	"context"
	"reflect"
)

// Awaitable is a future of any type, for code that does not know the type, such as a view mapper.
// Only this package implements it. Most code needs [Await] instead.
type Awaitable interface {
	// AwaitAny is [Await] with the value as an any.
	AwaitAny(ctx context.Context) (any, error)
	// Done returns a channel that is closed when the future has settled.
	Done() <-chan struct{}
	// Ended returns a channel that is closed when the work of the future has returned.
	Ended() <-chan struct{}

	future()
}

var awaitable = reflect.TypeFor[Awaitable]()

// IsAsync reports whether fn is a function whose first result is a future. fn may also be the
// reflect.Type of a function. View mappers use it when the application is configured.
func IsAsync(fn any) bool {
	t, ok := fn.(reflect.Type)
	if !ok {
		t = reflect.TypeOf(fn)
	}
	return t != nil && t.Kind() == reflect.Func && t.NumOut() > 0 && t.Out(0).Implements(awaitable)
}
