package tweens_test

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// A tween that forbids other sites from showing the application in a frame. It sets the header in a
// response callback, so that every response has it, also the 500 for an error that no view handles.
func ExampleWrap() {
	deny := tweens.Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			r.AddResponseCallback(func(_ *web.Request, resp *web.Response) error {
				resp.SetHeader("X-Frame-Options", "DENY")
				return nil
			})
			return next(r)
		}
	})

	nop := zerolog.Nop()
	config := framework.New(framework.Options{Logger: &nop})
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("hello"), nil }))
	config.AddView(views.Func(func(*web.Request) (any, error) { return nil, errors.New("broken") }), views.Name("broken"))
	config.AddTween("no frames", deny)
	app, err := config.App()
	if err != nil {
		log.Fatal(err)
	}
	for _, path := range []string{"/", "/broken", "/missing"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(path, w.Code, w.Header().Get("X-Frame-Options"))
	}
	// Output:
	// / 200 DENY
	// /broken 500 DENY
	// /missing 404 DENY
}

// The transaction is under ExcView, so that it sees errors as errors and can roll back. The session
// is over the transaction if there is one, and over the router otherwise.
func ExampleAdd() {
	noop := tweens.Wrap(func(next web.Handler) web.Handler { return next })

	config := registry.New(registry.Options{})
	tweens.Add(config, "session", noop, tweens.Under(tweens.ExcView), tweens.Over("transaction", tweens.Main))
	tweens.Add(config, "transaction", noop, tweens.Under(tweens.ExcView))
	tweens.Add(config, "log", tweens.AccessLog(tweens.AccessLogOptions{}))
	reg, err := config.Build()
	fmt.Println(tweens.Names(reg), err)
	// Output: [log EXCVIEW session transaction] <nil>
}

// An extension adds its tween like a built-in directive: errors name the source location of its
// caller.
func ExampleAdd_extension() {
	addMetrics := func(rec registry.Recorder) {
		c := rec.Directive()
		tweens.Add(c, "acme metrics", tweens.Wrap(func(next web.Handler) web.Handler { return next }), tweens.Under("acme"))
	}

	config := registry.New(registry.Options{})
	addMetrics(config.At(registry.Source{File: "app.go", Line: 12})) // an application just calls acme.AddMetrics(config)
	_, err := config.Build()
	fmt.Println(err)
	// Output: app.go:12: tween "acme metrics" wants to be under "acme", which is not registered (have: EXCVIEW)
}

func ExampleSetOrder() {
	noop := tweens.Wrap(func(next web.Handler) web.Handler { return next })

	config := registry.New(registry.Options{})
	tweens.Add(config, "a", noop)
	tweens.Add(config, "b", noop)
	tweens.Add(config, "unused", noop)
	tweens.SetOrder(config, "a", tweens.ExcView, "b")
	reg, err := config.Build()
	fmt.Println(tweens.Names(reg), err)
	// Output: [a EXCVIEW b] <nil>
}

// Middleware of net/http works between tweens: its next handler is the rest of the chain.
func ExampleFromMiddleware() {
	maintenance := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Staff") == "" {
				http.Error(w, "back at noon", http.StatusServiceUnavailable)
				return
			}
			next.ServeHTTP(w, r)
		})
	}

	config := registry.New(registry.Options{})
	tweens.Add(config, "maintenance", tweens.FromMiddleware(maintenance))
	reg, err := config.Build()
	if err != nil {
		log.Fatal(err)
	}
	app, err := tweens.Chain(reg, func(r *web.Request) (*web.Response, error) { return r.Text("hello"), nil })
	if err != nil {
		log.Fatal(err)
	}
	for _, staff := range []string{"", "yes"} {
		hr := httptest.NewRequest("GET", "/", nil)
		hr.Header.Set("X-Staff", staff)
		r := web.Begin(nil, hr)
		resp, err := app(r)
		if err != nil {
			log.Fatal(err)
		}
		body, _ := resp.Body()
		fmt.Println(resp.Status(), string(body))
		_ = web.Drive(r).RunFinishedCallbacks() // the App does it
	}
	// Output:
	// 503 back at noon
	//
	// 200 hello
}

