package framework_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// The framework awaits coroutines, and an executor calls the other views, a limited number at once.
func ExampleAsync() {
	config := framework.New(framework.Options{})
	config.Include(framework.Async)
	config.AddView(views.Func(func(r *framework.Request) (*async.Future[string], error) {
		return async.Go(r.Context(), func(context.Context) (string, error) { return "a coroutine", nil }), nil
	}), views.Renderer("string"))
	config.AddView(views.Func(func(*framework.Request) (string, error) {
		return "a view that blocks", nil
	}), views.Name("block"), views.Renderer("string"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/", "/block"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Body)
	}
	// Output:
	// a coroutine
	// a view that blocks
}

// A tween writes to a slow log while the request is handled. It is an ordinary tween, and the log
// is written when the request ends.
func Example_asynchronousLogger() {
	slowLog := func(_ context.Context, line string) (int, error) { return fmt.Println("log:", line) }
	logger := tweens.Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			written := async.Go(r.Context(), func(ctx context.Context) (int, error) {
				return slowLog(ctx, r.Method+" "+r.RequestURI)
			})
			resp, err := next(r)
			if _, failed := async.Await(r.Context(), written); failed != nil {
				r.Log().Warn().Err(failed).Msg("the log was not written")
			}
			return resp, err
		}
	})
	config := framework.New(framework.Options{})
	config.AddTween("asynchronous logger", logger)
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("hello"), nil }))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Body)
	// Output:
	// log: GET /
	// hello
}

// A root factory uses a function that returns a future, and a predicate waits.
func Example_waiting() {
	tenant := async.Synchronize(func(ctx context.Context, host string) *async.Future[traversal.Resource] {
		return async.Go(ctx, func(context.Context) (traversal.Resource, error) { return &Document{Title: "of " + host}, nil })
	})
	office := web.NewPredicate("office hours", "office hours", func(r *web.Request) (bool, error) {
		select {
		case <-time.After(time.Millisecond): // stands for a slow check
			return true, nil
		case <-r.Context().Done():
			return false, r.Context().Err()
		}
	})
	config := framework.New(framework.Options{
		Root: func(r *framework.Request) (traversal.Resource, error) { return tenant(r.Context(), r.Host) },
	})
	config.AddView(views.On(func(r *framework.Request, d *Document) (*framework.Response, error) {
		return r.Text(d.Title), nil
	}), office)
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "http://acme.example/", nil))
	fmt.Println(w.Body)
	// Output: of acme.example
}
