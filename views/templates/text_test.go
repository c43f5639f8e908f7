package templates_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/templates"
)

// TestText: a plain text is not escaped, with layouts and functions as in pages.
func TestText(t *testing.T) {
	t.Parallel()
	app, err := app(t, pages("page.html", `<p>{{.Title}}</p>`), func(c *framework.Configurator) {
		templates.Add(c, pages("mail.txt", `{{template "frame.txt" .}}{{define "body"}}{{.Title}} <{{path .}}>{{end}}`,
			"frame.txt", "Hello,\n{{block \"body\" .}}{{end}}\n-- \n{{t \"Home\"}}"), templates.Options{Text: true})
		c.AddView(views.On(show), views.Name("mail"), views.Renderer("mail.txt"))
	})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/a/mail", nil))
	assert.Equal(t, "Hello,\nA & B </a/>\n-- \nHome", w.Body.String())
	assert.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
	assert.Equal(t, "<p>A &amp; B</p>", get(t, app, "/a"))
}

// TestMistakesInText: they are found as those of pages are.
func TestMistakesInText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{{template "frame.txt"}}`: `template mail.txt:1:11: no template or block "frame.txt"`,
		`{{.Titel}}`:               `template mail.txt:1:2: *templates_test.Page has no field or method "Titel": did you mean "Title"?`,
		`{{route "nowhere"}}`:      `there is no route "nowhere"`,
		`{{if}}`:                   `template mail.txt:1: missing value for if`,
	} {
		_, err := app(t, pages("page.html", ""), func(c *framework.Configurator) {
			templates.Add(c, pages("mail.txt", text), templates.Options{Text: true})
			c.AddView(views.On(show), views.Name("mail"), views.Renderer("mail.txt"))
		})
		require.ErrorContains(t, err, want)
	}
}
