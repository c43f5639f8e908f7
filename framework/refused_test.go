package framework_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
)

// Routes that refuse a request give it the status that views would.
func TestStatusOfRefusedRoutes(t *testing.T) {
	t.Parallel()
	view := func(c *framework.Configurator, text string, o ...views.Option) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text(text), nil }), o...)
	}
	c := framework.New(framework.Options{Root: frameworktest.Root(traversal.Map{"tree": traversal.Map{}})})
	c.AddRoute("make", "/thing/{id}", views.Method("POST"))
	c.AddRoute("show", "/thing/{id}", views.Method("GET"))
	c.AddRoute("json", "/json", views.Accept("application/json", "text/csv"))
	c.AddRoute("typed", "/typed", views.ContentType("application/json"))
	c.AddRoute("posted", "/posted", views.ContentType("application/json"))
	c.AddRoute("more", "/more", views.Method("POST"), views.XHR(true))
	c.AddRoute("tree", "/tree", views.Method("PUT"))
	c.AddRoute("early", "/late", views.Method("PUT"))
	c.AddRoute("late", "/late")
	c.AddRoute("caught", "/caught", views.Method("PUT"))
	c.AddRoute("global", "/global", views.Method("PUT"), routes.GlobalViews())
	c.AddRoute("opaque", "/opaque", views.Accept("text/csv"), routes.GlobalViews())
	c.AddRoute("write", "/file", views.Method("POST", "PUT"))
	c.AddRoute("read", "/file", views.Method("GET", "PUT"))
	c.AddRoute("dead", "/dead", views.Method("POST"))
	c.AddRoute("empty", "/empty", views.Method("POST"))
	c.AddRoute("rest", "/{path:c.*}", routes.GlobalViews())
	for _, name := range []string{"make", "show", "json", "typed", "more", "early", "caught", "tree"} {
		view(c, name, views.Route(name))
	}
	view(c, "posted", views.Route("posted"), views.Method("POST"))
	view(c, "write", views.Route("write"), views.Method("POST", "PATCH"))
	view(c, "read", views.Route("read"))
	view(c, "dead", views.Route("dead"), views.Method("GET"))
	view(c, "late", views.Route("late"), views.Method("GET"))
	view(c, "rest", views.Route("rest"), views.Method("GET"))
	view(c, "tree", views.For[traversal.Map](), views.Method("GET"))
	view(c, "put", views.Name("put"), views.Method("PUT"))
	app := frameworktest.New(t, c)
	tests := map[string]struct {
		line    string
		headers []string
		want    int
		allow   string
	}{
		"method":                       {"PUT /thing/1", nil, 405, "GET, HEAD, OPTIONS, POST"},
		"options":                      {"OPTIONS /thing/1", nil, 204, "GET, HEAD, OPTIONS, POST"},
		"method of a route":            {"HEAD /thing/1", nil, 200, ""},
		"accept":                       {"GET /json", []string{"Accept: text/html"}, 406, ""},
		"no accept":                    {"GET /json", nil, 200, ""},
		"content type":                 {"POST /typed", []string{"Content-Type: text/plain"}, 415, ""},
		"method of the views":          {"DELETE /posted", []string{"Content-Type: text/plain"}, 405, "OPTIONS, POST"},
		"content type, not method":     {"POST /posted", []string{"Content-Type: text/plain"}, 415, ""},
		"options of a typed route":     {"OPTIONS /posted", nil, 204, "OPTIONS, POST"},
		"another predicate":            {"POST /more", nil, 404, ""},
		"method, another predicate":    {"GET /more", nil, 404, ""},
		"traversal handles it":         {"GET /tree", nil, 200, ""},
		"traversal takes others":       {"POST /tree", nil, 405, "GET, HEAD, OPTIONS, PUT"},
		"a later route takes others":   {"POST /late", nil, 405, "GET, HEAD, OPTIONS, PUT"},
		"a later route handles it":     {"GET /caught", nil, 200, ""},
		"any view behind":              {"POST /global", nil, 405, "OPTIONS, PUT"},
		"the next route has the rest":  {"PUT /file", nil, 405, "GET, HEAD, OPTIONS, POST"},
		"the same for another method":  {"DELETE /file", nil, 405, "GET, HEAD, OPTIONS, POST"},
		"the same for options":         {"OPTIONS /file", nil, 204, "GET, HEAD, OPTIONS, POST"},
		"a method that no view takes":  {"GET /dead", nil, 404, ""},
		"a view that no method gets":   {"POST /dead", nil, 404, ""},
		"a route without views":        {"GET /empty", nil, 404, ""},
		"the same with its own method": {"POST /empty", nil, 404, ""},
		"connect needs its name":       {"CONNECT /opaque", []string{"Accept: text/html"}, 405, "GET, HEAD, OPTIONS, PUT"},
		"a path of a route, and more":  {"PUT /thing/1/2", nil, 404, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hr := request(tt.line, tt.headers...)
			resp := app.Send(hr)
			assert.Equal(t, tt.want, resp.Code)
			assert.Equal(t, tt.allow, resp.Header.Get("Allow"))
			if tt.want != http.StatusOK {
				got := app.Explain(request(tt.line, tt.headers...))
				assert.Equal(t, tt.want, got.Outcome.Status, "the prediction comes true")
				assert.Equal(t, tt.allow, got.Outcome.Allow)
			}
		})
	}
}
