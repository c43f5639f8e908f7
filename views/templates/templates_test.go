package templates_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/templates"
	"github.com/mastaba-go/mastaba/views/web"
)

// pages makes a file system of names and texts in turn.
func pages(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

type Page struct{ Title, Text string }

func tree(*framework.Request) (traversal.Resource, error) {
	return traversal.Map{"a": &Page{"A & B", "text"}, "b": &Page{}}, nil
}

func show(_ *framework.Request, p *Page) (*Page, error) { return p, nil }

// app builds an application whose pages are shown by page.html.
func app(t *testing.T, files fstest.MapFS, more ...func(*framework.Configurator)) (*framework.App, error) {
	t.Helper()
	config := framework.New(framework.Options{Root: tree, Security: framework.NoPolicy{}})
	templates.Add(config, files, templates.Options{})
	config.AddView(views.On(show), views.Renderer("page.html"))
	for _, fn := range more {
		fn(config)
	}
	return config.App()
}

// get returns the body of a page of app.
func get(t *testing.T, app http.Handler, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	return w.Body.String()
}

func TestPage(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		files []string
		want  string
	}{
		"alone": {[]string{"page.html", `<h1>{{.Title}}</h1>`}, `<h1>A &amp; B</h1>`},
		"layout": {[]string{
			"page.html", `{{template "layout.html" .}}{{define "content"}}<h1>{{.Title}}</h1>{{end}}`,
			"layout.html", `<title>{{block "title" .}}Site{{end}}</title>{{block "content" .}}{{end}}`,
		}, `<title>Site</title><h1>A &amp; B</h1>`},
		"layout of a layout": {[]string{
			"page.html", `{{template "wiki/layout.html" .}}{{define "content"}}c{{end}}`,
			"wiki/layout.html", `{{template "layout.html" .}}{{define "title"}}Wiki{{end}}{{define "menu"}}m{{end}}`,
			"layout.html", `{{block "title" .}}Site{{end}} {{block "menu" .}}{{end}} {{block "content" .}}{{end}}`,
		}, `Wiki m c`},
		"partial": {[]string{
			"page.html", `{{range list 1 2}}{{template "row.html" .}}{{end}}`,
			"row.html", `<p>{{.}} {{path resource "edit"}}</p>`,
		}, `<p>1 /a/edit</p><p>2 /a/edit</p>`},
		"library of definitions": {[]string{
			"page.html", `{{template "bold" .Text}}`,
			"lib.html", "\n{{define \"bold\"}}<b>{{.}}</b>{{end}}\n{{define \"other\"}}{{end}}\n",
		}, `<b>text</b>`},
		"data in a script": {[]string{
			"page.html", `<script type="application/json">{{.}}</script>`,
		}, `<script type="application/json">{"Title":"A \u0026 B","Text":"text"}</script>`},
		"chains": {[]string{"page.html", `{{request.URL.Path}} {{resource.Title}} {{node.Name}} {{viewName}}|{{view.Name}}`}, `/a A &amp; B a |`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := app(t, pages(tt.files...))
			require.NoError(t, err)
			for range 3 { // with the same executor
				assert.Equal(t, tt.want, get(t, a, "/a"))
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		files []string
		want  string
	}{
		"unknown template":          {[]string{"pag.html", `x`}, `no such template: did you mean "pag.html"?`},
		"syntax":                    {[]string{"page.html", "\n{{if}}"}, `template page.html:2: missing value for if`},
		"unknown function":          {[]string{"page.html", "\n\n{{pth .}}"}, `template page.html:3: function "pth" not defined: did you mean "path"?`},
		"unknown function 2":        {[]string{"page.html", "{{frobnicate .}}"}, `add it to templates.Options.Funcs`},
		"unknown partial":           {[]string{"page.html", "\n {{template \"rwo.html\" .}}", "row.html", "x"}, `template page.html:2:12: no template or block "rwo.html": did you mean "row.html"?`},
		"unknown block":             {[]string{"page.html", "{{template \"l.html\" .}}\n{{define \"contnet\"}}x{{end}}", "l.html", `{{block "content" .}}{{end}}`}, `page.html:2:20: it defines "contnet", which nothing calls: did you mean the block "content"?`},
		"block that nobody defines": {[]string{"page.html", `{{template "l.html" .}}`, "l.html", "\n{{template \"content\" .}}"}, `template l.html:2:11: no template or block "content": define it in "page.html"`},
		"two definitions":           {[]string{"page.html", `{{template "a.html" .}}{{template "b.html" .}}`, "a.html", `{{block "x" .}}{{end}}`, "b.html", `{{block "x" .}}{{end}}`}, `"x" is defined here and in "a.html"`},
		"script":                    {[]string{"page.html", "<p>\n<script>let x = {{.Title}}</script>"}, `template page.html:2:18: a value inside script text`},
		"string in a script":        {[]string{"page.html", `<script type="application/json">"{{.Title}}"</script>`}, `a value inside script text`},
		"type of other data":        {[]string{"page.html", `<script data-type="application/json">{{.Title}}</script>`}, `a value inside script text`},
		"script in a partial":       {[]string{"page.html", `{{template "p.html" .}}`, "p.html", "<script>\nf({{.Title}})</script>"}, `template p.html:2`},
		"partial in a script":       {[]string{"page.html", `<script>{{template "p.html" .}}</script>`, "p.html", "{{.Title}}"}, `a template is called inside script text`},
		"event handler":             {[]string{"page.html", `<a onclick="f({{.Title}})">x</a>`}, `a value inside script text`},
		"escaping":                  {[]string{"page.html", "\n<a href={{if .Title}}\"x{{end}}>"}, `page.html:2`},
		"unknown field":             {[]string{"page.html", "\n{{.Titel}}"}, `template page.html:2:2: *templates_test.Page has no field or method "Titel": did you mean "Title"?`},
		"unknown field in a layout": {[]string{"page.html", `{{template "l.html" .}}`, "l.html", "\n{{.Name}}"}, `template l.html:2:2: *templates_test.Page has no field or method "Name"`},
		"field of a text":           {[]string{"page.html", `{{with .Title}}{{.Size}}{{end}}`}, `string has no field or method "Size"`},
		"field of the root":         {[]string{"page.html", `{{range .Title}}{{$.Titel}}{{end}}`}, `no field or method "Titel"`},
		"no files":                  {[]string{"page.htm", "x"}, `no file ends with ".html"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := app(t, pages(tt.files...))
			require.Error(t, err)
			assert.Contains(t, err.Error(), tt.want)
			assert.Contains(t, err.Error(), "templates_test.go:")
			assert.Len(t, strings.Split(err.Error(), "\n"), 1, "one mistake, one line")
		})
	}
}

func TestErrorWhileRendering(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	config := framework.New(framework.Options{Root: tree})
	templates.Add(config, pages("page.html", "half a page\n{{fail .Title}}"), templates.Options{Funcs: map[string]any{
		"fail": func(*web.Request, string) (string, error) { return "", boom },
	}})
	config.AddView(views.On(show), views.Renderer("page.html"))
	a, err := config.App()
	require.NoError(t, err)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/a", nil))
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.NotContains(t, w.Body.String(), "half a page")
}

// Tree is a value with everything that the check of fields has to be careful with.
type Tree struct {
	Page
	Any   any
	Map   map[string]Page
	List  []*Tree
	Func  func() Page
	Inner struct{ Name string }
}

func (t Tree) Value() Page         { return t.Page }
func (t *Tree) Pointer() *Page     { return &t.Page }
func (t *Tree) With(n int) []*Tree { return t.List }

func TestFieldsThatExist(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{{.Title}} {{.Page.Text}} {{.Inner.Name}} {{.Value.Title}} {{.Pointer.Text}}`,
		`{{with .Any}}{{.Whatever}}{{end}} {{.Map.x.Title}} {{range .Map}}{{.Title}}{{end}}`,
		`{{range $i, $t := .List}}{{.Title}} {{$t.Title}} {{$.Title}} {{range .List}}{{.Value.Text}}{{end}}{{end}}`,
		`{{range .With 2}}{{.Nothing}}{{end}} {{(call .Func).Title}} {{(index .List 0).Unknown}}`,
		`{{if .Any}}{{.OnlyInAnotherType}}{{end}} {{and .Any .OnlyInAnotherType}}`,
		`{{with dict "a" 1}}{{.a}}{{end}} {{range list 1}}{{.}}{{end}} {{with $x := .Any}}{{$x.Y}}{{end}}`,
	} {
		config := framework.New(framework.Options{})
		templates.Add(config, pages("page.html", text), templates.Options{})
		config.AddView(views.Func(func(*framework.Request) (*Tree, error) { return new(Tree), nil }), views.Renderer("page.html"))
		_, err := config.App()
		require.NoError(t, err, text)
	}
	for name, more := range map[string]func(*framework.Configurator){
		"a subscriber may replace the value": func(c *framework.Configurator) {
			registry.Subscribe(c, func(*web.BeforeRender) error { return nil })
		},
		"an adapter may": func(c *framework.Configurator) {
			views.AddResponseAdapter(c, func(r *web.Request, _ *Page) (*web.Response, error) { return r.Text(""), nil })
		},
		"a deriver may": func(c *framework.Configurator) {
			views.AddDeriver(c, "own", func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil }, views.Under(views.RenderedView), views.Over(views.Innermost))
		},
	} {
		_, err := app(t, pages("page.html", `{{.Titel}}`), more)
		require.NoError(t, err, name)
	}
}

// TestDevelopment changes a file of a running application.
func TestDevelopment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("page.html", `one {{template "part.html"}}`)
	write("part.html", `part`)
	config := framework.New(framework.Options{})
	templates.Add(config, pages("page.html", `embedded`), templates.Options{Dir: dir})
	a, err := config.App()
	require.NoError(t, err)
	render := func(development bool) (string, error) {
		r := web.Begin(&web.Application{Registry: a.Registry(), Development: development}, httptest.NewRequest(http.MethodGet, "/", nil))
		return views.Render(r, "page.html", Page{})
	}
	text, err := render(false)
	require.NoError(t, err)
	assert.Equal(t, "embedded", text)
	text, err = render(true)
	require.NoError(t, err)
	assert.Equal(t, "one part", text)
	write("part.html", `another part`)
	text, err = render(true)
	require.NoError(t, err)
	assert.Equal(t, "one another part", text)
	write("part.html", "\n{{nope}}")
	_, err = render(true)
	require.ErrorContains(t, err, `template part.html:2: function "nope" not defined`)
	write("part.html", `mended`)
	text, err = render(true)
	require.NoError(t, err)
	assert.Equal(t, "one mended", text)
}

// TestConcurrentRenderings: each rendering knows its own request.
func TestConcurrentRenderings(t *testing.T) {
	t.Parallel()
	a, err := app(t, pages("page.html", `{{template "part.html"}}`, "part.html", `{{range list 1 2 3}}{{request.Header.Get "X-Me"}} {{end}}`))
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			for range 20 {
				me := strconv.Itoa(i)
				hr := httptest.NewRequest(http.MethodGet, "/a", nil)
				hr.Header.Set("X-Me", me)
				w := httptest.NewRecorder()
				a.ServeHTTP(w, hr)
				assert.Equal(t, me+" "+me+" "+me+" ", w.Body.String())
			}
		})
	}
	wg.Wait()
}

