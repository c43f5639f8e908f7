package views

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/views/web"
)

// Wrapper names a view of the same resource that puts the view's answer into its
// own: a page layout around a body. The wrapping view is an ordinary view of that
// name, with its own permission; it finds the answer with [Wrapped]. The wrapper of an
// error view is looked up for the resource at which the request was when it failed.
func Wrapper(name string) Option {
	o := textOption(kindWrapper, name)
	if name == "" {
		o.err = errors.New(`views.Wrapper(""): want the name of a view`)
	}
	return o
}

// Wrapped returns the answer that the running view was asked to wrap; false if it was
// called by itself.
func Wrapped(r *web.Request) (*web.Response, bool) {
	resp, ok := wrapped.Peek(r)
	return resp, ok && resp != nil
}

var wrapped = web.NewKey[*web.Response]("wrapped response", nil)

// owrappedView calls the wrapping view after the view. What was wrapped before is
// put back, since a view may call a wrapped view of another resource.
func owrappedView(next Callable, info *Info) (Callable, error) {
	name, _, err := ValueOf[string](info, kindWrapper)
	if err != nil {
		return nil, err
	}
	return func(r *web.Request, res any) (any, error) {
		inner, err := respond(next, info, r, res)
		if err != nil {
			return nil, err
		}
		outer, _ := wrapped.Peek(r)
		wrapped.Set(r, inner)
		defer wrapped.Set(r, outer)
		resp, err := RenderView(r, r.Node(), name)
		if missing, ok := errors.AsType[*NoViewError](err); ok && errors.Is(missing, errNoView) {
			// No 404: what was asked for is there, the application lacks something.
			return nil, fmt.Errorf("view %s: wrapper %q: %s", info.place(), name, missing.Error())
		}
		if err != nil {
			return nil, err
		}
		return resp, nil
	}, nil
}
