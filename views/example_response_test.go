package views_test

import (
	"fmt"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// An adapter makes responses of a type, for all views that return it.
func ExampleAddResponseAdapter() {
	c := registry.New(registry.Options{})
	views.AddResponseAdapter(c, func(r *web.Request, t time.Time) (*web.Response, error) {
		return r.Text(t.Format(time.DateOnly)), nil
	})
	views.Add(c, views.Func(func(*web.Request) (time.Time, error) { return time.Unix(0, 0).UTC(), nil }))
	try(c, "", get())
	// Output:
	// 200 text/plain; charset=utf-8: 1970-01-01
}

// Decorate puts a function around one view; CacheFor sets the headers for caches.
func ExampleDecorate() {
	shout := func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			resp, err := next(r)
			if err == nil {
				resp.SetHeader("X-Shout", "!")
			}
			return resp, err
		}
	}
	c := registry.New(registry.Options{})
	views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("hello"), nil }),
		views.Decorate(shout), views.CacheFor(time.Minute))
	reg, err := c.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := views.TableOf(reg).Call(web.Begin(&web.Application{Registry: reg}, get()))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Header("X-Shout"), resp.Header("Cache-Control"))
	// Output:
	// ! max-age=60
}

// A view for a range of statuses handles the errors that no view for their type handles.
func ExampleErrorStatus() {
	c := registry.New(registry.Options{})
	views.AddError(c, views.ErrorStatus(400, 499, func(r *web.Request, err error) (*web.Response, error) {
		return r.Text("your mistake: " + err.Error()), nil
	}))
	views.Add(c, views.Func(func(*web.Request) (any, error) { return nil, web.Conflict("someone else was faster") }))
	try(c, "", get())
	// Output:
	// 409 text/plain; charset=utf-8: your mistake: 409 Conflict: someone else was faster
}

// Group gives several views the same options; Not negates a predicate.
func ExampleGroup() {
	editing := views.Group(views.Name("edit"), views.For[*Article]())
	c := registry.New(registry.Options{})
	views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("the form"), nil }),
		editing, views.Not(views.Method("POST")))
	views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("saved"), nil }),
		editing, views.Method("POST"), views.Param("title"))
	try(c, "edit", get())
	try(c, "edit", post("title=x"))
	// Output:
	// 200 text/plain; charset=utf-8: the form
	// 200 text/plain; charset=utf-8: saved
}

// Containment requires that the resource, or one of its parents, has a type.
func ExampleContainment() {
	c := registry.New(registry.Options{})
	views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("in an article"), nil }),
		views.Containment[*Article]())
	views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("elsewhere"), nil }))
	try(c, "", get())
	// Output:
	// 200 text/plain; charset=utf-8: in an article
}
