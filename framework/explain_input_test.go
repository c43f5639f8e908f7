package framework_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// amount is an input that refuses some values.
type amount struct{ N int }

func (a amount) Validate() error {
	switch a.N {
	case 13:
		return errors.New("n: anything but 13")
	case 14:
		return web.Status(http.StatusConflict, "taken")
	}
	return nil
}

// The explanation of a request for a view with an input predicts the response.
func TestExplainInput(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{MaxBody: 200, MaxForm: 100})
	save := func(r *framework.Request, _ any, in amount) (*framework.Response, error) { return r.Text("saved"), nil }
	config.AddView(views.OnInput(save))
	config.AddView(views.OnInput(save), views.Name("short"), views.BodyLimit(5))
	config.AddView(views.OnInput(func(r *framework.Request, _ any, in []int) (*framework.Response, error) { return r.Text(""), nil }), views.Name("list"))
	config.AddErrorView(views.Error(func(r *framework.Request, e *views.InputError) (*framework.Response, error) {
		return r.Text("form: " + e.Field("n")), nil
	}), views.Accept("text/html"))
	app := frameworktest.New(t, config)
	const urlencoded, multipart = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
	for name, tt := range map[string]struct {
		path, contentType, body, accept string
		status                          int
		cause                           string
	}{
		"form":              {"/", urlencoded, "n=5", "", 200, ""},
		"wrong form":        {"/", urlencoded, "n=x", "", 422, `n: "x" is not an integer`},
		"error view":        {"/", urlencoded, "n=x", "text/html", 422, `n: "x" is not an integer`},
		"large form":        {"/", urlencoded, "n=" + strings.Repeat("1", 100), "", 413, "the form exceeds the limit of 100 bytes"},
		"query":             {"/?n=x", "", "", "", 422, `n: "x" is not an integer`},
		"multipart":         {"/", multipart, "--b\r\nContent-Disposition: form-data; name=n\r\n\r\n5\r\n--b--", "", 200, ""},
		"broken multipart":  {"/", multipart, "n=5", "", 400, ""},
		"json":              {"/", "application/json", `{"n":5}`, "", 200, ""},
		"broken json":       {"/", "application/json", `{"n":5`, "", 400, "invalid JSON body: line 1, column 7: expected ',' or '}', got the end"},
		"wrong json":        {"/", "application/json", `{"n":"5"}`, "", 422, "n: expected an integer, got a string"},
		"large json":        {"/", "application/json", `{"n":5` + strings.Repeat(" ", 200) + `}`, "", 413, ""},
		"limit of a view":   {"/short", "application/json", `{"n":5}`, "", 413, "the request body exceeds the limit of 5 bytes"},
		"other type":        {"/", "text/csv", "n", "", 415, "send application/json, application/x-www-form-urlencoded or multipart/form-data"},
		"refused":           {"/", urlencoded, "n=13", "", 422, "n: anything but 13"},
		"refused by status": {"/", "application/json", `{"n":14}`, "", 409, "taken"},
		"list from a form":  {"/list", urlencoded, "n=5", "", 415, "send application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := func() *http.Request {
				hr := httptest.NewRequest(http.MethodPost, tt.path, strings.NewReader(tt.body))
				for header, value := range map[string]string{"Content-Type": tt.contentType, "Accept": tt.accept} {
					if value != "" {
						hr.Header.Set(header, value)
					}
				}
				return hr
			}
			got := app.Explain(request()).Outcome
			assert.Equal(t, tt.status, got.Status)
			assert.Contains(t, got.Cause, tt.cause)
			app.Send(request()).Status(tt.status)

			read := request()
			read.Body = http.NoBody
			if read.ContentLength > 0 {
				assert.Equal(t, 200, app.Explain(read).Outcome.Status, "nothing is known of a body that was read")
			}
		})
	}
}
