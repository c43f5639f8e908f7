package routes_test

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
)

// Routes are tried in the order of their declaration; one whose predicates do
// not hold lets the next one try.
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

// Explain tells what became of each route that was tried.
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
	// route "number" /users/{id:\d+}: "ann" is not "{id:\d+}"
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
	// app.go:7: route "archive": pattern "/blog/{year}/{year}", offset 13: marker "year" is there twice
	// 13
}
