package i18n_test

import (
	"fmt"
	"net/http/httptest"
	"testing/fstest"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/i18n"
	"github.com/mastaba-go/mastaba/views/templates"
	"github.com/mastaba-go/mastaba/views/web"
)

// catalogs and pages are usually embedded files.
var (
	catalogs = fstest.MapFS{"de/LC_MESSAGES/messages.po": {Data: []byte(`
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Hello ${name}"
msgstr "Hallo ${name}"

msgid "one page"
msgid_plural "${n} pages"
msgstr[0] "eine Seite"
msgstr[1] "${n} Seiten"

msgctxt "menu"
msgid "Open"
msgstr "Öffnen"

msgid "There is no page ${name}."
msgstr "Es gibt keine Seite ${name}."
`)}}
	pages = fstest.MapFS{"book.html": {Data: []byte(
		`<html lang="{{locale}}"><h1>{{t .Title}}</h1><p>{{tn "one page" "${n} pages" .Pages}}</p><button>{{tc "menu" "Open"}}</button>`,
	)}}
)

var text = i18n.NewDomain("")

// Book is what the page shows. Its title is a message, since the view knows no language.
type Book struct {
	Title web.Message
	Pages int
}

// get sends a request whose client prefers a language.
func get(config *framework.Configurator, path, language string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return w
	}
	hr := httptest.NewRequest("GET", path, nil)
	hr.Header.Set("Accept-Language", language)
	app.ServeHTTP(w, hr)
	return w
}

// A page with texts of the view and of its template, in two languages.
func Example() {
	config := framework.New(framework.Options{})
	i18n.Add(config, catalogs)
	templates.Add(config, pages, templates.Options{})
	config.AddView(views.Func(func(*web.Request) (Book, error) {
		return Book{Title: text.Tr("Hello ${name}", "name", "Ada"), Pages: 3}, nil
	}), views.Renderer("book.html"))
	for _, language := range []string{"de-AT, en;q=0.5", "fr"} {
		w := get(config, "/", language)
		fmt.Println(w.Header().Get("Content-Language")+":", w.Body)
	}
	// Output:
	// de: <html lang="de"><h1>Hallo Ada</h1><p>3 Seiten</p><button>Öffnen</button>
	// en: <html lang="en"><h1>Hello Ada</h1><p>3 pages</p><button>Open</button>
}

// Errors are in the language of the client: those of the framework from its own catalogs, those of
// the application from the application's.
func Example_errors() {
	config := framework.New(framework.Options{})
	i18n.Add(config, catalogs)
	config.AddRoute("page", "/pages/{name}")
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		return nil, web.NotFound("").WithMessage(text.Tr("There is no page ${name}.", "name", r.Param("name")))
	}), views.Route("page"))
	fmt.Print(get(config, "/pages/x", "de").Body)
	fmt.Print(get(config, "/elsewhere", "de").Body)
	// Output:
	// 404 Nicht gefunden
	//
	// Es gibt keine Seite x.
	// 404 Nicht gefunden
}

func ExampleDomain() {
	message := text.In("menu").Tr("Open")
	fmt.Println(message) // without a request, the text is the default
	fmt.Println(text.Tr("Delete ${title}?", "title", "Notes"))
	// Output:
	// Open
	// Delete Notes?
}

func ExampleDomain_Plural() {
	for n := range 3 {
		fmt.Println(text.Plural("one file in ${dir}", "${n} files in ${dir}", n, "dir", "docs"))
	}
	// Output:
	// 0 files in docs
	// one file in docs
	// 2 files in docs
}

// The language of the user's account, then that of the browser.
func ExampleSetNegotiator() {
	config := framework.New(framework.Options{})
	i18n.Add(config, catalogs)
	i18n.SetNegotiator(config, i18n.FirstOf(func(r *web.Request) (string, bool) {
		if user, err := r.Identity(); err == nil && user == "ada" {
			return "de", true
		}
		return "", false
	}, i18n.AcceptLanguage))
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		return r.Text(i18n.LocaleName(r)), nil
	}))
	fmt.Println(get(config, "/", "de, en;q=0.5").Body)
	fmt.Println(get(config, "/", "it").Body)
	// Output:
	// de
	// en
}
