package views_test

import (
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// A mapper of one's own decides how views are called: here with a word before and
// after it.
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
