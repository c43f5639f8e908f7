package views_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestStatusIfNoViewMatches(t *testing.T) {
	t.Parallel()
	json := views.ContentType("application/json")
	tests := map[string]struct {
		views [][]views.Option
		rq    req
		want  int
		allow string
	}{
		"no view at all":               {nil, req{}, 404, ""},
		"method":                       {[][]views.Option{{views.Method("POST")}}, req{}, 405, "OPTIONS, POST"},
		"methods of several":           {[][]views.Option{{views.Method("GET")}, {views.Method("PATCH", "PURGE")}}, req{line: "POST /"}, 405, "GET, HEAD, OPTIONS, PATCH, PURGE"},
		"method of a wider type":       {[][]views.Option{{views.Method("GET"), views.For[*page]()}, {views.Method("PUT")}}, req{line: "POST /"}, 405, "GET, HEAD, OPTIONS, PUT"},
		"method not":                   {[][]views.Option{{views.Not(views.Method("POST"))}}, req{line: "POST /"}, 405, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"},
		"method and more":              {[][]views.Option{{views.Method("POST"), views.Param("a")}}, req{}, 404, ""},
		"method, where more would do":  {[][]views.Option{{views.Method("POST"), views.Param("a")}, {views.Method("PUT"), views.Param("b")}}, req{line: "/?b"}, 405, "OPTIONS, PUT"},
		"content type":                 {[][]views.Option{{views.Method("POST"), json}}, req{line: "POST /"}, 415, ""},
		"method and content type":      {[][]views.Option{{views.Method("POST"), json}}, req{}, 405, "OPTIONS, POST"},
		"method, content type, more":   {[][]views.Option{{views.Method("POST"), json, views.Param("a")}}, req{}, 404, ""},
		"content type before method":   {[][]views.Option{{views.Method("POST")}, {json}}, req{}, 415, ""},
		"method and accept":            {[][]views.Option{{views.Method("POST"), views.Accept("text/html")}}, req{header: []string{"Accept: image/png"}}, 405, "OPTIONS, POST"},
		"accept, another method":       {[][]views.Option{{views.Method("GET"), views.Accept("text/html")}, {views.Method("POST")}}, req{header: []string{"Accept: image/png"}}, 406, ""},
		"content type, another method": {[][]views.Option{{views.Method("GET")}, {views.Method("PUT"), json}}, req{line: "PUT /"}, 415, ""},
		"every method that is taken":   {[][]views.Option{{views.Method("GET"), views.Accept("text/html")}, {views.Method("PUT"), json}, {views.Method("POST")}}, req{line: "DELETE /", header: []string{"Accept: image/png"}}, 405, "GET, HEAD, OPTIONS, POST, PUT"},
		"content type and accept":      {[][]views.Option{{json, views.Accept("text/html")}}, req{header: []string{"Accept: image/png"}}, 415, ""},
		"content type not":             {[][]views.Option{{views.Not(json)}}, req{line: "POST /", header: []string{"Content-Type: application/json"}}, 415, ""},
		"accept":                       {[][]views.Option{{views.Accept("text/html")}}, req{header: []string{"Accept: image/png"}}, 406, ""},
		"content type before accept":   {[][]views.Option{{views.Accept("text/html")}, {json}}, req{header: []string{"Accept: image/png"}}, 415, ""},
		"accept and more":              {[][]views.Option{{views.Accept("text/html"), views.Param("a")}}, req{header: []string{"Accept: image/png"}}, 404, ""},
		"anything else":                {[][]views.Option{{views.Param("a")}, {views.XHR(true)}}, req{}, 404, ""},
		"a raised mismatch is no help": {[][]views.Option{{views.Name("raise")}}, req{name: "raise"}, 404, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) {
				for _, opts := range tt.views {
					views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) { return nil, views.ErrMismatch }), opts...)
				}
			})
			tt.rq.res = &page{}
			_, err := views.TableOf(reg).Call(tt.rq.of(reg))
			var refusal *web.HTTPError
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, tt.want, refusal.Status())
			assert.Equal(t, tt.allow, refusal.Header("Allow"))
			var why *views.NoViewError
			require.ErrorAs(t, err, &why)
			assert.Len(t, why.Candidates, len(tt.views))
		})
	}
}

func TestHeadersIfNoViewMatches(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("x"), views.Accept("text/html"))
		views.Add(c, say("x"), views.Accept("application/json"))
		views.Add(c, say("x"), views.Name("up"), views.ContentType("image/*", "text/csv"))
		views.Add(c, say("x"), views.Name("secret"), views.Param("door"))
	})
	told := func(rq req) (*web.HTTPError, *web.Response) {
		rq.res = &page{}
		r := rq.of(reg)
		_, err := views.TableOf(reg).Call(r)
		var refusal *web.HTTPError
		require.ErrorAs(t, err, &refusal)
		return refusal, refusal.Response(r)
	}
	refusal, _ := told(req{header: []string{"Accept: image/png"}})
	assert.Equal(t, "available: application/json, text/html", refusal.Detail())
	refusal, _ = told(req{name: "up"})
	assert.Equal(t, "image/*, text/csv", refusal.Header("Accept"))
	refusal, resp := told(req{name: "secret"})
	assert.NotContains(t, text(t, resp), "door", "reasons are for developers")
	assert.Contains(t, refusal.Error(), `view "secret" for any resource [param="door"]: param="door" does not hold`)
}

func TestOptionsRequests(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("get"), views.Method("GET"))
		views.Add(c, say("put"), views.Method("PUT"), views.For[*page]())
		views.Add(c, say("own"), views.Name("own"), views.Method("OPTIONS"))
		views.Add(c, say("every"), views.Name("every"))
		views.Add(c, say("param"), views.Name("param"), views.Param("a"))
		views.Add(c, say("media"), views.Name("media"), views.ContentType("application/json"))
		views.Add(c, say("typed"), views.Name("typed"), views.Method("PATCH"), views.ContentType("application/json"))
	})
	options := func(name string) (*web.Response, error) {
		return views.TableOf(reg).Call(req{line: "OPTIONS /", res: &page{}, name: name}.of(reg))
	}
	resp, err := options("")
	require.NoError(t, err)
	assert.Equal(t, http.StatusNoContent, resp.Status())
	assert.Equal(t, "GET, HEAD, OPTIONS, PUT", resp.Header("Allow"))
	resp, err = options("typed")
	require.NoError(t, err)
	assert.Equal(t, "OPTIONS, PATCH", resp.Header("Allow"), "OPTIONS has no body to be of a type")
	resp, err = options("media")
	require.NoError(t, err)
	assert.Equal(t, "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT", resp.Header("Allow"), "nor an acceptable one")
	for name, want := range map[string]string{"own": "own", "every": "every", "param": "[404]", "none": "[404]"} {
		assert.Equal(t, want, outcome(t)(options(name)))
	}
	assert.Equal(t, "get", req{line: "HEAD /", res: &folder{}}.result(t, reg), "HEAD follows GET")
}

type (
	article struct{ page }
	note    struct{ *page }
	essay   struct{ article }
)
