package views_test

import (
	"errors"
	"fmt"
	"html/template"
	"net/http/httptest"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Draft is an input that checks itself.
type Draft struct {
	Title string `form:"title"`
	Stars int    `form:"stars"`
}

// Validate rejects a draft that should not be stored.
func (d Draft) Validate() error {
	if d.Title == "" {
		return &views.InputError{Fields: []views.FieldError{{Name: "title", Text: "say something"}}}
	}
	if d.Stars > 5 {
		return errors.New("five stars are enough") // about the input as a whole
	}
	return nil
}

func saveDraft(r *web.Request, a *Article, in Draft) (*web.Response, error) {
	return r.Text(fmt.Sprintf("%s becomes %s, %d stars", a.Title, in.Title, in.Stars)), nil
}

func ExampleOnInput() {
	c := registry.New(registry.Options{})
	views.Add(c, views.OnInput(saveDraft), views.Method("POST"))
	try(c, "", post("title=Pyramids&stars=5"))

	json := httptest.NewRequest("POST", "/", strings.NewReader(`{"title": 7, "stars": "five"}`))
	json.Header.Set("Content-Type", "application/json")
	json.Header.Set("Accept", "application/json")
	try(c, "", json)
	// Output:
	// 200 text/plain; charset=utf-8: Mastabas becomes Pyramids, 5 stars
	// 422 application/problem+json: {"title":"Unprocessable Entity","status":422,"detail":"title: expected a string, got a number; stars: expected an integer, got a string","errors":[{"field":"title","detail":"expected a string, got a number","code":"type"},{"field":"stars","detail":"expected an integer, got a string","code":"type"}]}
}

// draftForm is the page with the form, empty or with what the client sent and what is wrong with
// it.
var draftForm = template.Must(template.New("form").Parse(`<form method="post">
<p>{{.Problems.Field ""}}</p>
<input name="title" value="{{.Title}}"><i>{{.Problems.Field "title"}}</i>
<input name="stars" value="{{.Stars}}"><i>{{.Problems.Field "stars"}}</i>
</form>`))

// A form is shown by two views: one for GET, and an error view that shows it again, with the status
// 422. Clients that prefer JSON still get the standard response.
func ExampleInputError() {
	show := func(r *web.Request, problems *views.InputError) (*web.Response, error) {
		sent, err := r.Parameters()
		if err != nil {
			return nil, err
		}
		title, _ := sent.Get("title")
		stars, _ := sent.Get("stars")
		var page strings.Builder
		err = draftForm.Execute(&page, map[string]any{"Problems": problems, "Title": title, "Stars": stars})
		return r.HTML(page.String()), err
	}
	c := registry.New(registry.Options{})
	views.Add(c, views.On(func(r *web.Request, _ *Article) (*web.Response, error) { return show(r, nil) }), views.Method("GET"))
	views.Add(c, views.OnInput(saveDraft), views.Method("POST"))
	views.AddError(c, views.Error(show), views.Accept("text/html"))

	try(c, "", post("title=&stars=many"))
	try(c, "", post("title=Pyramids&stars=9"))
	// Output:
	// 422 text/html; charset=utf-8: <form method="post">
	// <p></p>
	// <input name="title" value=""><i>say something</i>
	// <input name="stars" value="many"><i>&#34;many&#34; is not an integer</i>
	// </form>
	// 422 text/html; charset=utf-8: <form method="post">
	// <p>five stars are enough</p>
	// <input name="title" value="Pyramids"><i></i>
	// <input name="stars" value="9"><i></i>
	// </form>
}

// Message is the input of another form.
type Message struct {
	To string `form:"to"`
}

// Validate rejects a message to nobody.
func (m Message) Validate() error {
	if m.To == "" {
		return &views.InputError{Fields: []views.FieldError{{Name: "to", Text: "name somebody"}}}
	}
	return nil
}

// Two forms on one tree, each with an error view of its own: the view name says which one was sent.
// One error view with a switch on r.ViewName() does the same.
func ExampleInputError_severalForms() {
	sent := func(name string) views.Option {
		return views.Where("sent", func(r *web.Request) (bool, error) { return r.ViewName() == name, nil }, name)
	}
	again := func(form string) views.View {
		return views.Error(func(r *web.Request, problems *views.InputError) (*web.Response, error) {
			return r.Text(fmt.Sprintf("the form to %s again: %v", form, problems)), nil
		})
	}
	c := registry.New(registry.Options{})
	views.Add(c, views.OnInput(saveDraft), views.Name("edit"), views.Method("POST"))
	views.Add(c, views.OnInput(func(r *web.Request, a *Article, in Message) (*web.Response, error) {
		return r.Text(a.Title + " goes to " + in.To), nil
	}), views.Name("send"), views.Method("POST"))
	views.AddError(c, again("edit"), sent("edit"))
	views.AddError(c, again("send"), sent("send"))

	try(c, "edit", post("title="))
	try(c, "send", post("to="))
	// Output:
	// 422 text/plain; charset=utf-8: the form to edit again: 422 Unprocessable Entity: title: say something
	// 422 text/plain; charset=utf-8: the form to send again: 422 Unprocessable Entity: to: name somebody
}
