package forms_test

import (
	"html/template"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// namesPage is a page whose template comes from the query.
type namesPage struct {
	Form *forms.Form
	text string
}

// Render writes the page.
func (p *namesPage) Render(w io.Writer) error {
	page, err := template.New("names.html").Parse(p.text)
	if err != nil {
		return err
	}
	return page.Execute(w, p)
}

// other is shown by the page beside its input.
type other struct {
	Author string
	Title  string
}

// A misspelt name is an error of the template, in the empty form and in one that comes back.
func TestUnknownNames(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return &Article{}, nil }})
	show := func(r *web.Request, _ any) (*namesPage, error) {
		return &namesPage{forms.Show(r, other{"Ann", "A"}), r.Header.Get("X-Template")}, nil
	}
	var failed error
	config.AddErrorView(views.Error(func(r *web.Request, err error) (*web.Response, error) { failed = err; return r.Text(""), nil }))
	forms.Add(config, show, stored, views.Name("edit"))
	app, err := config.App()
	require.NoError(t, err)
	for _, method := range []string{"GET", "POST"} {
		for text, want := range map[string]string{
			`{{.Form.Value "title"}}{{.Form.Value "author"}}{{.Form.Value "lines.0.qty"}}`:                  "",
			`{{.Form.Checked "stars"}}{{.Form.Len "lines"}}{{.Form.Problem "lines.0"}}{{.Form.Problem ""}}`: "",
			`{{.Form.Problem "stars.1"}}{{.Form.Problems}}{{.Form.Selected "lines.0.text" "x"}}`:            "",
			"\n" + `{{.Form.Value "titel"}}`:               `names.html:2:7: executing "names.html" at <.Form.Value>: error calling Value: forms.Form.Value: the input forms_test.Draft has no field "titel": did you mean "title"?`,
			`{{.Form.Problem "lines.0.gty"}}`:              `forms.Form.Problems: the input forms_test.Draft has no field "lines.0.gty"`,
			`{{.Form.Checked "star"}}`:                     `has no field "star": did you mean "stars"?`,
			`{{.Form.Len "line"}}`:                         `has no field "line": did you mean "lines"?`,
			`{{range .Form.Values "lines.x.text"}}{{end}}`: `has no field "lines.x.text"`,
		} {
			hr := httptest.NewRequest(method, "/edit", strings.NewReader("stars=x"))
			hr.Header.Set("Content-Type", encoded)
			hr.Header.Set("X-Template", text)
			failed = nil
			app.ServeHTTP(httptest.NewRecorder(), hr)
			if want == "" {
				assert.NoError(t, failed, "%s %s", method, text)
			} else {
				assert.ErrorContains(t, failed, want, "%s %s", method, text)
			}
		}
	}
}
