package forms_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// shown is what a page sees of its form.
type shown struct {
	Values   map[string]string
	Problems []forms.Problem
	Lines    int
	Checked  bool
}

// serve returns an application with a page at its root that shows a few fields as JSON, and the
// inputs that it saved.
func serve(t *testing.T, save func(*web.Request, any, Draft) (*web.Response, error), opts ...views.Option) http.Handler {
	t.Helper()
	config := framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return &Article{}, nil }})
	forms.Add(config, func(r *web.Request, _ any) (shown, error) {
		f := forms.Show(r, nil)
		values := map[string]string{}
		for _, name := range []string{"title", "stars", "lines.0.text", "lines.1.qty"} {
			values[name] = f.Value(name)
		}
		return shown{values, f.Problems(), f.Len("lines"), f.Checked("stars", "many")}, nil
	}, save, append(opts, views.Name("edit"))...)
	app, err := config.App()
	require.NoError(t, err)
	return app
}

func stored(r *web.Request, _ any, in Draft) (*web.Response, error) {
	if in.Title == "taken" {
		return nil, &views.InputError{Fields: []views.FieldError{{Name: "title", Text: "somebody has it"}}}
	}
	if in.Title == "broken" {
		return nil, errors.New("the disk is full")
	}
	return r.JSON(in)
}

func post(app http.Handler, body string, header ...string) *httptest.ResponseRecorder {
	hr := httptest.NewRequest(http.MethodPost, "/edit?title=query", strings.NewReader(body))
	hr.Header.Set("Content-Type", encoded)
	for i := 0; i < len(header); i += 2 {
		hr.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, hr)
	return w
}

func TestAdd(t *testing.T) {
	t.Parallel()
	app := serve(t, stored)
	for name, tt := range map[string]struct {
		body   string
		header []string
		status int
		want   string
	}{
		"saved, body beats query": {"title=form&stars=2", nil, 200, `{"Title":"form","Stars":2,"Lines":null}`},
		"nested":                  {"title=a&lines.7.text=x&lines.7.qty=2&lines.1.qty=1", nil, 200, `{"Title":"a","Stars":0,"Lines":[{"Text":"","Qty":1},{"Text":"x","Qty":2}]}`},
		"huge index":              {"title=a&lines.999999999.qty=1", nil, 200, `"Lines":[{"Text":"","Qty":1}]}`},
		"raw values come back":    {"title=a&stars=many&lines.1.qty=x", nil, 422, `"stars":"many"`},
		"nested problem":          {"title=a&lines.1.qty=x", nil, 422, `"Path":"lines.1.qty","Code":"integer","Params":{"value":"x","want":"an integer"},"Message":{"ID":"input-integer","Domain":"mastaba"`},
		"not an index":            {"title=a&lines.-1.qty=1&lines.01.qty=2&lines.x.qty=3", nil, 422, `"Code":"index"`},
		"too deep":                {"title=a&lines" + strings.Repeat(".0", 40) + "=1", nil, 422, `"Code":"too-deep"`},
		"Validate":                {"title=", nil, 422, `"Path":"title","Code":"required"`},
		"from the view":           {"title=taken", nil, 422, `"Message":{"ID":"somebody has it"`},
		"another error":           {"title=broken", nil, 500, ``},
		"client of JSON":          {"title=a&stars=many", []string{"Accept", "application/json"}, 422, `"errors":[{"field":"stars","detail":"\"many\" is not an integer","code":"integer"}]`},
		"JSON sent":               {`{"title":1}`, []string{"Content-Type", "application/json", "Accept", "application/json"}, 422, `"errors":[{"field":"title"`},
		"another type":            {`a,b`, []string{"Content-Type", "text/csv"}, 415, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := post(app, tt.body, tt.header...)
			assert.Equal(t, tt.status, w.Code, "%s", w.Body)
			assert.Contains(t, w.Body.String(), tt.want)
		})
	}
}

func TestTooManyElements(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	body.WriteString("title=a")
	for i := range 1001 {
		body.WriteString("&lines." + strings.Repeat("1", 1+i%3) + strings.Repeat("0", i/3) + ".qty=1")
	}
	w := post(serve(t, stored), body.String())
	assert.Equal(t, 422, w.Code)
	assert.Contains(t, w.Body.String(), `"Path":"lines","Code":"too-many"`)
}

func TestVaryAndEmptyForm(t *testing.T) {
	t.Parallel()
	app := serve(t, stored)
	assert.Contains(t, post(app, "title=&stars=x").Header().Values("Vary"), "Accept")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/edit?title=query", nil))
	assert.Equal(t, 200, w.Code)
	assert.Contains(t, w.Body.String(), `"title":""`)
}

func TestConfigurationErrors(t *testing.T) {
	t.Parallel()
	type input struct{ Out chan int }
	config := framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return &Article{}, nil }})
	show := func(*web.Request, any) (string, error) { return "", nil }
	forms.Add(config, show, func(*web.Request, any, input) (*web.Response, error) { return nil, nil })
	forms.Add[any, Draft](config, show, nil)
	_, err := config.App()
	require.ErrorContains(t, err, "no form can fill field Out of type chan int")
	require.ErrorContains(t, err, "forms.Add: the function that saves is nil")
	require.ErrorContains(t, err, "forms_test.go:")
}