// Without the framework, ErrorViews replaces the built-in ExcView.
func ExampleErrorViews() {
	handle := func(r *web.Request, err error) (*web.Response, bool, error) {
		resp := r.Text("sorry: " + err.Error())
		resp.SetStatus(http.StatusInternalServerError)
		return resp, true, nil
	}

	config := registry.New(registry.Options{})
	tweens.Add(config, tweens.ExcView, tweens.ErrorViews(handle))
	reg, err := config.Build()
	if err != nil {
		log.Fatal(err)
	}
	app, err := tweens.Chain(reg, func(*web.Request) (*web.Response, error) { return nil, errors.New("no disk") })
	if err != nil {
		log.Fatal(err)
	}
	resp, err := app(web.Begin(nil, httptest.NewRequest("GET", "/", nil)))
	body, _ := resp.Body()
	fmt.Println(resp.Status(), string(body), err)
	// Output: 500 sorry: no disk <nil>
}

// chain returns a router with one tween around it, as config.AddTween(name, tween) of an
// application does.
func chain(name string, tween tweens.Factory, router web.Handler) web.Handler {
	config := registry.New(registry.Options{})
	tweens.Add(config, name, tween)
	reg, err := config.Build()
	if err != nil {
		log.Fatal(err)
	}
	app, err := tweens.Chain(reg, router)
	if err != nil {
		log.Fatal(err)
	}
	return app
}

// The view takes longer than its request may take, and ignores its context.
func ExampleTimeout() {
	app := chain("timeout", tweens.Timeout(10*time.Millisecond, tweens.TimeoutOptions{}), func(r *web.Request) (*web.Response, error) {
		time.Sleep(30 * time.Millisecond)
		return r.Text("at last"), nil
	})
	r := web.Begin(nil, httptest.NewRequest("GET", "/", nil))
	resp, err := app(r)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Status())
	_ = web.Drive(r).RunFinishedCallbacks() // the App does it, and waits for the view
	// Output: 504
}

// Exports may take a minute, event streams have no limit.
func ExampleTimeoutOptions() {
	options := tweens.TimeoutOptions{
		For: func(r *web.Request, after time.Duration) time.Duration {
			switch {
			case strings.HasPrefix(r.URL.Path, "/exports/"):
				return time.Minute
			case r.URL.Path == "/events":
				return 0
			}
			return after
		},
	}
	_ = tweens.Timeout(10*time.Second, options)
	for _, path := range []string{"/", "/exports/all", "/events"} {
		fmt.Println(path, options.For(web.Begin(nil, httptest.NewRequest("GET", path, nil)), 10*time.Second))
	}
	// Output:
	// / 10s
	// /exports/all 1m0s
	// /events 0s
}

// One at a time, without a queue: the request that the view sends to itself is refused.
func ExampleLimit() {
	var app web.Handler
	app = chain("limit", tweens.Limit(1, tweens.LimitOptions{Queue: -1}), func(r *web.Request) (*web.Response, error) {
		second, err := app(web.Begin(nil, httptest.NewRequest("GET", "/", nil)))
		if err != nil {
			return nil, err
		}
		return r.Text(fmt.Sprint("status ", second.Status(), ", retry after ", second.Header("Retry-After"), " s")), nil
	})
	resp, err := app(web.Begin(nil, httptest.NewRequest("GET", "/", nil)))
	if err != nil {
		log.Fatal(err)
	}
	body, _ := resp.Body()
	fmt.Println(string(body))
	// Output: status 503, retry after 1 s
}

