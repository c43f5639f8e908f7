package framework

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// App is a built application. It is an http.Handler: immutable, without global
// state, safe for any number of goroutines, and several live in one process.
type App struct {
	web         web.Application
	router      *router
	handler     web.Handler // the tweens around the router, and what comes after them
	bare        web.Handler // the same without the tweens
	newResponse func(*web.NewResponse) error
	maxBody     int64
	life        *life
	patience    time.Duration // with what a request has started, at its end
	left        leftovers
}

var (
	_ http.Handler = (*App)(nil)
	_ web.Invoker  = (*App)(nil)
)

// newApp assembles an application of what its registry holds, and tells
// ApplicationCreated.
func newApp(reg *registry.Registry) (*App, error) {
	traverser, err := newTraverser(reg)
	if err != nil {
		return nil, err
	}
	app := &App{newResponse: registry.Notifier[*web.NewResponse](reg), maxBody: web.DefaultMaxBody, life: newLife()}
	app.web = web.Application{Registry: reg, Traverser: traverser, Invoker: app}
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

// created tells ApplicationCreated. A panic of a subscriber is its error.
func (a *App) created() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &web.PanicError{Value: v, Stack: debug.Stack()}
		}
		if err != nil {
			err = fmt.Errorf("ApplicationCreated: %w", err)
		}
	}()
	return registry.Notify(a.web.Registry, &web.ApplicationCreated{Registry: a.web.Registry, Handler: a})
}

// Registry gives what the application was built of: components, settings and
// the introspection of everything registered.
func (a *App) Registry() *registry.Registry { return a.web.Registry }

// ServeHTTP answers one request. An error that nothing answered is logged
// and becomes a plain 500 which tells the request id and nothing else. The
// only panic that leaves is http.ErrAbortHandler, by which net/http cuts the
// connection: a response whose body broke after it had begun ends so.
func (a *App) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	r := a.begin(hr)
	var sent web.Sent
	defer func() {
		if sent.Started {
			flushBehind(w, r)
		}
		a.finish(r, hr)
	}()
	resp, err := a.handler(r)
	if err != nil {
		resp = a.unanswered(r, err)
	}
	sent, err = resp.Send(w, r)
	if err != nil && !sent.Started {
		sent, err = a.unanswered(r, err).Send(w, r)
	}
	if err != nil {
		a.broken(r, err)
	}
}

// begin makes the framework's request of hr, with its body limited. The body is replaced in
// a copy of hr, because net/http looks at its own to see whether it was read; package
// server has made that copy already.
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

// around adds to a handler what happens when it has a response: the response
// callbacks, then NewResponse. They see every response and no error.
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

// finish runs the finished callbacks, ends what the request has started, the
// last thing of every request, and removes the files of a multipart form, as the
// server does for its own request.
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

// runFinished runs the finished callbacks; a panic of one is its error.
var runFinished = web.Guard(func(r *web.Request) (*web.Response, error) {
	return nil, web.Drive(r).RunFinishedCallbacks()
})

// unanswered logs the error that left the tweens, and gives the 500 for it. That
// a client has left is no error.
func (a *App) unanswered(r *web.Request, err error) *web.Response {
	if resp, gone := web.Drive(r).ClientGone(err); gone {
		return resp
	}
	event := r.Log().Error()
	if panicked, ok := web.PanicIn(err); ok {
		event = event.Bytes("stack", panicked.Stack)
	}
	event.Err(err).Str("method", r.Method).Str("path", r.URL.Path).Msg("unanswered error")
	resp := web.InternalServerError("").With(err).Response(r)
	resp.SetHeader(web.RequestIDHeader, r.ID()) // no tween saw this response
	return resp
}

// broken ends a response whose body failed while it was written: the client
// must not take the part that it has for the whole.
func (a *App) broken(r *web.Request, err error) {
	if r.Request.Context().Err() == nil && !errors.Is(err, context.Canceled) {
		r.Log().Error().Err(err).Msg("response broke off")
	}
	panic(http.ErrAbortHandler)
}
