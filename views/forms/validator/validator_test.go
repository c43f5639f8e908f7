package validator_test

import (
	"fmt"
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
	"github.com/mastaba-go/mastaba/views/forms/validator"
	"github.com/mastaba-go/mastaba/views/web"
)

type Base struct {
	Mail string `form:"mail" validate:"omitempty,email"`
}

type line struct {
	Qty int `form:"qty" validate:"min=1"`
}

// Draft is an input with rules.
type Draft struct {
	Base
	Title string `form:"title" validate:"required,max=5"`
	Lines []line `form:"lines" validate:"max=2,dive"`
	Kind  string `json:"kind" validate:"omitempty,oneof=a b"`
}

func show(r *web.Request, _ any) ([]forms.Problem, error) {
	return forms.Show(r, nil).Problems(), nil
}

func save[I any](r *web.Request, _ any, in I) (*web.Response, error) {
	return r.Text(fmt.Sprintf("%+v", in)), nil
}

func configured() *framework.Configurator {
	return framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return traversal.Map{}, nil }})
}

func post(app http.Handler, body string) *httptest.ResponseRecorder {
	hr := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	hr.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, hr)
	return w
}

func TestValidator(t *testing.T) {
	t.Parallel()
	config := configured()
	forms.Add(config, show, save[Draft])
	forms.SetValidator(config, validator.New(nil))
	app, err := config.App()
	require.NoError(t, err)
	for body, want := range map[string]string{
		"title=a&mail=a@example.com&lines.0.qty=1&kind=a": "{Base:{Mail:a@example.com} Title:a Lines:[{Qty:1}] Kind:a}",
		"title=":                   `"Path":"title","Code":"required","Params":null`,
		"title=123456":             `"Path":"title","Code":"max","Params":{"param":"5","unit":"characters"}`,
		"title=a&mail=x":           `"Path":"mail","Code":"email"`,
		"title=a&lines.3.qty=0":    `"Path":"lines.3.qty","Code":"min"`,
		"title=a&kind=c":           `"text":"expected one of: a, b"`,
		"title=a&lines.0.qty=many": `"Code":"integer"`,
	} {
		w := post(app, body)
		assert.Contains(t, w.Body.String(), want, body)
		assert.Equal(t, strings.HasPrefix(want, "{"), w.Code == 200, body)
	}
}

func TestUnknownRulesAreConfigurationErrors(t *testing.T) {
	t.Parallel()
	type inner struct {
		Text string `form:"text" validate:"shiny"`
	}
	type outer struct {
		List []inner `form:"list" validate:"dive"`
	}
	type unsuited struct {
		OK bool `form:"ok" validate:"min=3"`
	}
	config := configured()
	forms.SetValidator(config, validator.New(nil))
	forms.Add(config, show, save[outer], views.Name("a"))
	forms.Add(config, show, save[unsuited], views.Name("b"))
	_, err := config.App()
	require.ErrorContains(t, err, "shiny")
	require.ErrorContains(t, err, "validate tags of validator_test.unsuited")
	require.ErrorContains(t, err, "validator_test.go:")
}

func Example() {
	config := configured()
	forms.SetValidator(config, validator.New(nil))
	forms.Add(config, func(r *web.Request, _ any) (string, error) {
		return forms.Show(r, Draft{}).Problem("title"), nil
	}, save[Draft], views.Renderer("string"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := post(app, "title=")
	fmt.Println(w.Code, w.Body)
	// Output: 422 a value is required
}
