package forms_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// noZ is a validator: titles must not begin with z.
type noZ struct{}

func (noZ) Prepare(input reflect.Type) (func(any) error, error) {
	if input.Kind() != reflect.Struct {
		return nil, assert.AnError
	}
	return func(in any) error {
		if d, ok := in.(*Draft); ok && strings.HasPrefix(d.Title, "z") {
			return &views.InputError{Fields: []views.FieldError{{Name: "title", Code: "z", Text: "no z"}}}
		}
		return nil
	}, nil
}

func configured() *framework.Configurator {
	return framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return &Article{}, nil }})
}

// What is set for forms holds for views.OnInput too.
func TestValidatorOfOnInput(t *testing.T) {
	t.Parallel()
	config := configured()
	forms.SetValidator(config, noZ{})
	config.AddView(views.OnInput(stored), views.Name("value"))
	config.AddView(views.OnInput(func(r *web.Request, a any, in *Draft) (*web.Response, error) { return stored(r, a, *in) }), views.Name("pointer"))
	config.AddView(views.OnInput(func(r *web.Request, _ any, in []Draft) (*web.Response, error) { return r.JSON(in) }), views.Name("list"))
	app := frameworktest.New(t, config)
	for _, name := range []string{"value", "pointer"} {
		app.Get("/" + name + "?title=a").Status(200)
		resp := app.Get("/" + name + "?title=z&stars=x").Status(422)
		assert.Equal(t, "422 Unprocessable Entity\n\nstars: \"x\" is not an integer; title: no z\n", resp.Body)
	}
	app.Send(jsonRequest("/list", `[{"title":"z"}]`)).Status(200)

	config = configured()
	forms.SetValidator(config, nil)
	_, err := config.App()
	require.ErrorContains(t, err, "oninput_test.go:")
	require.ErrorContains(t, err, "forms.SetValidator: the validator is nil")
}

func jsonRequest(target, body string) *http.Request {
	hr := httptest.NewRequest("POST", target, strings.NewReader(body))
	hr.Header.Set("Content-Type", "application/json")
	hr.Header.Set("Accept", "*/*")
	return hr
}

// A client that sends JSON gets problems as JSON, unless it prefers something else.
func TestProblemsOfJSON(t *testing.T) {
	t.Parallel()
	config := configured()
	config.AddView(views.OnInput(stored), views.Name("input"))
	forms.Add(config, func(*web.Request, any) (string, error) { return "", nil }, stored, views.Name("page"))
	app := frameworktest.New(t, config)
	for _, path := range []string{"/input", "/page"} {
		for body, status := range map[string]int{`{"stars":null}`: 422, `{`: 400, `null`: 400, `{"title":""}`: 422} {
			resp := app.Send(jsonRequest(path, body)).Status(status)
			assert.Equal(t, "application/problem+json", resp.Header.Get("Content-Type"), "%s %s", path, body)
			assert.Equal(t, status == 422, strings.Contains(resp.Body, `"errors":[{"field":`), resp.Body)
		}
	}
	hr := jsonRequest("/input", `{`)
	hr.Header.Set("Accept", "text/plain")
	assert.Contains(t, app.Send(hr).Status(400).Header.Get("Content-Type"), "text/plain")
	hr = jsonRequest("/input", `{}`)
	hr.Header.Set("Content-Encoding", "gzip")
	assert.Equal(t, "application/problem+json", app.Send(hr).Status(415).Header.Get("Content-Type"))
}

// A file that is too large is a 413, whichever way the input is taken.
func TestTooLargeForOnInput(t *testing.T) {
	t.Parallel()
	config := configured()
	config.AddView(views.OnInput(func(r *web.Request, _ any, in album) (*web.Response, error) { return r.Text(in.Title), nil }), views.Name("edit"))
	app, err := config.App()
	require.NoError(t, err)
	large := part{"cover", "a.txt", strings.Repeat("a", 1025)}
	w := sendParts(t, app, "application/json", large)
	assert.Equal(t, 413, w.Code)
	assert.Contains(t, w.Body.String(), `"errors":[{"field":"cover"`)
	assert.Equal(t, 422, sendParts(t, app, "*/*", part{"title", "", "x"}).Code)
}

