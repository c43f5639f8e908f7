package forms_test

import (
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// Article is a resource.
type Article struct{ Title string }

// Draft is the input of its form.
type Draft struct {
	Title string `form:"title"`
	Stars int    `form:"stars"`
	Lines []Line `form:"lines"`
}

// Line is a line of a draft.
type Line struct {
	Text string `form:"text"`
	Qty  int    `form:"qty"`
}

// Validate rejects a draft without a title.
func (d Draft) Validate() error {
	if d.Title == "" {
		return &views.InputError{Fields: []views.FieldError{{Name: "title", Text: "say something", Code: "required"}}}
	}
	return nil
}

// editPage is what the template shows. It renders itself, as a component of templ does.
type editPage struct{ Form *forms.Form }

var editTemplate = template.Must(template.New("edit").Parse(`<form method="post">
<input name="title" value="{{.Form.Value "title"}}"><i>{{.Form.Problem "title"}}</i>
<input name="stars" value="{{.Form.Value "stars"}}"><i>{{.Form.Problem "stars"}}</i>
</form>`))

// Render writes the page.
func (p *editPage) Render(w io.Writer) error { return editTemplate.Execute(w, p) }

func edit(r *web.Request, a *Article) (*editPage, error) {
	return &editPage{forms.Show(r, Draft{Title: a.Title, Stars: 3})}, nil
}

func save(r *web.Request, a *Article, in Draft) (*web.Response, error) {
	a.Title = in.Title
	return r.Redirect(http.StatusSeeOther, "/"), nil
}

// application has the page /edit.
func application() http.Handler {
	config := framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return &Article{Title: "Mastabas"}, nil }})
	forms.Add(config, edit, save, views.Name("edit"))
	app, err := config.App()
	if err != nil {
		panic(err)
	}
	return app
}

func send(app http.Handler, method, contentType, body string) *httptest.ResponseRecorder {
	hr := httptest.NewRequest(method, "/edit?stars=4", strings.NewReader(body))
	if contentType != "" {
		hr.Header.Set("Accept", map[string]string{"application/json": "application/json", encoded: "text/html"}[contentType])
		hr.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, hr)
	return w
}

const encoded = "application/x-www-form-urlencoded"

func ExampleAdd() {
	app := application()
	fmt.Println(send(app, "GET", "", "").Body)
	w := send(app, "POST", encoded, "title=Pyramids&stars=many")
	fmt.Println(w.Code, w.Body)
	w = send(app, "POST", encoded, "title=Pyramids&stars=5")
	fmt.Println(w.Code, w.Header().Get("Location"))
	w = send(app, "POST", "application/json", `{"title": "Pyramids", "stars": "many"}`)
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	// Output:
	// <form method="post">
	// <input name="title" value="Mastabas"><i></i>
	// <input name="stars" value="3"><i></i>
	// </form>
	// 422 <form method="post">
	// <input name="title" value="Pyramids"><i></i>
	// <input name="stars" value="many"><i>&#34;many&#34; is not an integer</i>
	// </form>
	// 303 /
	// 422 application/problem+json
}
