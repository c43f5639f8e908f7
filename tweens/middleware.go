package tweens

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// FromMiddleware makes a tween of net/http middleware. The middleware gets the next handler of the
// chain as its http.Handler, and outer tweens see what it writes as the response. It is called
// once, when the chain is built.
//
// Each request runs the middleware on a goroutine of its own, which the request waits for before it
// ends, while inner tweens and the view run on the goroutine of the request. So the middleware may
// call its handler from any goroutine, as http.TimeoutHandler does, and no web.Request is ever used
// by two goroutines at a time. (That holds for middleware that works synchronously. Middleware that
// copies its output on a goroutine of its own lets a streamed body run concurrently with outer
// tweens.)
//
//   - Output of up to 64 KiB that was not flushed becomes a response with a body of bytes. Longer
//     or flushed output is streamed: the middleware writes as the response is sent, and waits in
//     between. If the response is not sent, or the client disconnects, its writes fail and its
//     context ends.
//   - Inner tweens see what the middleware changes in the request (context, URL, headers, body). As
//     http.ServeMux does, the tween sets the Pattern of the matched route in the request that the
//     middleware passed. A body that the middleware decompresses has the limit of the body itself
//     (framework.Options.MaxBody, views.BodyLimit); where reading it fails, the response is a 400,
//     unless the error has another status.
//   - An error from inner tweens passes on to outer ones. It unwinds the middleware, as a panic of
//     a handler does in net/http: the call of the handler panics with http.ErrAbortHandler, or with
//     the value of an inner panic, so that nothing is cached, committed or counted as a success.
//     Whatever the middleware makes of the panic does not count. If it calls its handler on a
//     goroutine of its own (other than http.TimeoutHandler's), it is unwound when it next uses its
//     writer.
//   - The response of the middleware counts instead if it had returned before, or if it had ended
//     the context of the inner request and responds with a status of 400 or more: that is how the
//     503 of http.TimeoutHandler comes out, once the handler that it timed out has returned.
//     Middleware that had ended the context is not unwound.
//   - A panic of the middleware is a *web.PanicError; http.ErrAbortHandler stays a panic. Calling
//     the handler twice is an error, which unwinds it too. Calling it after the middleware has
//     returned does nothing.
//   - http.Flusher, http.Hijacker and http.ResponseController (Flush, Hijack) work, also through
//     the Unwrap method of the middleware's own writer. Hijack must come before any write, and
//     takes over the connection when the response is sent; outer tweens see a response with status
//     101. Deadlines, trailers and Push do not pass through.
//   - An informational response (103 Early Hints) goes to the client at once, past outer tweens. It
//     is dropped if the request came over HTTP/1.0, or once the middleware has begun its response.
//
// Middleware that needs nothing of the framework costs less around the whole application, which is
// an http.Handler.
func FromMiddleware(middleware func(http.Handler) http.Handler) Factory {
	if middleware == nil {
		return Factory{}
	}
	return New(func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
		a := &adapter{name: registry.FuncName(middleware), next: next}
		lookUp(reg).setInterim()
		a.log, _ = registry.Lookup[*zerolog.Logger](reg)
		a.handler = middleware(http.HandlerFunc(a.inner))
		if fn, ok := a.handler.(http.HandlerFunc); a.handler == nil || ok && fn == nil {
			return nil, fmt.Errorf("middleware %s returned a nil handler: return its argument to do nothing", a.name)
		}
		return a.handle, nil
	}).Named(callText("FromMiddleware", middleware))
}

// adapter is one piece of middleware in one chain.
type adapter struct {
	name    string
	handler http.Handler // the middleware, around inner
	next    web.Handler
	log     *zerolog.Logger // may be nil
}

// handle is the tween. It starts the middleware, and serves its calls until it has returned or its
// output becomes a stream.
func (a *adapter) handle(r *web.Request) (*web.Response, error) {
	m := newMiddlewareRun(a, r)
	r.AddFinishedCallback(m.finish)
	go m.run()
	for {
		select {
		case c := <-m.calls:
			m.serve(c)
		case <-m.out.begun:
			return m.streamedResponse(), nil
		case <-m.over:
			return m.bufferedResponse()
		}
	}
}

// inner is the handler that the middleware gets. It may be called on any goroutine.
func (a *adapter) inner(w http.ResponseWriter, hr *http.Request) {
	m := a.findRun(w, hr)
	if m == nil {
		if a.log != nil {
			a.log.Error().Str("middleware", a.name).Msg("middleware called next with a request and a writer that it made itself")
		}
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	m.inner(w, hr)
}

// findRun finds the run that a call belongs to: by the context of the request, or if the middleware
// replaced that, by the writer.
func (a *adapter) findRun(w http.ResponseWriter, hr *http.Request) *middlewareRun {
	if m, ok := hr.Context().Value(a).(*middlewareRun); ok {
		return m
	}
	for {
		if out, ok := w.(*middlewareWriter); ok && out.m.adapter == a {
			return out.m
		}
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return nil
		}
		w = wrapper.Unwrap()
	}
}

// runContext carries a run, with its adapter as the key.
type runContext struct {
	context.Context
	m *middlewareRun
}

func (c runContext) Value(key any) any {
	if key == any(c.m.adapter) {
		return c.m
	}
	return c.Context.Value(key)
}

var _ context.Context = runContext{}

// errAborted carries http.ErrAbortHandler from one goroutine to another.
var errAborted = errors.New("aborted")

// try calls fn and returns a panic of it as an error: errAborted for http.ErrAbortHandler, and a
// *web.PanicError for all others.
func try(fn func() error) error {
	err := web.Try(fn)
	if p, ok := errors.AsType[*web.PanicError](err); ok && errors.Is(p, http.ErrAbortHandler) {
		return errAborted
	}
	return err
}
