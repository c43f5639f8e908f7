package templates_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
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
		"script in a partial":       {[]string{"page.html", `{{template "p.html" .}}`, "p.html", "<script>\nf({{.Title}})</script>"}, `template p.html:2`},
		"partial in a script":       {[]string{"page.html", `<script>{{template "p.html" .}}</script>`, "p.html", "{{.Title}}"}, `a template is called inside script text`},
		"event handler":             {[]string{"page.html", `<a onclick="f({{.Title}})">x</a>`}, `a value inside script text`},
		"escaping":                  {[]string{"page.html", "\n<a href={{if .Title}}\"x{{end}}>"}, `page.html:2`},
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
