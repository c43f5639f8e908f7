package frameworktest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
)

// T is what this package needs of a test. *testing.T and *testing.B implement it.
type T interface {
	Helper()
	// Log records a text, which go test prints if the test fails or with -v.
	Log(args ...any)
	// Fatalf reports a failure and does not return.
	Fatalf(format string, args ...any)
	// Context returns the context of the requests.
	Context() context.Context
}

// App is an application under test. It handles requests without a server, on the caller's
// goroutine. It is safe for concurrent use, as far as T is.
type App struct {
	*framework.App
	t      T
	events *events
}

var _ http.Handler = (*App)(nil)

// New builds the application that config declares and records its events. If the configuration has
// errors, New ends the test with all of them. It logs each warning of the build (registry.Warning)
// to t; a test that accepts no warning checks Registry().Warnings().
//
// In an application that recycles requests, it makes one that is used after its end panic with a
// web.EndedError: see framework.Configurator.PoisonRecycledRequests.
func New(t T, config *framework.Configurator) *App {
	t.Helper()
	recorded := record(config)
	config.PoisonRecycledRequests()
	config.OnWarning(func(w registry.Warning) { t.Log("warning: " + w.String()) })
	app, err := config.App()
	if err != nil {
		t.Fatalf("configuration:\n%v", err)
	}
	return &App{App: app, t: t, events: recorded}
}

// In returns the same application for a subtest: a failed check then ends the subtest alone.
func (a *App) In(t T) *App {
	in := *a
	in.t = t
	return &in
}

// Get sends a GET request for target, a path with an optional query.
func (a *App) Get(target string, options ...RequestOption) *Response {
	a.t.Helper()
	return a.Request(http.MethodGet, target, options...)
}

// Post sends a POST request. Form, File, JSON and Body set its body.
func (a *App) Post(target string, options ...RequestOption) *Response {
	a.t.Helper()
	return a.Request(http.MethodPost, target, options...)
}

// Request sends a request with any method. Its host is the Host of the application, or example.com
// if it has none; the option Header, or a target such as http://example.org/, sets another.
func (a *App) Request(method, target string, options ...RequestOption) *Response {
	a.t.Helper()
	return a.Send(a.build(method, target, options))
}

// build builds the request of Request.
func (a *App) build(method, target string, options []RequestOption) *http.Request {
	a.t.Helper()
	r, invalid := newRequest(a.t.Context(), method, target)
	if invalid != nil {
		a.t.Fatalf("%s %q: %v: want a method and a path such as /wiki/Front?edit=1; build any other request yourself, and use App.Send",
			method, target, invalid)
	}
	if host := a.Host(); host != "" && strings.HasPrefix(target, "/") {
		r.Host = host
	}
	for _, option := range options {
		option(a.t, r)
	}
	return r
}

// newRequest builds a request. invalid is the value that httptest panics with if the method or the
// target is invalid, otherwise nil.
func newRequest(ctx context.Context, method, target string) (r *http.Request, invalid any) {
	defer func() { invalid = recover() }()
	return httptest.NewRequestWithContext(ctx, method, target, http.NoBody), nil
}

// Send sends a request that was built elsewhere.
func (a *App) Send(r *http.Request) *Response {
	a.t.Helper()
	r = a.acting(r)
	var handled handledError
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), handledKey{}, &handled)))
	result := w.Result()
	return &Response{
		t: a.t, app: a, request: r, err: handled.get(),
		Code: result.StatusCode, Header: result.Header, Body: w.Body.String(),
	}
}

// acting returns the request as that of its user: see As.
func (a *App) acting(r *http.Request) *http.Request {
	a.t.Helper()
	user, ok := r.Context().Value(userKey{}).(string)
	if !ok {
		return r
	}
	as, err := a.ActAs(r, user)
	if err != nil {
		a.t.Fatalf("frameworktest.As: %v", err)
	}
	return as
}

// Events returns the names of the events so far, in order: ApplicationCreated, then for each
// request NewRequest, BeforeTraversal, ResourceFound, BeforeRender and NewResponse.
func (a *App) Events() []string { return a.events.all() }
