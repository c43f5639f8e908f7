package framework

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// App is a built application, an http.Handler. It is immutable and safe for concurrent use. A
// process may have several: they share no state.
type App struct {
	web         web.Application
	router      *router
	handler     web.Handler // the tweens around the router, and what comes after them
	bare        web.Handler // the same without the tweens
	newResponse func(*web.NewResponse) error
	maxBody     int64
	life        *life
	gracePeriod time.Duration // for goroutines that outlive their request
	stragglers  stragglers
}

var (
	_ http.Handler = (*App)(nil)
	_ web.Runtime  = (*App)(nil)
)

// newApp assembles an application from its registry, and notifies the subscribers to
// ApplicationCreated.
func newApp(reg *registry.Registry) (*App, error) {
	traverser, err := newTraverser(reg)
	if err != nil {
		return nil, err
	}
	app := &App{newResponse: registry.Notifier[*web.NewResponse](reg), maxBody: web.DefaultMaxBody, life: newLife()}
	app.web = web.Application{Registry: reg, Traverser: traverser, Runtime: app}
	app.web.Log, _ = registry.Lookup[*zerolog.Logger](reg)
	app.web.Trusted, _ = registry.Lookup[web.TrustedProxies](reg)
	app.web.Security, _ = registry.Lookup[web.SecurityPolicy](reg)
	if limit, ok := registry.Lookup[formLimit](reg); ok {
		app.web.MaxForm = int64(limit)
	}
	if table := routes.TableOf(reg); table != nil {
		app.web.URLs = table
	}
	if limit, ok := registry.Lookup[bodyLimit](reg); ok && limit != 0 {
		app.maxBody = int64(limit)
	}
	app.limitScopes(reg)
	app.router = newRouter(reg, traverser)
	for _, route := range app.router.routes.Routes() {
		app.router.table.Bind(route.Routed())
	}
	outermost, err := tweens.Chain(reg, app.router.handle)
	if err != nil {
		return nil, err
	}
	app.handler, app.bare = app.around(outermost), app.around(app.router.handle)
	if err := app.created(); err != nil {
		return nil, err
	}
	return app, nil
}

// created notifies the subscribers to ApplicationCreated.
func (a *App) created() error {
	err := web.Try(func() error {
		return registry.Notify(a.web.Registry, &web.ApplicationCreated{Registry: a.web.Registry, Handler: a})
	})
	if err != nil {
		return fmt.Errorf("ApplicationCreated: %w", err)
	}
	return nil
}

// Registry returns the registry that the application was built from: its components, its settings
// and the introspection of everything registered.
func (a *App) Registry() *registry.Registry { return a.web.Registry }

// ServeHTTP handles one request. An error that no view handled is logged and becomes a 500 that
// contains the request id and nothing else. A response that fails after its header was sent ends
// with the panic http.ErrAbortHandler, so that net/http closes the connection; no other panic
// leaves ServeHTTP.
func (a *App) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	r := a.begin(hr)
	var sent web.Sent
	defer func() {
		if sent.Started {
			flushEarly(w, r)
		}
		a.finish(r, hr)
	}()
	resp, err := a.handler(r)
	if err != nil {
		resp = a.unhandled(r, err)
	}
	sent, err = resp.Send(w, r)
	if err != nil && !sent.Started {
		sent, err = a.unhandled(r, err).Send(w, r)
	}
	if err != nil {
		a.abort(r, err)
	}
}

// begin returns the framework's request for hr, with its body limited. It replaces the body in a
// copy of hr, because net/http looks at its own to see whether it was read; package server has made
// that copy already.
func (a *App) begin(hr *http.Request) *web.Request {
	if hr.Body == nil || hr.Body == http.NoBody {
		return web.Begin(&a.web, hr)
	}
	own := hr
	if _, private := hr.Body.(interface{ PrivateRequest() }); !private {
		own = new(http.Request)
		*own = *hr
	}
	r := web.Begin(&a.web, own)
	web.Drive(r).LimitBody(a.maxBody)
	return r
}

// around wraps a handler: it runs the response callbacks on its response, then notifies the
// subscribers to NewResponse. They see every response and no error.
func (a *App) around(handler web.Handler) web.Handler {
	return web.Guard(func(r *web.Request) (*web.Response, error) {
		resp, err := handler(r)
		if err != nil {
			return nil, err
		}
		if err := web.Drive(r).RunResponseCallbacks(resp); err != nil {
			return nil, err
		}
		if a.newResponse != nil {
			if err := a.newResponse(&web.NewResponse{Request: r, Response: resp}); err != nil {
				return nil, err
			}
		}
		return resp, nil
	})
}

// finish ends a request: it runs the finished callbacks, ends the scope, and removes the files of a
// multipart form, as net/http does for the request that it knows.
func (a *App) finish(r *web.Request, hr *http.Request) {
	form := r.MultipartForm
	if form == nil && !web.Drive(r).NeedsFinish() { // nearly always
		a.endScope(r)
		return
	}
	if form != nil && form != hr.MultipartForm {
		defer func() { _ = form.RemoveAll() }()
	}
	defer a.endScope(r)
	if _, err := runFinished(r); err != nil {
		r.Log().Error().Err(err).Msg("finished callback")
	}
}

// runFinished runs the finished callbacks. A panic of one is an error.
var runFinished = web.Guard(func(r *web.Request) (*web.Response, error) {
	return nil, web.Drive(r).RunFinishedCallbacks()
})

// unhandled logs the error that left the tweens, and returns a 500. It does not log the error of a
// client that disconnected.
func (a *App) unhandled(r *web.Request, err error) *web.Response {
	if resp, gone := web.Drive(r).ClientGone(err); gone {
		return resp
	}
	event := r.Log().Error()
	if panicked, ok := errors.AsType[*web.PanicError](err); ok {
		event = event.Bytes("stack", panicked.Stack)
	}
	event.Err(err).Str("method", r.Method).Str("path", r.URL.Path).Msg("no view handled the error")
	resp := web.InternalServerError("").With(err).Response(r)
	resp.SetHeader(web.RequestIDHeader, r.ID()) // no tween saw this response
	return resp
}

// abort closes the connection of a response that failed after its header was sent, so that the
// client does not take the part it has for the whole.
func (a *App) abort(r *web.Request, err error) {
	if r.Request.Context().Err() == nil && !errors.Is(err, context.Canceled) {
		r.Log().Error().Err(err).Msg("response aborted")
	}
	panic(http.ErrAbortHandler)
}
