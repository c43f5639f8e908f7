package i18n_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/i18n"
	"github.com/mastaba-go/mastaba/views/web"
)

// failing is an application in German whose root fails with err.
func failing(t *testing.T, err error, declare ...func(c *framework.Configurator)) *frameworktest.App {
	t.Helper()
	config := framework.New(framework.Options{MaxBody: 10})
	i18n.Add(config, files(map[string]string{"de/messages": "msgid \"no page ${name}\"\nmsgstr \"keine Seite ${name}\"\n\nmsgid \"no such page\"\nmsgstr \"keine solche Seite\"\n"}))
	for _, fn := range declare {
		fn(config)
	}
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) { return nil, err }))
	return frameworktest.New(t, config)
}

// ask sends a request for German.
func ask(app *frameworktest.App, accept string) *frameworktest.Response {
	hr := httptest.NewRequest(http.MethodGet, "/", nil)
	hr.Header.Set("Accept-Language", "de")
	hr.Header.Set("Accept", accept)
	return app.Send(hr)
}

func TestErrorsAreTranslated(t *testing.T) {
	t.Parallel()
	page := func(title, detail string) string {
		text := "<!doctype html>\n<html lang=\"de\">\n<head><meta charset=\"utf-8\"><title>" + title + "</title></head>\n<body>\n<h1>" + title + "</h1>\n"
		if detail != "" {
			text += "<p>" + detail + "</p>\n"
		}
		return text + "</body>\n</html>\n"
	}
	for _, tt := range []struct {
		err          error
		accept, want string
	}{
		{web.NotFound(""), "text/html", page("404 Nicht gefunden", "")},
		{web.NotFound(""), "*/*", "404 Nicht gefunden\n"},
		{web.NotFound("There is no such file."), "text/html", page("404 Nicht gefunden", "Diese Datei gibt es nicht.")},
		{web.NotFound("no such page"), "*/*", "404 Nicht gefunden\n\nkeine solche Seite\n"}, // of the application
		{web.NotFound("nobody translates $this"), "*/*", "404 Nicht gefunden\n\nnobody translates $this\n"},
		{web.NotFound("").WithMessage(text.Tr("no page ${name}", "name", "<x>")).WithHeader("X-A", "b"), "text/html", page("404 Nicht gefunden", "keine Seite &lt;x&gt;")},
		{web.NotFound("").WithMessage(text.Tr("no page ${name}", "name", "x")).WithDetail("no such page"), "*/*", "404 Nicht gefunden\n\nkeine solche Seite\n"},
		{web.Conflict("no such page").WithTitle("no such page").WithType("urn:x").WithExtension("code", "no such page"), "application/json",
			`{"type":"urn:x","title":"keine solche Seite","status":409,"detail":"keine solche Seite","code":"no such page"}` + "\n"},
		{web.Conflict("").WithTranslation(func(l web.Localizer) (string, map[string]any) { return l.Locale(), map[string]any{"code": l.Locale()} }).WithExtension("code", "x").WithExtension("other", 1), "application/json",
			`{"title":"Konflikt","status":409,"detail":"de","code":"de","other":1}` + "\n"},
		{&messageError{}, "*/*", "410 Nicht mehr vorhanden\n\nkeine Seite A\n"},
		{errors.Join(errors.New("internal"), &messageError{}), "*/*", "410 Nicht mehr vorhanden\n\nkeine Seite A\n"},
		{web.Status(499, ""), "*/*", "499 Status 499\n"},
	} {
		resp := ask(failing(t, tt.err), tt.accept)
		assert.Equal(t, tt.want, resp.Body, tt.err)
		assert.Equal(t, "de", resp.Header.Get("Content-Language"), tt.err)
		assert.Equal(t, "Accept, Cookie, Accept-Language", resp.Header.Get("Vary"), tt.err)
	}
}

// messageError is an error of an application with a message.
type messageError struct{}

func (*messageError) Error() string        { return "410 for the log" }
func (*messageError) Status() int          { return 410 }
func (*messageError) Message() web.Message { return text.Tr("no page ${name}", "name", "A") }

func TestLanguagesOfErrors(t *testing.T) {
	t.Parallel()
	english := failing(t, web.NotFound("There is no such file.")).Get("/")
	assert.Equal(t, "404 Not Found\n\nThere is no such file.\n", english.Body)
	assert.Equal(t, "en", english.Header.Get("Content-Language"))

	french := failing(t, web.NotFound("")).Get("/?_LOCALE_=fr")
	assert.Equal(t, "404 Not Found\n", french.Body, "the application has no French")

	austrian := failing(t, web.NotFound("")).Get("/?_LOCALE_=de_AT")
	assert.Equal(t, "404 Nicht gefunden\n", austrian.Body)

	own := failing(t, web.NotFound("There is no such file."), func(c *framework.Configurator) {
		i18n.Add(c, files(map[string]string{"de/mastaba": "msgctxt \"status\"\nmsgid \"Not Found\"\nmsgstr \"Weg\"\n"}))
	}).Get("/?_LOCALE_=de")
	assert.Equal(t, "404 Weg\n\nDiese Datei gibt es nicht.\n", own.Body, "an application replaces single texts")

	config := framework.New(framework.Options{})
	i18n.SetDefaultLocale(config, "de")
	written := frameworktest.New(t, config).Get("/nowhere")
	assert.Equal(t, "404 Nicht gefunden\n", written.Body, "an application that is written in German needs no catalog")
	assert.Equal(t, "de", written.Header.Get("Content-Language"))

	plain := frameworktest.New(t, framework.New(framework.Options{})).Get("/nowhere")
	assert.Equal(t, "404 Not Found\n", plain.Body)
	assert.Empty(t, plain.Header.Get("Content-Language"))
	assert.Equal(t, "Accept", plain.Header.Get("Vary"))

	moved := ask(failing(t, web.SeeOther("/x")), "text/html")
	assert.Contains(t, moved.Body, "303 See Other", "redirects are not shown")
	assert.Equal(t, "Accept", moved.Header.Get("Vary"))
}

