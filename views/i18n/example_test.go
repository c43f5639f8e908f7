package i18n_test

import (
	"fmt"
	"net/http/httptest"
	"testing/fstest"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/i18n"
	"github.com/mastaba-go/mastaba/views/web"
)

// catalogs are usually embedded files.
var catalogs = fstest.MapFS{"de/LC_MESSAGES/messages.po": {Data: []byte(`
msgid "Hello ${name}"
msgstr "Hallo ${name}"

msgid "${n} page"
msgid_plural "${n} pages"
msgstr[0] "${n} Seite"
msgstr[1] "${n} Seiten"

msgctxt "menu"
msgid "Open"
msgstr "Öffnen"
`)}}

var text = i18n.NewDomain("")

func Example() {
	config := framework.New(framework.Options{})
	i18n.Add(config, catalogs)
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		hello := r.Translate(text.Tr("Hello ${name}", "name", "Ada"))
		return r.Text(hello + ", " + r.Translate(text.Plural("${n} page", "${n} pages", 3))), nil
	}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, language := range []string{"de-AT, en;q=0.5", "fr"} {
		hr := httptest.NewRequest("GET", "/", nil)
		hr.Header.Set("Accept-Language", language)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		fmt.Println(w.Header().Get("Content-Language")+":", w.Body)
	}
	// Output:
	// de: Hallo Ada, 3 Seiten
	// en: Hello Ada, 3 pages
}

func ExampleDomain() {
	message := text.In("menu").Tr("Open")
	fmt.Println(message) // without a request, the text is the default
	fmt.Println(text.Plural("one file in ${dir}", "${n} files in ${dir}", 7, "dir", "docs"))
	// Output:
	// Open
	// 7 files in docs
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
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Body)
	// Output: en
}
