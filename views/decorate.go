package views

import (
	"context"
	"fmt"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// Decorate wraps the view in handlers, the first one outermost. They see the
// request and the finished response, as tweens do, but only for this view. It is inside the
// permission and csrf checks.
//
// A decorator that hands on another request must have made it from its own
// (r.WithContext, r.With, …).
func Decorate(decorators ...func(web.Handler) web.Handler) Option {
	names := make([]string, len(decorators))
	o := option{kind: kindDecorate, value: decorators}
	for n, d := range decorators {
		names[n] = funcName(d)
		if d == nil {
			o.err = fmt.Errorf("views.Decorate: decorator %d is nil, want a func(web.Handler) web.Handler", n+1)
		}
	}
	o.text = "decorate=" + strings.Join(names, ",")
	return o
}

// decoratedKey carries the resource past the decorators, whose handlers know
// only the request. It travels in the context rather than in an attribute:
// attributes are shared by all views that one request calls, also at once.
type decoratedKey struct{}

// decoratedView makes the handlers once; a decorated view costs a copy of the request.
func decoratedView(next Callable, info *Info) (Callable, error) {
	decorators, ok, err := ValueOf[[]func(web.Handler) web.Handler](info, kindDecorate)
	if err != nil || !ok {
		return next, err
	}
	var handler web.Handler = func(r *web.Request) (*web.Response, error) {
		carried, ok := r.Context().Value(decoratedKey{}).(*any)
		if !ok {
			return nil, fmt.Errorf("view %s: a decorator passed on a request that it did not make from its own", info.place())
		}
		return respond(next, info, r, *carried)
	}
	for n := len(decorators) - 1; n >= 0; n-- {
		if handler = decorators[n](handler); handler == nil {
			return nil, fmt.Errorf("decorator %s gave no handler: return next to leave the view as it is", funcName(decorators[n]))
		}
	}
	return func(r *web.Request, res any) (any, error) {
		resp, err := handler(r.WithContext(context.WithValue(r.Context(), decoratedKey{}, &res)))
		if err != nil {
			return nil, err
		}
		if resp == nil {
			return nil, fmt.Errorf("view %s: its decorators returned neither a response nor an error", info.place())
		}
		return resp, nil
	}, nil
}
