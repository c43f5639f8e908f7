package routes_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Routes are tried in the order of their declaration; one whose predicates do not hold is skipped.
func Example() {
	c := registry.New(registry.Options{})
	routes.Add(c, "new", "/users/new")
	routes.Add(c, "save", "/users/{id}", views.Method("POST"))
	routes.Add(c, "user", `/users/{id:\d+}`)
	routes.Add(c, "picture", "/users/{id}.{kind}")
	routes.Add(c, "file", "/files/*path")
	reg, err := c.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	table := routes.TableOf(reg)
	for _, path := range []string{"/users/new", "/users/7", "/users/7.png", "/files/a%2Fb/c", "/nowhere"} {
		r := request(path)
		route, err := table.Match(r)
		switch {
		case err != nil:
			fmt.Println(err)
		case route == nil:
			fmt.Println(path, "matches no route")
		default:
			fmt.Printf("%s: %s %q\n", path, route.Name, r.Match().Params())
		}
	}
	// Output:
	// /users/new: new []
	// /users/7: user [{"id" "7" []}]
	// /users/7.png: picture [{"id" "7" []} {"kind" "png" []}]
	// /files/a%2Fb/c: file [{"path" "" ["a/b" "c"]}]
	// /nowhere matches no route
}

// Explain returns each route that was tried, and why it did not match.
func ExampleTable_Explain() {
	c := registry.New(registry.Options{})
	routes.Add(c, "save", "/users/{id}", views.Method("POST"))
	routes.Add(c, "number", `/users/{id:\d+}`)
	routes.Add(c, "user", "/users/{name}")
	reg, err := c.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, attempt := range routes.TableOf(reg).Explain(request("/users/ann")) {
		fmt.Println(attempt)
	}
	// Output:
	// route "save" /users/{id}: predicate method="POST" does not hold
	// route "number" /users/{id:\d+}: "ann" does not match "{id:\d+}"
	// route "user" /users/{name}: matched
}

// A mistake in a pattern is reported with its offset.
func ExamplePatternError() {
	c := registry.New(registry.Options{})
	routes.Add(c.At(registry.Source{File: "app.go", Line: 7}), "archive", "/blog/{year}/{year}")
	_, err := c.Build()
	fmt.Println(err)
	if mistake, ok := errors.AsType[*routes.PatternError](err); ok {
		fmt.Println(mistake.Offset)
	}
	// Output:
	// app.go:7: route "archive": pattern "/blog/{year}/{year}", offset 13: duplicate marker "year"
	// 13
}

// A route generates URLs that match it again.
func Example_urls() {
	config := registry.New(registry.Options{})
	routes.Add(config, "article", `/blog/{year:\d{4}}/{slug}`)
	routes.Add(config, "file", "/files/*path")
	routes.Add(config, "avatar", "https://cdn.example.org/avatars/{user}")
	reg, err := config.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	app := &web.Application{Registry: reg, URLs: routes.TableOf(reg)} // the framework does this
	r := web.Begin(app, httptest.NewRequest(http.MethodGet, "http://example.com/", nil))
	for _, url := range []func() (string, error){
		func() (string, error) {
			return r.RouteURL("article", web.With("year", 2024), web.With("slug", "to be/or not"), web.Query("page", 2))
		},
		func() (string, error) { return r.RoutePath("file", web.With("path", []string{"a b", "c.txt"})) },
		func() (string, error) { return r.RouteURL("avatar", web.With("user", 7)) },
		func() (string, error) { return r.RouteURL("artikel") },
	} {
		fmt.Println(url())
	}
	// Output:
	// http://example.com/blog/2024/to%20be%2For%20not?page=2 <nil>
	// /files/a%20b/c.txt <nil>
	// https://cdn.example.org/avatars/7 <nil>
	//  url of route "artikel": no such route: did you mean "article"?
}
