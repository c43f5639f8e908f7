package framework_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
)

// An explanation repeats no secret of the request, wherever it was sent, and whoever quotes it.
func TestExplainHidesSecrets(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Logger: new(frameworktest.Log).Logger()})
	config.AddRoute("reset", "/reset/{token}", views.MatchParam("token=other"))
	config.AddRoute("file", "/file/{name}")
	quotes := views.Where("quotes", func(r *framework.Request) (bool, error) {
		return false, errors.New("bad header " + r.Header.Get("Authorization") + r.Header.Get("X-Api-Key"))
	})
	show := func(r *framework.Request) (*framework.Response, error) { return r.Text(""), nil }
	config.AddView(views.Func(show), views.Name("quoting"), quotes)
	config.AddView(views.Func(show), views.Name("quoting"), views.Param("token=x"))
	config.AddView(views.Func(show), views.Name("choose"), views.Param("password=x"))
	config.AddView(views.Func(show), views.Name("check"), views.Header("X-Session-Id:1"))
	config.AddView(views.Func(show), views.Name("crumbs"), views.Header("Cookie:a"))
	app := frameworktest.New(t, config)

	const secretText = "s3cr3t/ value"
	for name, tt := range map[string]struct {
		line, body string
		headers    []string
	}{
		"query":              {"GET /choose?password=s3cr3t%2F+value&a=1", "", nil},
		"short in the query": {"GET /choose?password=s3cr3t&a=1", "", nil},
		"form":               {"POST /choose", "password=s3cr3t%2F+value", []string{"Content-Type: application/x-www-form-urlencoded"}},
		"header":             {"GET /check", "", []string{"X-Session-Id: " + secretText}},
		"cookie":             {"GET /crumbs", "", []string{"Cookie: sid=" + "s3cr3tvalue"}},
		"quoted by an error": {"GET /quoting", "", []string{"Authorization: Bearer s3cr3tvalue", "X-Api-Key: s3cr3tvalue"}},
		"basic":              {"GET /quoting", "", []string{"Authorization: Basic YW5uOnMzY3IzdHZhbHVl"}},
		"marker":             {"GET /reset/s3cr3tvalue", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method, target, _ := strings.Cut(tt.line, " ")
			hr := httptest.NewRequest(method, target, strings.NewReader(tt.body))
			for _, header := range tt.headers {
				name, value, _ := strings.Cut(header, ": ")
				hr.Header.Add(name, value)
			}
			e := app.Explain(hr)
			var b bytes.Buffer
			require.NoError(t, e.WriteJSON(&b))
			require.NoError(t, e.WriteHTML(&b))
			all := e.String() + b.String()
			assert.NotContains(t, all, "s3cr3t")
			assert.NotContains(t, all, "YW5uOnMz")
			assert.Contains(t, all, "not shown")
		})
	}
	got := app.Explain(httptest.NewRequest(http.MethodGet, "/file/passwords?q=1", nil)).String()
	assert.Contains(t, got, `matched with name="passwords"`, "only names make a secret")
	assert.Contains(t, got, "GET /file/passwords?q=1\n")
}
