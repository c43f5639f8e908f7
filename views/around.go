package views

import (
	"context"
	"fmt"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Around puts tweens around this one view, the first one outermost, outside of everything else that the view has, its
// permission included. It is how a view gets a deadline or a concurrency limit of its own:
//
//	views.Around(
//		tweens.Timeout(2*time.Second, tweens.TimeoutOptions{}),                  // 504
//		tweens.Limit(8, tweens.LimitOptions{Queue: 16, Wait: time.Second}),      // 503 with Retry-After
//	)
//
// A [Group] shares one limit between several views. A tween that hands on another request must have made it from its own
// (r.WithContext, r.With, …). For what needs no registry, and no place outside the permission, there is [Decorate].
func Around(factories ...func(next web.Handler, reg *registry.Registry) (web.Handler, error)) Option {
	names := make([]string, len(factories))
	o := option{kind: kindAround, value: factories}
	for n, f := range factories {
		names[n] = strings.TrimSuffix(funcName(f), ".func1")
		if f == nil {
			o.err = fmt.Errorf("views.Around: factory %d is nil, want one of package tweens, or a func(web.Handler, *registry.Registry) (web.Handler, error)", n+1)
		}
	}
	o.text = "around=" + strings.Join(names, ",")
	return o
}

// surrounded is what the option does.
func surrounded(next Callable, info *Info) (Callable, error) {
	factories, ok, err := ValueOf[[]func(web.Handler, *registry.Registry) (web.Handler, error)](info, kindAround)
	if err != nil || !ok {
		return next, err
	}
	return throughHandlers(next, info, "a tween around it", "the tweens around it", func(handler web.Handler) (web.Handler, error) {
		for n := len(factories) - 1; n >= 0; n-- {
			var err error
			if handler, err = factories[n](handler, info.Registry); err != nil {
				return nil, fmt.Errorf("views.Around: %w", err)
			}
			if handler == nil {
				return nil, fmt.Errorf("views.Around: %s gave no handler: return next to leave the view as it is", funcName(factories[n]))
			}
		}
		return handler, nil
	})
}

// carriedKey carries the resource past handlers, which know only the request. It travels in the context rather than in
// an attribute: attributes are shared by all views that one request calls, also at once.
type carriedKey struct{}

// throughHandlers makes a callable of handlers around next, once; a call costs a copy of the request. one and all of them
// are what the handlers are called in errors.
func throughHandlers(next Callable, info *Info, one, all string, wrap func(web.Handler) (web.Handler, error)) (Callable, error) {
	handler, err := wrap(func(r *web.Request) (*web.Response, error) {
		carried, ok := r.Context().Value(carriedKey{}).(*any)
		if !ok {
			return nil, fmt.Errorf("view %s: %s passed on a request that it did not make from its own", info.place(), one)
		}
		return respond(next, info, r, *carried)
	})
	if err != nil {
		return nil, err
	}
	return func(r *web.Request, res any) (any, error) {
		resp, err := handler(r.WithContext(context.WithValue(r.Context(), carriedKey{}, &res)))
		if err != nil {
			return nil, err
		}
		if resp == nil {
			return nil, fmt.Errorf("view %s: %s returned neither a response nor an error", info.place(), all)
		}
		return resp, nil
	}, nil
}
