package tweens

import (
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// The names that every chain knows.
const (
	// Ingress is the outer end of the chain: every tween is under it.
	Ingress = "INGRESS"
	// ExcView is the built-in tween that turns errors into responses. It may be registered again, which replaces it.
	ExcView = "EXCVIEW"
	// Main is the inner end of the chain, the router: every tween is over it.
	Main = "MAIN"
)

// Factory makes a tween: a handler that does something before or after next, or instead of it. It is called once for each
// application that is built, with the finished registry, from the innermost tween to the outermost. What depends on the
// configuration is worked out there; the handler itself is called by many goroutines at once.
//
// Most tweens need Wrap instead.
type Factory func(next web.Handler, reg *registry.Registry) (web.Handler, error)

// Wrap makes a Factory of a function that needs nothing of the registry and cannot fail. A nil wrap is an error of the
// build.
func Wrap(wrap func(next web.Handler) web.Handler) Factory {
	if wrap == nil {
		return nil
	}
	return func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		return wrap(next), nil
	}
}
