package views_test

import (
	"fmt"
	"math/big"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Values of a type of others are encoded in the application's way, wherever they are.
func ExampleAddJSONAdapter() {
	c := registry.New(registry.Options{})
	views.AddJSONAdapter(c, func(_ *web.Request, x big.Rat) (any, error) { return x.FloatString(2), nil })
	views.Add(c, views.Func(func(r *web.Request) (any, error) {
		return map[string]any{"price": *big.NewRat(5, 2)}, nil
	}))
	reg, err := c.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := call(reg, struct{}{}, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := resp.Body()
	fmt.Println(string(body))
	// Output: {"price":"2.50"}
}

// A view that chooses another renderer for this value, and one that renders a part by itself.
func ExampleOverrideRenderer() {
	c := registry.New(registry.Options{})
	views.Add(c, views.Func(func(r *web.Request) (any, error) {
		part, err := views.Render(r, "json", []int{1, 2})
		if err != nil {
			return nil, err
		}
		views.OverrideRenderer(r, "string")
		return "part: " + part, nil
	}))
	reg, err := c.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := call(reg, struct{}{}, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := resp.Body()
	fmt.Println(string(body))
	// Output: part: [1,2]
}
