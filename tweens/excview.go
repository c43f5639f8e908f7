package tweens

import (
	"errors"
	"net/http"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// ErrorViews makes the built-in tween ExcView, which turns errors from inner tweens into responses.
// Panics become *web.PanicError first; http.ErrAbortHandler stays a panic.
//
// handle returns the response for an error; false means that it has none, and the error passes on.
// If handle itself fails, its error replaces the first one, except for a 404, which only says that
// there was no view. While handle runs, Request.Err returns the error; it keeps doing so if there
// was a response. What no client sees is logged: see [web.Driver.LogError]. A request that failed
// only because its client has disconnected is an empty 499, without a call of handle.
func ErrorViews(handle func(r *web.Request, err error) (*web.Response, bool, error)) Factory {
	if handle == nil {
		return Factory{}
	}
	f := ErrorViewsOf(func(*registry.Registry) func(*web.Request, error) (*web.Response, bool, error) { return handle })
	return f.Named(callText("ErrorViews", handle))
}

// ErrorViewsOf is [ErrorViews] with a function that depends on the finished registry.
func ErrorViewsOf(find func(*registry.Registry) func(r *web.Request, err error) (*web.Response, bool, error)) Factory {
	onError := func(reg *registry.Registry) func(*web.Request, error) (*web.Response, error) {
		handle := find(reg)
		guarded := web.Guard(func(r *web.Request) (*web.Response, error) {
			resp, ok, failure := handle(r, r.Err())
			if failure == nil && (!ok || resp == nil) {
				failure = errNoErrorView
			}
			return resp, failure
		})
		return func(r *web.Request, err error) (*web.Response, error) {
			if err == nil {
				err = errNeither
			}
			return respondTo(r, err, guarded)
		}
	}
	f := New(func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
		onError := onError(reg)
		return func(r *web.Request) (resp *web.Response, err error) {
			web.Drive(r).SetErrorsHandled()
			returned := false
			defer func() {
				if returned { // nearly always
					return
				}
				if err = web.Recovered(recover()); err != nil {
					resp, err = onError(r, err)
				}
			}()
			resp, err = next(r)
			returned = true
			if err != nil || resp == nil {
				return onError(r, err)
			}
			return resp, nil
		}, nil
	})
	f.onError = onError
	return f
}

// errNeither is the error of handlers that break their contract.
var errNeither = errors.New("a tween or the router returned neither a response nor an error")

// errNoErrorView says that no error view handles an error.
var errNoErrorView = errors.New("no error view")

// respondTo returns the response for an error, or the error that passes on. The handler finds the
// error in the request.
func respondTo(r *web.Request, err error, handle web.Handler) (*web.Response, error) {
	if resp, gone := web.Drive(r).ClientGone(err); gone {
		return resp, nil
	}
	before, handled := r.Err(), false
	web.Drive(r).SetError(err)
	defer func() {
		if !handled {
			web.Drive(r).SetError(before)
		}
	}()
	resp, failure := handle(r)
	switch {
	case failure == nil:
		handled = true
		web.Drive(r).LogError(err, resp.Status(), "")
		return resp, nil
	case failure == errNoErrorView, isNotFound(failure):
		return nil, err
	}
	return nil, failure
}

// isNotFound reports whether err is a 404.
func isNotFound(err error) bool {
	status, ok := errors.AsType[web.StatusError](err)
	return ok && status.Status() == http.StatusNotFound
}

// refuse returns e as an error if an outer tween turns errors into responses, so that an error view
// may handle it, and otherwise as its plain response.
func refuse(r *web.Request, e *web.HTTPError) (*web.Response, error) {
	if r.ErrorsHandled() {
		return nil, e
	}
	return e.Response(r), nil
}
