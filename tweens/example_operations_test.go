package tweens_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// chain builds one tween around a router, as an application does with config.AddTween(name, tween).
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

// The view waits for longer than its request may take, and does not look at its context.
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
	_ = web.Drive(r).RunFinishedCallbacks() // the App does it: the view is waited for
	// Output: 504
}

// Exports may take a minute, the page of events for ever.
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

// One at a time, and nobody waits: the view's own request for itself is refused.
func ExampleLimit() {
	var app web.Handler
	app = chain("limit", tweens.Limit(1, tweens.LimitOptions{Queue: -1}), func(r *web.Request) (*web.Response, error) {
		second, err := app(web.Begin(nil, httptest.NewRequest("GET", "/", nil)))
		if err != nil {
			return nil, err
		}
		return r.Text(fmt.Sprint("the other one: ", second.Status(), ", again in ", second.Header("Retry-After"), " s")), nil
	})
	resp, err := app(web.Begin(nil, httptest.NewRequest("GET", "/", nil)))
	if err != nil {
		log.Fatal(err)
	}
	body, _ := resp.Body()
	fmt.Println(string(body))
	// Output: the other one: 503, again in 1 s
}

// A browser asks before it sends a PUT from a page of another origin, without saying who is asking. What the application
// itself would answer to OPTIONS tells which methods there are.
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

// slowest remembers the pattern of the request that took longest.
type slowest struct {
	pattern string
	took    time.Duration
}

func (s *slowest) Begin(r *web.Request) context.Context { return r.Context() }

func (s *slowest) End(_ context.Context, o *tweens.Observation) { // a real one guards this by a mutex
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
