// Package i18n translates the texts of an application with gettext catalogs, which are read once,
// when the application is built.
//
//	package main
//
//	import (
//		"embed"
//		"io/fs"
//		"log"
//		"net/http"
//
//		"github.com/mastaba-go/mastaba/framework"
//		"github.com/mastaba-go/mastaba/views"
//		"github.com/mastaba-go/mastaba/views/i18n"
//	)
//
//	//go:embed locale
//	var files embed.FS // locale/de/LC_MESSAGES/messages.po, locale/fr/…
//
//	var text = i18n.NewDomain("")
//
//	func main() {
//		catalogs, err := fs.Sub(files, "locale")
//		if err != nil {
//			log.Fatal(err)
//		}
//		config := framework.New(framework.Options{})
//		i18n.Add(config, catalogs)
//		config.AddView(views.Func(hello))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
//	func hello(r *framework.Request) (*framework.Response, error) {
//		return r.Text(r.Translate(text.Tr("Hello ${name}", "name", "Ada"))), nil
//	}
//
// The catalogs are made, and kept up to date, by
//
//	go get -tool github.com/mastaba-go/mastaba/framework/cmd/mastaba # once
//	go tool mastaba messages extract --locale de,fr
//
// which collects the texts of Go source and templates; messages check reports what is missing
// (package messages).
//
// Most applications need three names: [Add] for the catalogs, [NewDomain] for messages, and
// web.Request.Translate. Templates have a function for it. Read next: [SetNegotiator], which
// decides on the language. The examples are Example, a page with a template and a plural;
// ExampleDomain, ExampleDomain_Plural, ExampleSetNegotiator, and Example_errors.
//
// # Catalogs
//
// A file LOCALE/LC_MESSAGES/DOMAIN.po, or .mo if there is no .po, holds the messages of one domain
// in one locale, such as "de" or "de_AT". The domain "messages" is that of the application; a
// message that another domain lacks is looked up there. Invalid files are configuration errors with
// file and line. Fuzzy entries do not count.
//
// Locale "de_AT" has the messages of "de" and of "de_AT", and the latter win. Of several folders
// the one that was added first wins, so an application replaces translations of a package by adding
// its own before it includes the package; [AddOverriding] wins over all before it. This is
// Pyramid's order (chapter "Internationalization and Localization"). Each form of a message is
// chosen by the plural rule of its own catalog.
//
// # Locale
//
// Unless [SetNegotiator] says otherwise, the locale of a request is what [SetLocale] has set, else
// the parameter "_LOCALE_", else the cookie of this name, else what Accept-Language prefers among
// the catalogs, else that of [SetDefaultLocale], "en". It is chosen once per request. Responses
// that used it have Content-Language, and a Vary that lists the headers behind the choice.
//
// Texts in the code are those of the default locale; it needs no catalog. A message without a
// translation is its default text.
//
// # Texts of the framework
//
// Titles and details of HTTP errors, and what is wrong with the input of a form, are messages of
// the domain "mastaba". The framework has catalogs of them for German, French and Spanish, which an
// application uses for those languages that it has catalogs for, or is written in. Its own
// mastaba.po replaces single texts. The titles of statuses have the context "status".
//
// The detail of an error of the application, such as web.NotFound("no such page"), is looked up as
// it is in the domain "messages" too. With markers it is
//
//	web.NotFound("").WithMessage(text.Tr("no page ${name}", "name", name))
//
// Type, status and codes of problem+json are the same in all languages.
package i18n
