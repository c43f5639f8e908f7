package views

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/absent"
	"github.com/mastaba-go/mastaba/views/web"
)

// Tween is what [Around] puts around a view, such as a tweens.Factory. It prints itself in
// listings.
type Tween interface {
	fmt.Stringer
	// Build makes the handler around next, once, while the application is built.
	Build(next web.Handler, reg *registry.Registry) (web.Handler, error)
}

// Around puts tweens around this view, the first one outermost. They run outside its other
// derivers, the permission check included, except body_limit_view. Around gives a view a deadline
// or a concurrency limit of its own:
//
//	views.Around(
//		tweens.Timeout(2*time.Second, tweens.TimeoutOptions{}),                  // 504
//		tweens.Limit(8, tweens.LimitOptions{Queue: 16, Wait: time.Second}),      // 503 with Retry-After
//	)
//
// A [Group] shares one limit between several views. A tween that passes on another request must
// derive it from its own (r.WithContext, r.With, …). To run after the permission check, use
// [Decorate].
func Around(tweens ...Tween) Option {
	texts := make([]string, len(tweens))
	o := option{kind: kindAround, value: tweens}
	for n, t := range tweens {
		if t == nil || absent.Pointer(t) {
			o.err = fmt.Errorf("views.Around: tween %d is nil: want one of package tweens, or tweens.Wrap(fn)", n+1)
			continue
		}
		texts[n] = t.String()
	}
	o.text = "around=" + strings.Join(texts, ",")
	return o
}

// aroundView builds the tweens around the view.
func aroundView(next Callable, info *Info) (Callable, error) {
	tweens, _, err := ValueOf[[]Tween](info, kindAround)
	if err != nil {
		return nil, err
	}
	return throughHandlers(next, info, "a tween around it", "the tweens around it", func(handler web.Handler) (web.Handler, error) {
		for n, t := range slices.Backward(tweens) {
			var err error
			name := cmp.Or(t.String(), fmt.Sprintf("tween %d", n+1)) // the zero tweens.Factory has no text
			if handler, err = t.Build(handler, info.Registry); err != nil {
				return nil, fmt.Errorf("views.Around: %s: %w", name, err)
			}
			if handler == nil {
				return nil, fmt.Errorf("views.Around: %s returned a nil handler: return next to leave the view unchanged", name)
			}
		}
		return handler, nil
	})
}

// carriedKey is the context key of the resource, which handlers do not pass on. It is in the
// context rather than in an attribute because all views that a request calls, even concurrently,
// share its attributes.
type carriedKey struct{}

// throughHandlers makes a Callable of handlers around next. Each call costs a copy of the request.
// one and all name the handlers in error texts.
func throughHandlers(next Callable, info *Info, one, all string, wrap func(web.Handler) (web.Handler, error)) (Callable, error) {
	handler, err := wrap(func(r *web.Request) (*web.Response, error) {
		carried, ok := r.Context().Value(carriedKey{}).(*any)
		if !ok {
			return nil, fmt.Errorf("view %s: %s passed on a request that is not derived from its own: use r.WithContext or r.With", info.funcText(), one)
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
			return nil, fmt.Errorf("view %s: %s returned neither a response nor an error", info.funcText(), all)
		}
		return resp, nil
	}, nil
}