func TestOutsideOfARequest(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	templates.Add(config, pages("mail.html", `{{t "Hello ${name}" "name" .Title}}, {{tn "one" "${n} many" 2}}`, "bad.html", "\n{{path .}}"), templates.Options{})
	a, err := config.App()
	require.NoError(t, err)
	text, err := views.RenderOutside(a.Registry(), "mail.html", Page{Title: "A & B"})
	require.NoError(t, err)
	assert.Equal(t, "Hello A &amp; B, 2 many", text)
	_, err = views.RenderOutside(a.Registry(), "bad.html", Page{})
	var of *templates.Error
	require.ErrorAs(t, err, &of)
	assert.Equal(t, "bad.html", of.Template)
	assert.Equal(t, 2, of.Line)
	assert.ErrorContains(t, err, "there is no request")
}

func TestVariables(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	templates.Add(config, pages("page.html", `{{.greeting}} {{.own}} {{var "own"}} {{var "greeting"}}`), templates.Options{})
	registry.Subscribe(config, func(e *web.BeforeRender) error {
		e.Vars["greeting"], e.Vars["own"] = "hello", "of the subscriber"
		return nil
	})
	config.AddView(views.Func(func(*framework.Request) (map[string]any, error) {
		return map[string]any{"own": "of the view"}, nil
	}), views.Renderer("page.html"))
	a, err := config.App()
	require.NoError(t, err)
	assert.Equal(t, "hello of the view of the subscriber hello", get(t, a, "/"))
}

