package views

import (
	"fmt"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Decorate wraps the view in handlers, the first one outermost. Like tweens they see the request
// and the finished response, but for this view only. They run inside the permission and CSRF
// checks.
//
// A decorator that passes on another request must derive it from its own (r.WithContext, r.With,
// …).
func Decorate(decorators ...func(web.Handler) web.Handler) Option {
	names := make([]string, len(decorators))
	o := option{kind: kindDecorate, value: decorators}
	for n, d := range decorators {
		names[n] = registry.FuncName(d)
		if d == nil {
			o.err = fmt.Errorf("views.Decorate: decorator %d is nil: want a func(web.Handler) web.Handler", n+1)
		}
	}
	o.text = "decorate=" + strings.Join(names, ",")
	return o
}

// decoratedView makes the handlers once. Each call costs a copy of the request.
func decoratedView(next Callable, info *Info) (Callable, error) {
	decorators, _, err := ValueOf[[]func(web.Handler) web.Handler](info, kindDecorate)
	if err != nil {
		return nil, err
	}
	return throughHandlers(next, info, "a decorator", "its decorators", func(handler web.Handler) (web.Handler, error) {
		for n := len(decorators) - 1; n >= 0; n-- {
			if handler = decorators[n](handler); handler == nil {
				return nil, fmt.Errorf("decorator %s returned a nil handler: return next to leave the view unchanged", registry.FuncName(decorators[n]))
			}
		}
		return handler, nil
	})
}
