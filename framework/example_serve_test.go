package framework_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// A program serves until it receives SIGTERM or SIGINT. Here, its context ends after one request.
func ExampleServe() {
	silent := zerolog.Nop()
	config := framework.New(framework.Options{Logger: &silent})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("hello"), nil }))
	config.OnStart(func(context.Context, *framework.App) error {
		fmt.Println("open what is needed")
		return nil
	})
	config.OnStop(func(context.Context, *framework.App) error {
		fmt.Println("close it")
		return nil
	})
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	err = framework.Serve(ctx, app, server.Options{
		Addr:         "127.0.0.1:0",
		Health:       true,
		DrainTimeout: 15 * time.Second,
		Started: func(addr net.Addr) {
			go func() { // a client
				defer cancel()
				resp, err := http.Get("http://" + addr.String())
				if err != nil {
					fmt.Println(err)
					return
				}
				defer func() { _ = resp.Body.Close() }()
				text, err := io.ReadAll(resp.Body)
				fmt.Println(resp.Status, string(text), err)
			}()
		},
	})
	fmt.Println("served:", err)
	// Output:
	// open what is needed
	// 200 OK hello <nil>
	// close it
	// served: <nil>
}

// A job works on the resource tree as a view does.
func ExampleApp_Prepare() {
	site := traversal.Map{"reports": traversal.Map{"q3": &Document{"Third quarter"}}}
	config := framework.New(framework.Options{
		Root: func(*framework.Request) (traversal.Resource, error) { return site, nil },
	})
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	r, done, err := app.Prepare(context.Background(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() {
		if err := done(); err != nil {
			fmt.Println(err)
		}
	}()
	found, err := r.Traverser().Find(r.Context(), r.Node(), "reports/q3")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found.Resource().(*Document).Title)
	// Output:
	// Third quarter
}

// Bodies may have 10 MiB unless the application, a route or a view sets another limit.
func ExampleOptions_bodies() {
	config := framework.New(framework.Options{MaxBody: 64 << 10})
	count := func(r *framework.Request) (int64, error) { return io.Copy(io.Discard, r.Body) }
	config.AddView(views.Func(count), views.Name("note"))
	config.AddView(views.Func(count), views.Name("photo"), views.BodyLimit(1<<20))
	config.AddRoute("backup", "/backup", routes.BodyLimit(-1))
	config.AddView(views.Func(count), views.Route("backup"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/note", "/photo", "/backup"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("POST", path, strings.NewReader(strings.Repeat("x", 100<<10))))
		fmt.Println(path, w.Code)
	}
	// Output:
	// /note 413
	// /photo 200
	// /backup 200
}

// A stream ends when the server starts to drain, so that its client can connect elsewhere.
func ExampleRequest_draining() {
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Response()
		resp.SetContentType("text/event-stream")
		resp.SetStream(func(w web.StreamWriter) error {
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					if _, err := fmt.Fprint(w, "data: tick\n\n"); err != nil {
						return err
					}
					if err := w.Flush(); err != nil {
						return err
					}
				case <-r.Draining():
					_, err := fmt.Fprint(w, "data: goodbye\n\n")
					return err
				case <-r.Context().Done():
					return r.Context().Err()
				}
			}
		})
		return resp, nil
	}), views.Name("events"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	time.AfterFunc(20*time.Millisecond, func() { _ = app.Shutdown(context.Background()) })
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/events", nil))
	fmt.Println(strings.HasSuffix(w.Body.String(), "data: goodbye\n\n"))
	// Output:
	// true
}
