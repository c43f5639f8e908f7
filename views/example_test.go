package views_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Article is a resource of the examples.
type Article struct{ Title, Text string }

// Summary is a view as a method of its resource.
func (a *Article) Summary(*web.Request) (map[string]string, error) {
	return map[string]string{"title": a.Title}, nil
}

// try builds what was declared, sends a request for an article to the views, and prints the
// response.
func try(c *registry.Config, view string, hr *http.Request) {
	reg, err := c.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	article := &Article{Title: "Mastabas", Text: "Plain blocks of stone."}
	r := web.Begin(&web.Application{Registry: reg}, hr).WithNode(traversal.NewNode(article), view)
	table := views.TableOf(reg)
	resp, err := table.Call(r)
	if err != nil {
		var handled bool
		if resp, handled, _ = table.CallError(r, err); !handled {
			fmt.Println("not handled:", err)
			return
		}
	}
	body, _ := resp.Body()
	fmt.Printf("%d %s: %s\n", resp.Status(), resp.ContentType(), body)
}

func get() *http.Request { return httptest.NewRequest(http.MethodGet, "/", nil) }

func post(form string) *http.Request {
	hr := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form))
	hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return hr
}

func Example() {
	show := func(r *web.Request, a *Article) (*web.Response, error) {
		return r.HTML("<h1>" + a.Title + "</h1>"), nil
	}
	c := registry.New(registry.Options{})
	views.Add(c, views.On(show))
	views.Add(c, views.Of((*Article).Summary), views.Name("summary"), views.Method("GET"))

	try(c, "", get())
	try(c, "summary", get())
	// Output:
	// 200 text/html; charset=utf-8: <h1>Mastabas</h1>
	// 200 application/json: {"title":"Mastabas"}
}

func ExampleOn() {
	c := registry.New(registry.Options{})
	views.Add(c, views.On(func(_ *web.Request, a *Article) (string, error) { return a.Text, nil }), views.Renderer("string"))
	try(c, "", get())
	// Output: 200 text/plain; charset=utf-8: Plain blocks of stone.
}

func ExampleOf() {
	c := registry.New(registry.Options{})
	views.Add(c, views.Of((*Article).Summary))
	try(c, "", get())
	// Output: 200 application/json: {"title":"Mastabas"}
}

func ExampleFunc() {
	c := registry.New(registry.Options{})
	views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("hello"), nil }))
	try(c, "", get())
	// Output: 200 text/plain; charset=utf-8: hello
}

// Editing holds what the views of a form share.
type Editing struct{ article *Article }

// NewEditing is called for each request.
func NewEditing(_ *web.Request, a *Article) (*Editing, error) { return &Editing{a}, nil }

// Form is one of its views.
func (e *Editing) Form() (string, error) { return "form of " + e.article.Title, nil }

// Save is another.
func (e *Editing) Save() (string, error) { return "saved " + e.article.Title, nil }

func ExampleStruct() {
	c := registry.New(registry.Options{})
	edit := views.Group(views.Name("edit"), views.Renderer("string"))
	views.Add(c, views.Struct(NewEditing, (*Editing).Form), edit, views.Method("GET"))
	views.Add(c, views.Struct(NewEditing, (*Editing).Save), edit, views.Method("POST"))
	try(c, "edit", get())
	try(c, "edit", post(""))
	// Output:
	// 200 text/plain; charset=utf-8: form of Mastabas
	// 200 text/plain; charset=utf-8: saved Mastabas
}

// SoldOut is an error with a view.
type SoldOut struct{ Item string }

func (e *SoldOut) Error() string { return e.Item + " is sold out" }

func ExampleAddError() {
	c := registry.New(registry.Options{})
	views.Add(c, views.Func(func(*web.Request) (any, error) {
		return nil, fmt.Errorf("order: %w", &SoldOut{"stone"})
	}))
	views.AddError(c, views.Error(func(r *web.Request, e *SoldOut) (*web.Response, error) {
		r.Response().SetStatus(http.StatusConflict)
		return r.Text("no more " + e.Item), nil
	}))
	try(c, "", get())
	// Output: 409 text/plain; charset=utf-8: no more stone
}

func ExampleAddNotFound() {
	c := registry.New(registry.Options{})
	views.AddNotFound(c, views.Func(func(r *web.Request) (*web.Response, error) {
		r.Response().SetStatus(http.StatusNotFound)
		return r.Text("nothing here"), nil
	}))
	try(c, "absent", get())
	// Output: 404 text/plain; charset=utf-8: nothing here
}

// A package that does something around views registers a deriver, and exports an option for the
// views of its users.
func ExampleAddDeriver() {
	teaser := func(words string) views.Option { return views.Value("teaser", words) }
	deriver := func(next views.Callable, info *views.Info) (views.Callable, error) {
		words, ok, err := views.ValueOf[string](info, "teaser")
		if !ok || err != nil {
			return next, err
		}
		return func(r *web.Request, res traversal.Resource) (any, error) {
			value, err := next(r, res)
			if resp, ok := value.(*web.Response); ok {
				body, _ := resp.Body()
				resp.SetText(words + ": " + string(body))
			}
			return value, err
		}, nil
	}

	c := registry.New(registry.Options{})
	views.AddDeriver(c, "teaser", deriver, views.Options("teaser"))
	views.Add(c, views.On(func(_ *web.Request, a *Article) (string, error) { return a.Title, nil }),
		views.Renderer("string"), teaser("Read on"))
	try(c, "", get())
	// Output: 200 text/plain; charset=utf-8: Read on: Mastabas
}

func ExampleAddRenderer() {
	csv := func(views.RendererInfo) (views.ValueRenderer, error) {
		return views.RendererFunc(func(_ *web.Request, resp *web.Response, value any) error {
			rows, ok := value.([][]string)
			if !ok {
				return fmt.Errorf("%T is no table", value)
			}
			resp.SetContentType("text/csv")
			for _, row := range rows {
				body, _ := resp.Body()
				resp.SetText(string(body) + strings.Join(row, ",") + "\n")
			}
			return nil
		}), nil
	}
	c := registry.New(registry.Options{})
	views.AddRenderer(c, "csv", csv)
	views.Add(c, views.Func(func(*web.Request) ([][]string, error) {
		return [][]string{{"a", "b"}}, nil
	}), views.Renderer("csv"))
	try(c, "", get())
	// Output: 200 text/csv: a,b
}

func ExampleWrapper() {
	c := registry.New(registry.Options{})
	views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) {
		inner, _ := views.Wrapped(r)
		body, _ := inner.Body()
		return r.HTML("<main>" + string(body) + "</main>"), nil
	}), views.Name("layout"))
	views.Add(c, views.On(func(r *web.Request, a *Article) (*web.Response, error) {
		return r.HTML(a.Title), nil
	}), views.Wrapper("layout"))
	try(c, "", get())
	// Output: 200 text/html; charset=utf-8: <main>Mastabas</main>
}
