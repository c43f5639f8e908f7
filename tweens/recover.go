package tweens

import (
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Recover turns panics from further in into errors of type *web.PanicError, with the stack of the goroutine that panicked.
// http.ErrAbortHandler stays a panic, since it means to break the connection.
//
// ExcView does so too, for what it wraps: Recover is for chains without it, and for tweens further out that want to see each
// failure as an error.
func Recover() Factory {
	return func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		return web.Guard(next), nil
	}
}