// Before a browser sends a PUT from a page of another origin, it sends a preflight, without
// credentials. The allowed methods are those of the application's own response to OPTIONS.
func ExampleCORS() {
	options := tweens.CORSOptions{Origins: []string{"https://*.example.org"}, Credentials: true}
	app := chain("cors", tweens.CORS(options), func(*web.Request) (*web.Response, error) {
		return nil, web.MethodNotAllowed("GET", "PUT")
	})
	for _, origin := range []string{"https://shop.example.org", "https://evil.example"} {
		hr := httptest.NewRequest("OPTIONS", "/", nil)
		hr.Header.Set("Origin", origin)
		hr.Header.Set("Access-Control-Request-Method", "PUT")
		resp, err := app(web.Begin(nil, hr))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%d %q %q\n", resp.Status(), resp.Header("Access-Control-Allow-Origin"), resp.Header("Access-Control-Allow-Methods"))
	}
	// Output:
	// 204 "https://shop.example.org" "GET, PUT"
	// 403 "" ""
}

// A page with an inline script, which the policy allows by the nonce of the request.
func ExampleSecurityHeaders() {
	page := template.Must(template.New("page").Parse("<!doctype html><script nonce=\"{{.}}\">start()</script>"))
	options := tweens.SecurityHeadersOptions{CSP: tweens.DefaultCSP(), FrameAncestors: []string{"'self'"}}
	options.CSP["script-src"] = []string{"'self'", tweens.Nonce}
	app := chain("security headers", tweens.SecurityHeaders(options), func(r *web.Request) (*web.Response, error) {
		var text strings.Builder
		err := page.Execute(&text, tweens.CSPNonce(r))
		return r.HTML(text.String()), err
	})
	r := web.Begin(nil, httptest.NewRequest("GET", "/", nil))
	resp, err := app(r)
	if err != nil {
		log.Fatal(err)
	}
	body, _ := resp.Body()
	for _, text := range []string{string(body), resp.Header("Content-Security-Policy"), resp.Header("X-Frame-Options")} {
		fmt.Println(strings.ReplaceAll(text, tweens.CSPNonce(r), "NONCE"))
	}
	// Output:
	// <!doctype html><script nonce="NONCE">start()</script>
	// default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; object-src 'none'; script-src 'self' 'nonce-NONCE'
	// SAMEORIGIN
}

func ExampleCompress() {
	app := chain("compress", tweens.Compress(tweens.CompressOptions{}), func(r *web.Request) (*web.Response, error) {
		resp := r.Text(strings.Repeat("all work and no play ", 1000))
		resp.SetHeader("ETag", `"draft"`)
		return resp, nil
	})
	hr := httptest.NewRequest("GET", "/", nil)
	hr.Header.Set("Accept-Encoding", "gzip, deflate, br")
	resp, err := app(web.Begin(nil, hr))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Header("Content-Encoding"), resp.Header("Vary"), resp.Header("ETag"), resp.Size() < 21_000/50)
	// Output: gzip Accept-Encoding "draft-gzip" true
}

// slowest keeps the pattern of the request that took longest.
type slowest struct {
	pattern string
	took    time.Duration
}

func (s *slowest) Begin(r *web.Request) context.Context { return r.Context() }

func (s *slowest) End(_ context.Context, o *tweens.Observation) { // a real one needs a mutex
	if o.Duration > s.took {
		s.pattern, s.took = o.Pattern, o.Duration
	}
}

func ExampleObserve() {
	var s slowest
	app := chain("slowest", tweens.Observe(&s), func(r *web.Request) (*web.Response, error) {
		web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "page", Pattern: "/pages/{name}"})) // the router does it
		return r.Text("hello"), nil
	})
	r := web.Begin(nil, httptest.NewRequest("GET", "/pages/front", nil))
	if _, err := app(r); err != nil {
		log.Fatal(err)
	}
	_ = web.Drive(r).RunFinishedCallbacks() // the App does it
	fmt.Println(s.pattern)
	// Output: /pages/{name}
}
