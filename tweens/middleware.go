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

// FromMiddleware makes a tween of net/http middleware. What follows inward is the http.Handler that the middleware is given,
// what it writes is the response that the tweens further out see. The middleware is called once, when the chain is built.
//
// Each request runs the middleware on a goroutine of its own, which is waited for before the request ends, while everything
// further in runs where it always does: the middleware may therefore call its inner handler from any goroutine, as
// http.TimeoutHandler does, and no web.Request is ever used by two goroutines at a time. (That holds for what middleware
// does synchronously. One that copies its output on a goroutine of its own lets a streamed body run beside the tweens
// further out.)
//
//   - An answer of up to 64 KiB that was not flushed is a response with a body of bytes. A longer or flushed one is streamed:
//     the middleware writes when the response is written, and waits meanwhile. If nobody writes it, or the client goes away,
//     its writes fail and its context ends.
//   - What the middleware changes in the request (context, URL, headers, body) is what follows inward. The Pattern of the
//     route that matched is set in the request that it gave, as http.ServeMux does it.
//   - An error from further in travels on to the tweens further out, whatever the middleware made of an inner handler that
//     wrote nothing. Its own answer counts if it had returned before, or if it had ended the context of the inner request and
//     answers with a status of 400 or more: that is how the 503 of http.TimeoutHandler comes out, once what was timed out has
//     returned.
//   - A panic of the middleware is a *web.PanicError; http.ErrAbortHandler stays a panic. Calling the inner handler twice is
//     an error. Calling it after having returned does nothing.
//   - http.Flusher, http.Hijacker and http.ResponseController (Flush, Hijack) work, also through the Unwrap of the middleware's
//     own writer. Hijacking has to come before anything is written, and then takes the connection over when the response is
//     written; tweens further out see a response of status 101. Deadlines, trailers, Push and informational responses
//     do not come through.
//
// Middleware that does not look inside costs less around the whole application, which is an http.Handler.
func FromMiddleware(middleware func(http.Handler) http.Handler) Factory {
	if middleware == nil {
		return Factory{}
	}
	return New(func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
		b := &bridge{name: registry.FuncName(middleware), next: next}
		b.log, _ = registry.Lookup[*zerolog.Logger](reg)
		if b.handler = middleware(http.HandlerFunc(b.inner)); b.handler == nil {
			return nil, fmt.Errorf("middleware %s returned no handler", b.name)
		}
		return b.handle, nil
	}).Named(callText("FromMiddleware", middleware))
}

// bridge is one piece of middleware in one chain.
type bridge struct {
	name    string
	handler http.Handler // the middleware, around inner
	next    web.Handler
	log     *zerolog.Logger // nil if the registry holds none
}

// handle is the tween: it starts the middleware, and serves it until it has answered or begun to.
func (b *bridge) handle(r *web.Request) (*web.Response, error) {
	x := newCrossing(b, r)
	r.AddFinishedCallback(x.finish)
	go x.run(r.Request.WithContext(crossingContext{x.ctx, x}))
	for {
		select {
		case c := <-x.calls:
			x.serve(c)
		case <-x.out.begun:
			return x.streamed(), nil
		case <-x.over:
			return x.answered()
		}
	}
}

// inner is the handler that the middleware is given. It may be called from any goroutine.
func (b *bridge) inner(w http.ResponseWriter, hr *http.Request) {
	x := b.crossing(w, hr)
	if x == nil {
		if b.log != nil {
			b.log.Error().Str("middleware", b.name).Msg("middleware called next with a request and a writer that are not those it was given")
		}
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	x.inner(w, hr)
}

// crossing finds the crossing that a call belongs to: by the context of the request, or if that was replaced, by the writer.
func (b *bridge) crossing(w http.ResponseWriter, hr *http.Request) *crossing {
	if x, ok := hr.Context().Value(b).(*crossing); ok {
		return x
	}
	for {
		if o, ok := w.(*outlet); ok && o.x.bridge == b {
			return o.x
		}
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return nil
		}
		w = wrapper.Unwrap()
	}
}

// crossingContext carries a crossing, under the bridge that it belongs to.
type crossingContext struct {
	context.Context
	x *crossing
}

func (c crossingContext) Value(key any) any {
	if key == any(c.x.bridge) {
		return c.x
	}
	return c.Context.Value(key)
}

var _ context.Context = crossingContext{}

// errAborted stands for http.ErrAbortHandler on its way from one goroutine to another.
var errAborted = errors.New("aborted")

// caught makes an error of what was recovered.
func caught(v any, stack []byte) error {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return errAborted
	}
	return &web.PanicError{Value: v, Stack: stack}
}
