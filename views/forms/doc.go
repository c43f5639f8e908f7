// Package forms makes pages with a form. After a failed POST the form is shown again, with what was
// typed and what is wrong with it.
//
// [Add] registers both halves of such a page. The first function shows the page, the second one
// saves the input. Any renderer can show it: [Show] returns a [*Form] for the template.
//
//	type Draft struct {
//		Title string   `form:"title"`
//		Stars int      `form:"stars"`
//		Tags  []string `form:"tags"`
//		Lines []Line   `form:"lines"` // lines.0.text, lines.1.text, …
//	}
//
//	func edit(r *web.Request, a *Article) (*page, error) {
//		return &page{Form: forms.Show(r, Draft{Title: a.Title})}, nil
//	}
//
//	func save(r *web.Request, a *Article, in Draft) (*web.Response, error) {
//		a.Title = in.Title
//		return r.Redirect(http.StatusSeeOther, "/"), nil
//	}
//
//	forms.Add(config, edit, save, views.Name("edit"), views.Renderer("edit.html"))
//
// The template:
//
//	<form method="post">
//	<input name="title" value="{{.Form.Value "title"}}"> {{.Form.Problem "title"}}
//	<input name="stars" value="{{.Form.Value "stars"}}"> {{.Form.Problem "stars"}}
//	<button>Save</button>
//	</form>
//
// The elements of a list are in the order of their indexes, without gaps: lines.7.qty alone fills the
// first one. A problem in it is still that of lines.7.qty. Lists and maps have at most 1000 elements,
// and names at most 16 steps. [Upload] is a field for a file, and [SetValidator] adds rules in tags.
// What no field takes is ignored, unless the input is [Strict].
//
// The input follows the rules of [views.OnInput]; its method Validate, and the function that saves,
// may return an [*views.InputError]. ExampleAdd is a whole program. A client that prefers JSON to
// HTML gets the problems as RFC 9457 describes them, in the member "errors".
//
// # Translations
//
// The texts of the framework are messages of the domain "mastaba", with translations in German, French
// and Spanish (package views/i18n). Their IDs are "input-" and the code of the problem, such as
// "input-integer"; where one code has several texts, what distinguishes them follows, as in
// "input-max-characters". Besides the params, ${text} is the English text. The text of an error that
// Validate returns is itself the ID of a message, in the domain of the application.
package forms
