package frameworktest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mastaba-go/mastaba/framework"
)

// App is an application under test: it answers without a server, on the
// caller's goroutine. Requests may be made by many goroutines at once.
type App struct {
	*framework.App
	t      testing.TB
	events *events
}

var _ http.Handler = (*App)(nil)

// New builds the application that config declares, and ends the test with
// the whole report if that is wrong. Events are recorded from then on.
func New(t testing.TB, config *framework.Configurator) *App {
	t.Helper()
	recorded := record(config)
	app, err := config.App()
	if err != nil {
		t.Fatalf("configuration:\n%v", err)
	}
	return &App{App: app, t: t, events: recorded}
}

// In gives the same application for a subtest, which then ends alone when an
// answer is not what it asks for.
func (a *App) In(t testing.TB) *App {
	in := *a
	in.t = t
	return &in
}

// Get makes a GET request for target, a path with an optional query.
func (a *App) Get(target string, options ...RequestOption) *Answer {
	a.t.Helper()
	return a.Request(http.MethodGet, target, options...)
}

// Post makes a POST request; give it a body by Form, JSON or Body.
func (a *App) Post(target string, options ...RequestOption) *Answer {
	a.t.Helper()
	return a.Request(http.MethodPost, target, options...)
}

// Request makes a request with any method.
func (a *App) Request(method, target string, options ...RequestOption) *Answer {
	a.t.Helper()
	var b builder
	b.header = http.Header{}
	for _, option := range options {
		option(a.t, &b)
	}
	r := httptest.NewRequestWithContext(a.t.Context(), method, target, b.body)
	for name, values := range b.header {
		r.Header[name] = values
	}
	if host := b.header.Get("Host"); host != "" {
		r.Host = host
	}
	return a.Send(r)
}

// Send makes a request that was built elsewhere.
func (a *App) Send(r *http.Request) *Answer {
	a.t.Helper()
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	result := w.Result()
	return &Answer{t: a.t, request: r, Code: result.StatusCode, Header: result.Header, Text: w.Body.String()}
}

// Events gives the names of the events so far, in order: NewRequest,
// BeforeTraversal, ResourceFound, BeforeRender, NewResponse, and
// ApplicationCreated before them.
func (a *App) Events() []string { return a.events.all() }

// RequestOption changes a request before it is made.
type RequestOption func(t testing.TB, b *builder)

// builder is a request in the making.
type builder struct {
	header http.Header
	body   io.Reader
}

// Header adds a header. "Host" sets the host of the request.
func Header(name, value string) RequestOption {
	return func(_ testing.TB, b *builder) { b.header.Add(name, value) }
}

// As makes the request in the name of a user, whom a Policy believes.
func As(user string) RequestOption { return Header(userHeader, user) }

// Body sends a body of a media type.
func Body(contentType, text string) RequestOption {
	return func(_ testing.TB, b *builder) {
		b.header.Set("Content-Type", contentType)
		b.body = strings.NewReader(text)
	}
}

// Form sends name, value, name, value … as a form.
func Form(pairs ...string) RequestOption {
	return func(t testing.TB, b *builder) {
		t.Helper()
		if len(pairs)%2 != 0 {
			t.Fatalf("frameworktest.Form takes names and values in turn, not %d texts", len(pairs))
		}
		form := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			form.Add(pairs[i], pairs[i+1])
		}
		Body("application/x-www-form-urlencoded", form.Encode())(t, b)
	}
}