// tidy is a strict input.
type tidy struct {
	forms.Strict
	Title string
	Lines []Line
}

// tokens is a CSRF policy with tokens in a field.
type tokens struct{}

func (tokens) Check(*web.Request) error           { return nil }
func (tokens) Token(*web.Request) (string, error) { return "x", nil }
func (tokens) Field() string                      { return "csrf_token" }

func TestStrict(t *testing.T) {
	t.Parallel()
	page := func(*web.Request, any) (string, error) { return "page", nil }
	save := func(r *web.Request, _ any, in tidy) (*web.Response, error) { return r.Text(in.Title), nil }
	for _, everywhere := range []bool{false, true} {
		config := framework.New(framework.Options{
			Root: func(*web.Request) (traversal.Resource, error) { return &Article{}, nil },
			CSRF: tokens{},
		})
		if everywhere {
			forms.SetStrict(config)
		}
		forms.AllowParameters(config, "utm_*", "next")
		forms.Add(config, page, save, views.Name("edit"), views.Renderer("string"))
		config.AddView(views.OnInput(save), views.Name("tidy"))
		config.AddView(views.OnInput(stored), views.Name("loose"))
		app := frameworktest.New(t, config)
		for _, path := range []string{"/edit", "/tidy"} {
			for body, status := range map[string]int{
				"title=a&csrf_token=x&lines.0.qty=1": 200, "title=a&titel=b": 422, "title=a&lines.0.gty=1": 422, "page=1": 422,
			} {
				hr := httptest.NewRequest("POST", path+"?utm_source=x&next=/", strings.NewReader(body))
				hr.Header.Set("Content-Type", encoded)
				hr.Header.Set("Accept", "application/json")
				resp := app.Send(hr).Status(status)
				assert.Equal(t, status == 422, strings.Contains(resp.Body, `"code":"unknown"`), resp.Body)
			}
			assert.Contains(t, app.Send(jsonRequest(path, `{"title":"a","lines":[{"text":"b","other":1}]}`)).Status(422).Body, "lines.0.other")
			app.Send(jsonRequest(path+"?page=1", `{"title":"a"}`)).Status(200)
		}
		app.Get("/tidy?title=a&page=2").Status(422)
		want := 200
		if everywhere {
			want = 422
		}
		app.Get("/loose?title=a&page=2").Status(want)
	}
	config := configured()
	forms.AllowParameters(config, "*")
	forms.SetStrict(config)
	forms.SetStrict(config)
	_, err := config.App()
	require.ErrorContains(t, err, `forms.AllowParameters: invalid name "*": want one such as "page" or "utm_*"`)
}

// What Values returns decodes to the value.
func TestValues(t *testing.T) {
	t.Parallel()
	type input struct {
		Title string
		When  *time.Time
		Lines []*Line
		Of    map[string]int
		Photo forms.Upload
	}
	when := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	in := input{"a&b", &when, []*Line{{"x", 2}, {}}, map[string]int{"k": 1, "no.dots": 2}, forms.Upload{}}
	values, err := forms.Values(&in)
	require.NoError(t, err)
	assert.Equal(t, url.Values{
		"title": {"a&b"}, "when": {"2026-01-31T12:00:00Z"}, "lines.0.text": {"x"}, "lines.0.qty": {"2"}, "lines.1.text": {""}, "lines.1.qty": {"0"}, "of.k": {"1"},
	}, values)
	_, err = forms.Values(struct{ C chan int }{})
	require.Error(t, err)
}

// A page may be on a route without a tree.
func TestFormOnARoute(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddRoute("draft", "/draft")
	forms.Add(config, func(r *web.Request, _ any) (string, error) { return forms.Show(r, nil).Problem("title"), nil }, stored,
		views.Route("draft"), views.Renderer("string"))
	app := frameworktest.New(t, config)
	app.Get("/draft").Status(200)
	for body, want := range map[string]string{"title=": "say something", "title=a": `{"Title":"a","Stars":0,"Lines":null}`} {
		hr := httptest.NewRequest("POST", "/draft", strings.NewReader(body))
		hr.Header.Set("Content-Type", encoded)
		assert.Equal(t, want, strings.TrimSpace(app.Send(hr).Body))
	}
}
