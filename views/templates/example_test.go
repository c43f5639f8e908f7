package templates_test

import (
	"fmt"
	"net/http/httptest"
	"testing/fstest"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/templates"
	"github.com/mastaba-go/mastaba/views/web"
)

// A page with its layout. In an application the files are an embed.FS or os.DirFS.
func ExampleAdd() {
	files := fstest.MapFS{
		"layout.html": {Data: []byte(`<title>{{block "title" .}}Wiki{{end}}</title><main>{{block "content" .}}{{end}}</main>`)},
		"page.html":   {Data: []byte(`{{template "layout.html" .}}{{define "content"}}<h1>{{.Title}}</h1><a href="{{path . "edit"}}">Edit</a>{{end}}`)},
	}
	config := framework.New(framework.Options{Root: func(*framework.Request) (traversal.Resource, error) {
		return traversal.Map{"front": &Page{Title: "Front & back"}}, nil
	}})
	templates.Add(config, files, templates.Options{})
	config.AddView(views.On(func(_ *framework.Request, p *Page) (*Page, error) { return p, nil }), views.Renderer("page.html"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/front", nil))
	fmt.Println(w.Body)
	// Output:
	// <title>Wiki</title><main><h1>Front &amp; back</h1><a href="/front/edit">Edit</a></main>
}

// A package brings templates along, and the application puts one of its own in their place.
func ExampleAddAssets() {
	blog := fstest.MapFS{"templates/post.html": {Data: []byte(`plain {{.Title}}`)}, "templates/list.html": {Data: []byte(`list: {{template "post.html" .}}`)}}
	site := fstest.MapFS{"post.html": {Data: []byte(`<b>{{.Title}}</b>`)}}

	config := framework.New(framework.Options{})
	assets.Add(config, "blog", blog)
	templates.AddAssets(config, "blog:templates", templates.Options{})
	assets.Add(config, "site", site)
	assets.Override(config, "blog:templates/post.html", "site:post.html")
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := views.RenderOutside(app.Registry(), "blog:list.html", Page{Title: "News"})
	fmt.Println(text, err)
	// Output: list: <b>News</b> <nil>
}

// A function of the application that needs the request takes it first.
func ExampleOptions() {
	config := framework.New(framework.Options{})
	templates.Add(config, fstest.MapFS{"hello.html": {Data: []byte(`{{greet "Ann"}}`)}}, templates.Options{Funcs: map[string]any{
		"greet": func(r *web.Request, name string) string { return "Hello " + name + " from " + r.URL.Path },
	}})
	config.AddView(views.Func(func(*framework.Request) (Page, error) { return Page{}, nil }), views.Renderer("hello.html"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Body)
	// Output: Hello Ann from /
}
