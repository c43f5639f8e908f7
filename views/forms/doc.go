// Package forms makes pages with a form. After a failed POST the form is shown again, with what was
// typed and what is wrong with it.
//
//	package main
//
//	import (
//		"errors"
//		"html/template"
//		"io"
//		"log"
//		"net/http"
//
//		"github.com/mastaba-go/mastaba/framework"
//		"github.com/mastaba-go/mastaba/traversal"
//		"github.com/mastaba-go/mastaba/views"
//		"github.com/mastaba-go/mastaba/views/forms"
//	)
//
//	type Article struct{ Title string }
//
//	type Draft struct {
//		Title string `form:"title"`
//		Stars int    `form:"stars"`
//	}
//
//	func (d Draft) Validate() error {
//		if d.Title == "" {
//			return &views.InputError{Fields: []views.FieldError{{Name: "title", Text: "say something"}}}
//		}
//		if d.Stars > 5 {
//			return errors.New("five stars are enough") // about the form as a whole
//		}
//		return nil
//	}
//
//	type page struct{ Form *forms.Form }
//
//	var text = template.Must(template.New("edit").Parse(`<form method="post">
//	<p>{{.Form.Problem ""}}
//	<p><input name="title" value="{{.Form.Value "title"}}"> {{.Form.Problem "title"}}
//	<p><input name="stars" value="{{.Form.Value "stars"}}"> {{.Form.Problem "stars"}}
//	<p><button>Save</button>
//	</form>`))
//
//	func (p *page) Render(w io.Writer) error { return text.Execute(w, p) }
//
//	func edit(r *framework.Request, a *Article) (*page, error) {
//		return &page{forms.Show(r, Draft{Title: a.Title})}, nil
//	}
//
//	func save(r *framework.Request, a *Article, in Draft) (*framework.Response, error) {
//		a.Title = in.Title // an application with several users needs a lock or a store
//		return r.Redirect(http.StatusSeeOther, "/edit"), nil
//	}
//
//	func main() {
//		article := &Article{Title: "Mastabas"}
//		root := func(*framework.Request) (traversal.Resource, error) { return article, nil }
//		config := framework.New(framework.Options{Root: root})
//		forms.Add(config, edit, save, views.Name("edit"))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
// [Add] registers both halves of such a page. The first function shows the page, the second one
// saves the input. Any renderer can show it, such as that of package views/templates; [Show]
// returns a [*Form] for the template. A name that the input does not have is an error of the
// template.
//
// Most applications need three names: [Add], [Show] and [Upload]. Small files are Uploads; those
// that should not be kept in memory or temporary files go to a [Receiver]. [SetValidator] adds
// rules in tags, and [Strict] refuses what no field takes.
//
// The elements of a list are in the order of their indexes, without gaps: lines.7.qty alone fills
// the first one. A problem in it is still that of lines.7.qty. Lists and maps have at most 1000
// elements, and names at most 16 steps.
//
// The input follows the rules of [views.OnInput]; its method Validate, and the function that saves,
// may return an [*views.InputError]. A client that prefers JSON to HTML gets the problems as RFC
// 9457 describes them, in the member "errors".
//
// # Translations
//
// The texts of the framework are messages of the domain "mastaba", with translations in German,
// French and Spanish (package views/i18n). Their IDs are "input-" and the code of the problem, such
// as "input-integer"; where one code has several texts, what distinguishes them follows, as in
// "input-max-characters". Besides the params, ${text} is the English text. The text of an error
// that Validate returns is itself the ID of a message, in the domain of the application.
package forms
