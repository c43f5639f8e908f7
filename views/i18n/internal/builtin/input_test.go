package builtin_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/forms/validator"
	"github.com/mastaba-go/mastaba/views/i18n"
	"github.com/mastaba-go/mastaba/views/web"
)

type input struct {
	Small  int8          `form:"small" json:"small"`
	Number float64       `form:"number" json:"number"`
	Flag   bool          `form:"flag" json:"flag"`
	At     time.Time     `form:"at" json:"at"`
	For    time.Duration `form:"for" json:"for"`
	Bytes  []byte        `form:"bytes" json:"bytes"`
	List   []int         `form:"list" json:"list"`
	File   forms.Upload  `form:"file" upload:"max=3 types=image/png" json:"-"`
}

type ruled struct {
	Title string   `form:"title" validate:"max=5"`
	Tags  []string `form:"tags" validate:"min=2"`
	Age   int      `form:"age" validate:"gte=18"`
	Mail  string   `form:"mail" validate:"required,email"`
	Kind  string   `form:"kind" validate:"oneof=a b"`
	Odd   string   `form:"odd" validate:"contains=x"`
}

func (in *ruled) Validate() error {
	if in.Title == "no" {
		return errors.New("choose another title")
	}
	return nil
}

// german is an application in German, with a form for each input.
func german(t *testing.T) *frameworktest.App {
	t.Helper()
	config := framework.New(framework.Options{CSRF: security.NewCSRF(security.CSRFOptions{OriginOnly: true})})
	i18n.SetDefaultLocale(config, "de")
	i18n.Add(config, fstest.MapFS{"fr/LC_MESSAGES/messages.po": {Data: []byte("msgid \"choose another title\"\nmsgstr \"choisissez un autre titre\"\n")}})
	forms.SetValidator(config, validator.New(nil))
	problems := func(r *web.Request) string {
		form := forms.Show(r, nil)
		var lines []string
		for _, p := range form.Problems() {
			lines = append(lines, p.Path+": "+r.Translate(p.Message))
		}
		return strings.Join(lines, "\n")
	}
	show := func(r *web.Request, _ any) (*web.Response, error) { return r.Text(problems(r)), nil }
	config.AddRoute("input", "/input")
	forms.Add(config, show, func(*web.Request, any, input) (*web.Response, error) { return nil, nil }, views.Route("input"))
	config.AddRoute("ruled", "/ruled")
	forms.Add(config, show, func(*web.Request, any, *ruled) (*web.Response, error) { return nil, nil }, views.Route("ruled"))
	return frameworktest.New(t, config)
}

func TestProblemsOfForms(t *testing.T) {
	t.Parallel()
	app := german(t)
	post := func(target, body string) string {
		hr := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		hr.Header.Set("Sec-Fetch-Site", "same-origin")
		return app.Send(hr).Body
	}
	assert.Equal(t, strings.TrimSpace(`
small: „999“ ist keine ganze Zahl von -128 bis 127
number: „x“ ist keine Zahl
flag: „maybe“ ist weder true noch false
at: „soon“ ist kein Datum und keine Zeit, wie etwa 2026-01-31 oder 2026-01-31T15:04:05Z
for: „long“ ist keine Dauer, wie etwa 1m30s
bytes: „!“ ist kein Base64, wie etwa aGVsbG8=
list.1: „b“ ist keine ganze Zahl`), post("/input", "small=999&number=x&flag=maybe&at=soon&for=long&bytes=!&list=1&list=b"))

	assert.Equal(t, strings.TrimSpace(`
title: Höchstens 5 Zeichen sind erlaubt
tags: Mindestanzahl der Einträge: 2
age: Der Wert muss mindestens 18 sein
mail: Eine Angabe ist erforderlich
kind: Erlaubt sind: a, b
odd: the value breaks the rule "contains=x"`), post("/ruled", "title=123456&tags=x&age=3&kind=c&odd=y"))
	const fine = "title=no&tags=x&tags=y&age=30&mail=a@example.org&kind=a&odd=x"
	assert.Equal(t, ": choose another title", post("/ruled", fine))
	assert.Equal(t, ": choisissez un autre titre", post("/ruled?_LOCALE_=fr", fine))

	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "a.png")
	require.NoError(t, err)
	_, err = part.Write([]byte("\x89PNG\r\n\x1a\n"))
	require.NoError(t, err)
	require.NoError(t, form.Close())
	hr := httptest.NewRequest(http.MethodPost, "/input", &body)
	hr.Header.Set("Content-Type", form.FormDataContentType())
	hr.Header.Set("Sec-Fetch-Site", "same-origin")
	assert.Equal(t, "file: Die Datei hat 8 Bytes, erlaubt sind höchstens 3", app.Send(hr).Body)
}

func TestProblemsOfJSON(t *testing.T) {
	t.Parallel()
	hr := httptest.NewRequest(http.MethodPost, "/input", strings.NewReader(`{"small": "x", "number": [], "list": {"a": 1}}`))
	hr.Header.Set("Content-Type", "application/json")
	hr.Header.Set("Sec-Fetch-Site", "same-origin")
	resp := german(t).Send(hr)
	assert.Equal(t, "application/problem+json", resp.Header.Get("Content-Type"))
	assert.Equal(t, "de", resp.Header.Get("Content-Language"))
	assert.JSONEq(t, `{"title": "Ungültige Eingaben", "status": 422,
		"detail": "small: Erwartet wird eine ganze Zahl, nicht ein Text; number: Erwartet wird eine Zahl, nicht eine Liste (Array); list: Erwartet wird eine Liste (Array), nicht ein Objekt",
		"errors": [
			{"field": "small", "code": "type", "detail": "Erwartet wird eine ganze Zahl, nicht ein Text"},
			{"field": "number", "code": "type", "detail": "Erwartet wird eine Zahl, nicht eine Liste (Array)"},
			{"field": "list", "code": "type", "detail": "Erwartet wird eine Liste (Array), nicht ein Objekt"}
		]}`, resp.Body)
}

func TestForgedRequests(t *testing.T) {
	t.Parallel()
	hr := httptest.NewRequest(http.MethodPost, "/input", strings.NewReader("small=1"))
	hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	hr.Header.Set("Sec-Fetch-Site", "cross-site")
	resp := german(t).Send(hr)
	assert.Equal(t, "400 Ungültige Anfrage\n\nDie Anfrage kam nicht von einer Seite dieser Anwendung und wurde abgelehnt.\n", resp.Body)
}

// An error view shows what is wrong with an input in the language of the client.
func TestFieldErrorsHaveMessages(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{AllowedHosts: []string{"example.com"}})
	i18n.SetDefaultLocale(config, "de")
	config.AddView(views.OnInput(func(*web.Request, any, struct{ N int }) (*web.Response, error) { return nil, nil }))
	config.AddView(views.Error(func(r *web.Request, e *views.InputError) (*web.Response, error) {
		return r.Text(e.Field("n") + "|" + r.Translate(e.Fields[0].Message())), nil
	}))
	app := frameworktest.New(t, config)
	assert.Equal(t, "\"x\" is not an integer|„x“ ist keine ganze Zahl", app.Get("/?n=x").Body)

	hr := httptest.NewRequest(http.MethodGet, "http://evil.example/", nil)
	resp := app.Send(hr)
	assert.Equal(t, "400 Ungültige Anfrage\n\nDiese Anwendung antwortet nicht unter dem Namen \"evil.example\".\n", resp.Body)
	assert.Equal(t, "de", resp.Header.Get("Content-Language"))
}