// What the framework itself finds wrong with a request.
func TestTextsOfTheFramework(t *testing.T) {
	t.Parallel()
	app := failing(t, errors.New("secret"), func(c *framework.Configurator) {
		c.AddRoute("form", "/form")
		c.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
			_, err := r.Parameters()
			return nil, err
		}), views.Route("form"))
		c.AddRoute("json", "/json")
		c.AddView(views.OnInput(func(*web.Request, any, struct{ N int }) (*web.Response, error) { return nil, nil }), views.Route("json"))
		c.AddRoute("html", "/html")
		c.AddView(say(web.Message{}), views.Route("html"), views.Accept("text/html"))
		c.AddRoute("detail", "/detail")
		c.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
			return r.Text(r.Detail(web.NotFound("")) + "|" + r.Detail(errors.New("x")) + "|" + r.Detail(web.Gone("no such page")) + "|" + r.Detail(&messageError{}) + "|" + web.Detail(&messageError{})), nil
		}), views.Route("detail"))
	})
	for _, tt := range []struct{ method, target, contentType, body, want string }{
		{"GET", "/%ff", "", "", "400 Ungültige Anfrage\n\nDer Pfad der Adresse ist ungültig.\n"},
		{"GET", "/form?q=%ff", "", "", "400 Ungültige Anfrage\n\nDie Parameter der Adresse sind nicht in UTF-8 codiert.\n"},
		{"POST", "/form", "application/x-www-form-urlencoded", "a=12345678901234567890", "413 Anfrage zu groß\n\nDie Anfrage ist zu groß.\n"},
		{"POST", "/form", "application/x-www-form-urlencoded", "a=%ff", "400 Ungültige Anfrage\n\nDas Formular ist nicht in UTF-8 codiert.\n"},
		{"POST", "/json", "application/json", "{", "400 Ungültige Anfrage\n\nDer JSON-Inhalt ist ungültig: line 1, column 2: expected a name in quotes, got the end\n"},
		{"POST", "/json", "text/xml", "<x/>", "415 Format nicht unterstützt\n\nSenden Sie application/json, application/x-www-form-urlencoded oder multipart/form-data.\n"},
		{"GET", "/html", "", "", "406 Kein passendes Format\n\nVerfügbar: text/html\n"},
		{"DELETE", "/nowhere", "", "", "404 Nicht gefunden\n"},
		{"GET", "/detail", "", "", "Nicht gefunden|Interner Serverfehler|keine solche Seite|keine Seite A|no page A"},
	} {
		hr := httptest.NewRequest(tt.method, tt.target, strings.NewReader(tt.body))
		hr.Header.Set("Accept-Language", "de")
		hr.Header.Set("Accept", "text/plain")
		if tt.contentType != "" {
			hr.Header.Set("Content-Type", tt.contentType)
		}
		assert.Equal(t, tt.want, app.Send(hr).Body, "%s %s", tt.method, tt.target)
	}
	internal := app.Get("/?_LOCALE_=de")
	assert.Contains(t, internal.Body, "500 Interner Serverfehler\n\nrequest ")
	assert.Equal(t, "de", internal.Header.Get("Content-Language"))
}

// The response to an error does not wait for a body, in which a form might name the language.
func TestErrorsDoNotReadTheBody(t *testing.T) {
	t.Parallel()
	app := failing(t, nil)
	hr := httptest.NewRequest(http.MethodPost, "/nowhere?_LOCALE_=de", &unreadable{t})
	hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	assert.Equal(t, "404 Nicht gefunden\n", app.Send(hr).Body)
}

// unreadable is a body that must not be read.
type unreadable struct{ t *testing.T }

func (u *unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestFrameworkCatalogsNeedNoFolder(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	i18n.Add(config, fstest.MapFS{"fr/LC_MESSAGES/messages.po": {Data: []byte("msgid \"a\"\nmsgstr \"b\"\n")}})
	app := frameworktest.New(t, config)
	resp := app.Get("/nowhere?_LOCALE_=fr")
	require.Equal(t, http.StatusNotFound, resp.Code)
	assert.Equal(t, "404 Introuvable\n", resp.Body)
}
