package conditional_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/conditional"
	"github.com/mastaba-go/mastaba/views/web"
)

// Note is a resource that counts its changes.
type Note struct {
	Text  string
	Edits int
}

// Version is another text after each change.
func (n *Note) Version(context.Context) (string, error) { return strconv.Itoa(n.Edits), nil }

func Example() {
	note := &Note{Text: "first"}
	config := framework.New(framework.Options{
		Root: func(*web.Request) (traversal.Resource, error) { return note, nil },
	})
	config.AddView(views.On(func(r *web.Request, n *Note) (*web.Response, error) {
		return r.Text(n.Text), nil
	}), views.Method("GET"), conditional.Check(conditional.Options{}))
	config.AddView(views.On(func(r *web.Request, n *Note) (*web.Response, error) {
		n.Text, n.Edits = r.URL.Query().Get("text"), n.Edits+1
		return r.Empty(http.StatusNoContent), nil
	}), views.Method("PUT"), conditional.Check(conditional.Options{Require: true}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	send := func(method, target, name, value string) {
		hr := httptest.NewRequest(method, target, nil)
		hr.Header.Set(name, value)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		fmt.Printf("%s %s: %s -> %d\n", method, name, value, w.Code)
	}
	send("GET", "/", "If-None-Match", `"none"`)
	send("GET", "/", "If-None-Match", `"0"`)
	send("PUT", "/?text=second", "If-Match", `"0"`)
	send("PUT", "/?text=third", "If-Match", `"0"`)
	send("GET", "/", "If-None-Match", `"0"`)
	// Output:
	// GET If-None-Match: "none" -> 200
	// GET If-None-Match: "0" -> 304
	// PUT If-Match: "0" -> 204
	// PUT If-Match: "0" -> 412
	// GET If-None-Match: "0" -> 200
}

func ExampleFor() {
	// A *url.URL is of another package, and has no version: its text is one.
	config := framework.New(framework.Options{
		Root: func(*web.Request) (traversal.Resource, error) { return url.Parse("https://example.com/") },
	})
	conditional.For(config, func(_ context.Context, u *url.URL) (conditional.State, error) {
		return conditional.State{Version: u.String()}, nil
	})
	config.AddView(views.On(func(r *web.Request, u *url.URL) (*web.Response, error) {
		return r.Text(u.Host), nil
	}), conditional.Check(conditional.Options{}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Code, w.Body, w.Header().Get("ETag"))
	// Output: 200 example.com "~DxFdsGK3wN0DCxaH"
}
