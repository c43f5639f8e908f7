package views

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/views/web"
)

// Wrapper names another view of the resource that wraps the response of this one: a page layout.
// The wrapping view is an ordinary view of that name, with its own permission. It gets the response
// with [Wrapped]. The wrapper of an error view is looked up for the request's resource.
func Wrapper(name string) Option {
	o := textOption(kindWrapper, name)
	if name == "" {
		o.err = errors.New(`views.Wrapper(""): want the name of a view`)
	}
	return o
}

// Wrapped returns the response that the running view wraps. It returns false if the view was not
// called as a [Wrapper].
func Wrapped(r *web.Request) (*web.Response, bool) {
	resp, ok := wrapped.Peek(r)
	return resp, ok && resp != nil
}

var wrapped = web.NewKey[*web.Response]("wrapped response", nil)

// owrappedView calls the wrapping view after the view. It restores the response that was wrapped
// before, since a view may call a wrapped view of another resource.
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
		if missing, ok := errors.AsType[*NoViewError](err); ok && len(missing.Candidates) == 0 {
			// Not a 404: the resource and its view exist, so this is a bug of the application.
			return nil, fmt.Errorf("view %s: wrapper %q: %s", info.funcText(), name, missing.Error())
		}
		if err != nil {
			return nil, err
		}
		return resp, nil
	}, nil
}
