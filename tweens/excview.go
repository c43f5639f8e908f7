package tweens

import (
	"errors"
	"net/http"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// ErrorViews is the factory of the built-in tween ExcView: it turns errors from further in into responses. Panics become
// *web.PanicError on the way; http.ErrAbortHandler stays a panic.
//
// answer finds the response for an error; false says that it has none, and then the error travels on. If answer itself fails,
// its error travels on in place of the first one, other than a 404, which only says that there was no view. While it runs,
// Request.Err is the error; it stays so if it was answered. What was answered with a status from 500 on, other than 503
// and 504, is logged, for no client sees its causes; and a panic with its stack. A request that failed only because its
// client has left is an empty 499, without asking answer.
func ErrorViews(answer func(r *web.Request, err error) (*web.Response, bool, error)) Factory {
	if answer == nil {
		return Factory{}
	}
	return New(func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		next = web.Guard(next)
		answer := web.Guard(func(r *web.Request) (*web.Response, error) {
			resp, answered, failure := answer(r, r.Err())
			if failure == nil && (!answered || resp == nil) {
				failure = errUnanswered
			}
			return resp, failure
		})
		return func(r *web.Request) (*web.Response, error) {
			web.Drive(r).SetErrorsHandled()
			resp, err := next(r)
			if err == nil {
				if resp != nil {
					return resp, nil
				}
				err = errNeither
			}
			if resp, gone := web.Drive(r).ClientGone(err); gone {
				return resp, nil
			}
			return answerError(r, err, answer)
		}, nil
	}).Named(callText("ErrorViews", answer))
}

// errNeither is for handlers that break their contract.
var errNeither = errors.New("a tween or the router returned neither a response nor an error")

// errUnanswered says that no error view has an answer.
var errUnanswered = errors.New("no error view answers")

// answerError answers one error, or gives back the error that travels on. answer finds it in the request.
func answerError(r *web.Request, err error, answer web.Handler) (*web.Response, error) {
	before, answered := r.Err(), false
	web.Drive(r).SetError(err)
	defer func() {
		if !answered {
			web.Drive(r).SetError(before)
		}
	}()
	resp, failure := answer(r)
	switch {
	case failure == nil:
		answered = true
		logAnswered(r, err, resp.Status())
		return resp, nil
	case failure == errUnanswered, isNotFound(failure):
		return nil, err
	}
	return nil, failure
}

// isNotFound reports whether err is a 404.
func isNotFound(err error) bool {
	status, ok := errors.AsType[web.StatusError](err)
	return ok && status.Status() == http.StatusNotFound
}

// logAnswered logs what went wrong here although an error view answered it. Work that is refused (503) or came too late
// (504) is no accident, and happens often when much is to do: the access log and metrics count it.
func logAnswered(r *web.Request, err error, status int) {
	if panicked, ok := errors.AsType[*web.PanicError](err); ok {
		r.Log().Error().Err(err).Bytes("stack", panicked.Stack).Str("method", r.Method).Str("path", r.URL.Path).Msg("panic")
	} else if status >= 500 && status != http.StatusServiceUnavailable && status != http.StatusGatewayTimeout {
		r.Log().Error().Err(err).Str("method", r.Method).Str("path", r.URL.Path).Msg("internal error")
	}
}

// refuse returns e as an error if an outer tween turns errors into responses, so that an error view
// may handle it, and otherwise as its plain response.
func refuse(r *web.Request, e *web.HTTPError) (*web.Response, error) {
	if r.ErrorsHandled() {
		return nil, e
	}
	return e.Response(r), nil
}
