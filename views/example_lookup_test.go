package views_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// words is a view that returns a text.
func words(s string) views.View {
	return views.Func(func(r *web.Request) (*web.Response, error) { return r.Text(s), nil })
}

func with(method, header, value string) *http.Request {
	hr := httptest.NewRequest(method, "/", nil)
	hr.Header.Set(header, value)
	return hr
}

// Predicates choose among views of one resource and name. The one with more of them is tried first,
// whatever the order of registration.
func ExampleMethod() {
	c := registry.New(registry.Options{})
	views.Add(c, words("read"), views.Method("GET"))
	views.Add(c, words("write"), views.Method("POST"))
	views.Add(c, words("write a draft"), views.Method("POST"), views.Param("draft"))

	try(c, "", get())
	try(c, "", post("draft=1"))
	try(c, "", with("DELETE", "Accept", "text/plain"))
	// Output:
	// 200 text/plain; charset=utf-8: read
	// 200 text/plain; charset=utf-8: write a draft
	// 405 text/plain; charset=utf-8: 405 Method Not Allowed
}

// The client's preference decides between views that offer different types.
func ExampleAccept() {
	c := registry.New(registry.Options{})
	views.Add(c, words("<p>page"), views.Accept("text/html"))
	views.Add(c, words("{}"), views.Accept("application/json"))

	try(c, "", with("GET", "Accept", "application/json, text/html;q=0.5"))
	try(c, "", get())
	// Output:
	// 200 text/plain; charset=utf-8: {}
	// 200 text/plain; charset=utf-8: <p>page
}

// Where the client has no preference, the server's order decides.
func ExampleAddAcceptOrder() {
	c := registry.New(registry.Options{})
	views.AddAcceptOrder(c, "application/json", views.Over("text/html"))
	views.Add(c, words("<p>page"), views.Accept("text/html"))
	views.Add(c, words("{}"), views.Accept("application/json"))

	try(c, "", get())
	// Output: 200 text/plain; charset=utf-8: {}
}

// Language is a custom predicate.
func Language(code string) web.Predicate {
	return views.Where("language", func(r *web.Request) (bool, error) {
		return r.Header.Get("Accept-Language") == code, nil
	}, code)
}

// A custom predicate prints itself like the built-in ones.
func ExampleWhere() {
	fmt.Println(Language("de"))
	fmt.Println(views.Not(Language("de")))
	// Output:
	// language="de"
	// !language="de"
}

// AddPredicate gives a kind its weight among the others.
func ExampleAddPredicate() {
	c := registry.New(registry.Options{})
	views.AddPredicate(c, "language", views.Under("method"))
	views.Add(c, words("deutsch"), Language("de"))
	views.Add(c, words("read"), views.Method("GET"))

	try(c, "", with("GET", "Accept-Language", "de"))
	// Output: 200 text/plain; charset=utf-8: read
}

// Chapter inherits the views of the Article that it embeds.
type Chapter struct {
	Article
	Number int
}

// Titled and Texted are interfaces that Article and Chapter implement.
type (
	Titled interface{ title() string }
	Texted interface{ body() string }
)

func (a *Article) title() string { return a.Title }
func (a *Article) body() string  { return a.Text }

func ExampleInherit() {
	c := registry.New(registry.Options{})
	views.Inherit(c, func(ch *Chapter) *Article { return &ch.Article })
	views.Add(c, views.On(func(r *web.Request, a *Article) (*web.Response, error) {
		return r.Text(a.Title + " at " + r.Node().Path()), nil
	}))

	reg, err := c.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	chapter := &Chapter{Article{Title: "Shafts"}, 3}
	node := traversal.NewNode(&Article{}).At("3", chapter)
	resp, err := views.RenderView(web.Begin(&web.Application{Registry: reg}, get()), node, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := resp.Body()
	fmt.Println(string(body))
	// Output: Shafts at /3
}

// An Article implements two interfaces, of which neither is narrower: the application declares
// whose views come first.
func ExampleOrder() {
	declare := func(c *registry.Config) {
		views.Add(c, words("titled"), views.For[Titled]())
		views.Add(c, words("texted"), views.For[Texted]())
		views.Resource[*Article](c) // so that a tie is found now, and not by the first visitor
	}
	c := registry.New(registry.Options{})
	declare(c)
	_, err := c.Build()
	fmt.Println(err != nil)

	c = registry.New(registry.Options{})
	declare(c)
	views.Order[*Article](c, reflect.TypeFor[Texted](), reflect.TypeFor[Titled]())
	try(c, "", get())
	// Output:
	// true
	// 200 text/plain; charset=utf-8: texted
}

// A page contains the view of another resource, if the user may see it.
func ExampleRenderView() {
	c := registry.New(registry.Options{})
	views.Add(c, words("the aside"), views.Name("aside"))
	views.Add(c, views.On(func(r *web.Request, a *Article) (*web.Response, error) {
		may, err := views.Permitted(r, r.Node(), "aside")
		if err != nil || !may.Allowed {
			return r.Text(a.Title), err
		}
		aside, err := views.RenderView(r, r.Node(), "aside")
		if err != nil {
			return nil, err
		}
		body, _ := aside.Body()
		return r.Text(a.Title + " and " + string(body)), nil
	}))

	try(c, "", get())
	// Output: 200 text/plain; charset=utf-8: Mastabas and the aside
}

// Predict explains which view handles a request, or why none does.
func ExampleTable_Predict() {
	c := registry.New(registry.Options{})
	views.Add(c, words("read"), views.Method("GET"))
	views.Add(c, words("scripts only"), views.XHR(true), views.Method("GET"))
	reg, err := c.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	r := web.Begin(&web.Application{Registry: reg}, get()).WithNode(traversal.NewNode(&Article{}), "")
	for _, candidate := range views.TableOf(reg).Predict(r).Candidates {
		fmt.Println(candidate)
	}
	// Output:
	// default view for any resource [xhr=true method="GET","HEAD"]: xhr=true does not hold
	// default view for any resource [method="GET","HEAD"]: fits
}
