package framework_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Document is a resource.
type Document struct{ Title string }

// A whole application: a tree, a view for a type, a named view, an error view.
func Example() {
	site := traversal.Map{"reports": traversal.Map{"q3": &Document{"Third quarter"}}}
	config := framework.New(framework.Options{
		Root: func(*framework.Request) (traversal.Resource, error) { return site, nil },
	})
	config.AddView(views.On(func(r *framework.Request, d *Document) (*framework.Response, error) {
		return r.Text(d.Title), nil
	}))
	config.AddView(views.On(func(_ *framework.Request, d *Document) (*Document, error) { return d, nil }), views.Name("json"))
	config.AddNotFoundView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Text("nothing at " + r.URL.Path)
		resp.SetStatus(http.StatusNotFound)
		return resp, nil
	}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/reports/q3", "/reports/q3/json", "/reports/q4"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 Third quarter
	// 200 {"Title":"Third quarter"}
	// 404 nothing at /reports/q4
}

// A forbidden view asks clients without a user to log in, and refuses the others. A 401 has a
// challenge, which says how to log in (RFC 9110 11.6.1).
func ExampleConfigurator_AddForbiddenView() {
	config := framework.New(framework.Options{Security: frameworktest.Policy{"alice": {"edit"}}})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("welcome"), nil
	}), views.Permission("edit"))
	config.AddForbiddenView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		user, err := r.UserID()
		if err != nil {
			return nil, err
		}
		if user == "" {
			return web.Unauthorized(`Basic realm="wiki"`).Response(r), nil
		}
		return r.Text("not for " + user), nil // 403
	}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, user := range []string{"", "bob", "alice"} {
		hr, err := app.ActAs(httptest.NewRequest("GET", "/", nil), user)
		if err != nil {
			fmt.Println(err)
			return
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		fmt.Println(w.Code, w.Header().Values("WWW-Authenticate"))
	}
	// Output:
	// 401 [Basic realm="wiki"]
	// 403 []
	// 200 []
}

// What an application registers itself overrides what it includes. Two included functions that
// register the same thing conflict.
func ExampleConfigurator_Include() {
	news := func(c *framework.Configurator) error {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("news"), nil }), views.Name("news"))
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("the news' front page"), nil }))
		return nil
	}
	config := framework.New(framework.Options{})
	config.Include(news, framework.As("news")) // a package-level function needs no name
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("my front page"), nil }))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/", "/news"} {
		resp, err := app.Do(httptest.NewRequest("GET", path, nil))
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := resp.Body()
		fmt.Printf("%s\n", body)
	}
	// Output:
	// my front page
	// news
}

// App reports everything that is wrong at once.
func ExampleConfigurator_App_errors() {
	config := framework.New(framework.Options{})
	hello := views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("hello"), nil })
	config.At(registry.Source{File: "app/views.go", Line: 41}).AddView(hello, views.Name("edit"))
	config.At(registry.Source{File: "admin/include.go", Line: 17}).AddView(hello, views.Name("edit"))
	config.At(registry.Source{File: "app/main.go", Line: 12}).AddTween("log", tweens.Wrap(nil))
	_, err := config.App()
	var all *registry.Errors
	if errors.As(err, &all) {
		fmt.Println(len(all.Unwrap()), "errors")
	}
	// Output:
	// 2 errors
}

// A subscriber sees every request before it is routed.
func ExampleConfigurator_subscriber() {
	config := framework.New(framework.Options{})
	registry.Subscribe(config, func(e *web.NewRequest) error {
		fmt.Println("request for", e.Request.URL.Path)
		return nil
	}, web.Where[*web.NewRequest](views.Method("GET")))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/a", nil))
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/b", nil))
	// Output:
	// request for /a
}