// messages records what is translated.
type messages struct{ seen chan web.Message }

func (m messages) Localizer(*web.Request) web.Localizer { return m }
func (m messages) Locale() string                       { return "de" }
func (m messages) Translate(msg web.Message) string {
	m.seen <- msg
	return "übersetzt"
}

func TestTranslations(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	seen := messages{make(chan web.Message, 9)}
	registry.AddComponent[web.Localizers](config, seen)
	templates.Add(config, pages("page.html", `{{t "a"}} {{tn "one" "many" 3 "x" 1}} {{tc "month" "May"}} {{"b" | t}} {{locale}}`), templates.Options{Domain: "shop"})
	config.AddView(views.Func(func(*framework.Request) (Page, error) { return Page{}, nil }), views.Renderer("page.html"))
	a, err := config.App()
	require.NoError(t, err)
	assert.Equal(t, "übersetzt übersetzt übersetzt übersetzt de", get(t, a, "/"))
	close(seen.seen)
	var all []web.Message
	for m := range seen.seen {
		all = append(all, m)
	}
	assert.Equal(t, []web.Message{
		{ID: "a", Domain: "shop"},
		{ID: "one", Plural: "many", N: 3, Domain: "shop", Params: map[string]any{"n": 3, "x": 1}},
		{ID: "May", Context: "month", Domain: "shop"},
		{ID: "b", Domain: "shop"},
	}, all)
}

// TestPathOfTheRoot links to the front page from a page below it, whose root does not know its place.
func TestPathOfTheRoot(t *testing.T) {
	t.Parallel()
	top := &house{Page: new(Page)}
	config := framework.New(framework.Options{Root: func(*framework.Request) (traversal.Resource, error) { return top, nil }})
	templates.Add(config, pages("page.html", `{{path root}} {{path root "a" "edit"}} {{url root}} {{path resource}}`), templates.Options{})
	config.AddView(views.On(show), views.Renderer("page.html"))
	app, err := config.App()
	require.NoError(t, err)
	assert.Equal(t, "/ /a/edit http://example.com/ /a/", get(t, app, "/a"))
}

// house is a root that is a pointer.
type house struct{ Page *Page }

func (h *house) Child(context.Context, string) (traversal.Resource, error) { return h.Page, nil }
