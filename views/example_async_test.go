package views_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// printed builds what declare declares, requests its default view, and prints the response.
func printed(declare func(c *registry.Config)) {
	c := registry.New(registry.Options{})
	declare(c)
	reg, err := c.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	r := web.Begin(&web.Application{Registry: reg}, httptest.NewRequest("GET", "/", nil))
	defer func() { _ = web.Drive(r).EndScope(-1) }() // the framework does this
	resp, err := views.TableOf(reg).Call(r.WithNode(traversal.NewNode("Ada"), ""))
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := resp.Body()
	fmt.Println(string(body))
}

// A coroutine returns a future, whose value is the value of the view.
func ExampleCoroutineMapper() {
	greet := func(r *web.Request, name string) (*async.Future[string], error) {
		return async.Go(r.Context(), func(context.Context) (string, error) { return "Hello, " + name, nil }), nil
	}
	printed(func(c *registry.Config) {
		views.Add(c, views.On(greet), views.WithMapper(views.CoroutineMapper), views.Renderer("string"))
	})
	// Output: Hello, Ada
}

// A view that uses much CPU: two run at a time, four may wait, the others get a 503 with
// Retry-After.
func ExampleExecutorMapper() {
	paint := func(_ *web.Request, name string) (string, error) { return "a picture of " + name, nil }
	printed(func(c *registry.Config) {
		views.SetExecutor(c, async.ExecutorOptions{Name: "pictures", Workers: 2, Queue: 4})
		views.Add(c, views.On(paint), views.WithMapper(views.ExecutorMapper), views.Renderer("string"))
	})
	// Output: a picture of Ada
}

// Both kinds of views in one application.
func ExampleCoroutineOrExecutorMapper() {
	part := func(r *web.Request, name string) (string, error) { return name + "!", nil }
	whole := func(r *web.Request, name string) (*async.Future[string], error) {
		return async.Go(r.Context(), func(ctx context.Context) (string, error) {
			part, err := views.RenderView(r, r.Node(), "part")
			if err != nil {
				return "", err
			}
			body, _ := part.Body()
			return "Hello, " + string(body), nil
		}), nil
	}
	printed(func(c *registry.Config) {
		views.SetMapper(c, views.CoroutineOrExecutorMapper)
		views.Add(c, views.On(whole), views.Renderer("string"))                    // awaited
		views.Add(c, views.On(part), views.Name("part"), views.Renderer("string")) // by the executor
	})
	// Output: Hello, Ada!
}

// A view with a deadline and a concurrency limit of its own.
func ExampleAround() {
	report := func(r *web.Request, name string) (string, error) {
		_, bounded := r.Context().Deadline()
		return fmt.Sprint("a report about ", name, ", in time: ", bounded), nil
	}
	printed(func(c *registry.Config) {
		views.Add(c, views.On(report), views.Renderer("string"), views.Around(
			tweens.Timeout(2*time.Second, tweens.TimeoutOptions{}),
			tweens.Limit(8, tweens.LimitOptions{Queue: 16, Wait: time.Second}),
		))
	})
	// Output: a report about Ada, in time: true
}

// A mapper decides how views are called: this one prints a word before and after.
func ExampleMapper() {
	polite := func(v views.View, _ *views.Info) (views.Callable, error) {
		call := v.Callable()
		return func(r *web.Request, res traversal.Resource) (any, error) {
			value, err := call(r, res)
			if text, ok := value.(string); ok {
				value = "Please: " + text + ". Thank you."
			}
			return value, err
		}, nil
	}
	greet := func(_ *web.Request, name string) (string, error) { return "greet " + name, nil }
	printed(func(c *registry.Config) {
		views.SetMapper(c, polite)
		views.Add(c, views.On(greet), views.Renderer("string"))
	})
	// Output: Please: greet Ada. Thank you.
}
