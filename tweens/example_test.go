package tweens_test

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// A tween that protects an application from being framed by others.
func ExampleWrap() {
	deny := tweens.Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			resp, err := next(r)
			if err == nil {
				resp.SetHeader("X-Frame-Options", "DENY")
			}
			return resp, err
		}
	})

	config := registry.New(registry.Options{}) // an application calls framework.New, and config.AddTween
	tweens.Add(config, "no frames", deny)
	reg, err := config.Build()
	if err != nil {
		log.Fatal(err)
	}
	app, err := tweens.Chain(reg, func(r *web.Request) (*web.Response, error) { return r.Text("hello"), nil })
	if err != nil {
		log.Fatal(err)
	}
	resp, err := app(web.Begin(nil, httptest.NewRequest("GET", "/", nil)))
	fmt.Println(resp.Status(), resp.Header("X-Frame-Options"), err)
	// Output: 200 DENY <nil>
}

// The transaction sees errors as errors, for it is inside of ExcView, and rolls back. The session needs the transaction only
// if there is one; without it, it is content to be over the router.
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

// An extension adds its tween like a built-in directive: the place that is reported is that of its caller.
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

// Middleware of net/http lies between tweens: what it wraps is the rest of the chain.
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

// ErrorViews is for assembling a chain without the framework.
func ExampleErrorViews() {
	answer := func(r *web.Request, err error) (*web.Response, bool, error) {
		resp := r.Text("sorry: " + err.Error())
		resp.SetStatus(http.StatusInternalServerError)
		return resp, true, nil
	}

	config := registry.New(registry.Options{})
	tweens.Add(config, tweens.ExcView, tweens.ErrorViews(answer))
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
