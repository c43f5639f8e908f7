package framework

import (
	"fmt"
	"net/http"
	"slices"
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
	answer      *answer     // the tweens around the router, and what comes after them
	handler     web.Handler // the same, with panics as errors
	bare        web.Handler // the same without the tweens
	newResponse func(*web.NewResponse) error
	maxBody     int64
	interim     bool // tweens may send informational responses
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
	app.web.Sessions, _ = registry.Lookup[web.SessionFactory](reg)
	app.web.StaticURLs, _ = registry.Lookup[web.StaticURLs](reg)
	app.web.Localizers, _ = registry.Lookup[web.Localizers](reg)
	if limit, ok := registry.Lookup[formLimit](reg); ok {
		app.web.MaxForm = int64(limit)
	}
	if table := routes.TableOf(reg); table != nil {
		app.web.URLs = table
	}
	if limit, ok := registry.Lookup[bodyLimit](reg); ok && limit != 0 {
		app.maxBody = int64(limit)
	}
	if set, ok := registry.Lookup[pathValues](reg); ok {
		app.web.PathValues = bool(set)
	}
	_, app.web.Development = registry.Lookup[development](reg)
	if set, ok := registry.Lookup[recycleRequests](reg); ok {
		app.web.Recycle = bool(set)
	}
	_, app.web.Poison = registry.Lookup[poisonRequests](reg)
	app.limitScopes(reg)
	app.router = newRouter(reg, traverser)
	app.web.Walks = app.router.root != nil || len(app.router.routes.Routes()) == 0
	for _, route := range app.router.routes.Routes() {
		app.router.table.Bind(route.Routed())
		app.web.Walks = app.web.Walks || route.Root != nil
	}
	router := app.router.handler()
	innermost, allowed := router, allowedHosts(reg)
	if allowed != nil {
		innermost = refuseForeignHosts(innermost)
	}
	chain, err := tweens.Split(reg, innermost)
	if err != nil {
		return nil, err
	}
	if allowed != nil {
		chain = tweens.Parts{Whole: guardHosts(allowed, chain.Whole)}
	}
	app.interim = tweens.Interim(reg)
	whole := app.answering(chain.Whole, outerTweens(reg))
	if app.answer = whole; chain.OnError != nil {
		inner := *whole
		inner.handler, inner.onError = chain.Inner, chain.OnError
		app.answer = &inner
	}
	app.handler, app.bare = web.Guard(whole.handle), web.Guard(app.answering(router, "the router").handle)
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

// ServeHTTP handles one request. An error that leaves the tweens, or that comes up in a response
// callback, a NewResponse subscriber or a stream before its first byte, becomes a response too:
// that of its status, or else a 500 that contains the request id and nothing else. It is logged if
// it has no status, or one of 500 or more. Response callbacks run on this response, and NewResponse
// sees it.
//
// For net/http middleware around the App, hr has the pattern of the route as its Pattern before the
// response is sent, as http.ServeMux sets it, and Options.PathValues says whether it has path
// values. A request that no route matched keeps the pattern of an outer mux.
//
// A response that fails after its header was sent ends with the panic http.ErrAbortHandler, so that
// net/http closes the connection; no other panic leaves ServeHTTP.
func (a *App) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	x := exchange{app: a, w: w, hr: hr, r: a.begin(hr, a.web.Recycle)}
	if a.interim {
		web.Drive(x.r).SetInterim(w)
	}
	defer func() {
		if x.at != over { // seldom
			x.cutShort(recover())
		}
	}()
	if a.answer.onError != nil {
		web.Drive(x.r).SetErrorsHandled()
	}
	resp, err := a.answer.handler(x.r)
	if a.answer.isOpen(x.r, resp, err) { // seldom
		x.at = completing
		resp, err = a.answer.complete(x.r, resp, err)
	}
	x.conclude(resp, err)
}

// begin returns the framework's request for hr, with its body limited. It replaces the body in a
// copy of hr, because net/http looks at its own to see whether it was read; package server has made
// that copy already. A recycled request may use the memory of an earlier one.
func (a *App) begin(hr *http.Request, recycled bool) *web.Request {
	if hr.Body == nil || hr.Body == http.NoBody {
		if recycled {
			return web.BeginRecycled(&a.web, hr)
		}
		return web.Begin(&a.web, hr)
	}
	begin := web.Begin
	if recycled {
		begin = web.BeginRecycled
	}
	own := hr
	if _, private := hr.Body.(interface{ PrivateRequest() }); !private {
		own = new(http.Request)
		*own = *hr
	}
	r := begin(&a.web, own)
	web.Drive(r).LimitBody(a.maxBody)
	return r
}

// outerTweens describes the tweens outside ExcView, any of which may have broken the contract of a
// handler: ExcView checks that of the inner ones.
func outerTweens(reg *registry.Registry) string {
	names := tweens.Names(reg)
	if at := slices.Index(names, tweens.ExcView); at >= 0 {
		names = names[:at]
	}
	if len(names) == 0 {
		return "the router"
	}
	text := fmt.Sprintf("tween %q", names[0])
	for _, name := range names[1:] {
		text += fmt.Sprintf(" or %q", name)
	}
	return text
}
