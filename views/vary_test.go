package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// TestVary: every header that had a say in choosing the view is named, and no other one.
func TestVary(t *testing.T) {
	t.Parallel()
	color := views.Where("color", func(r *web.Request) (bool, error) { return r.Header.Get("X-Color") == "red", nil }).WithVary("X-Color")
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("plain"), views.Name("plain"))
		views.Add(c, say("method"), views.Name("method"), views.Method("POST"))
		views.Add(c, say("fragment"), views.Name("page"), views.Header("HX-Request:true"))
		views.Add(c, say("page"), views.Name("page"))
		views.Add(c, say("not"), views.Name("not"), views.Not(views.Header("X-One", "X-Two")))
		views.Add(c, say("xhr"), views.Name("xhr"), views.XHR(true))
		views.Add(c, say("no xhr"), views.Name("xhr"))
		views.Add(c, say("host"), views.Name("host"), views.Header("Host"))
		views.Add(c, say("red"), views.Name("color"), color)
		views.Add(c, say("any"), views.Name("color"), views.Accept("text/html"))
		views.Add(c, say("first"), views.Name("short"), views.Param("x"), views.Header("X-One"))
		views.Add(c, say("second"), views.Name("short"))
		views.Add(c, say("json"), views.Name("json"), views.ContentType("application/json"))
		views.Add(c, say("html"), views.Name("both"), views.Accept("text/html"), views.Method("POST"))
		views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) {
			part, err := views.RenderView(r, r.Node(), "page")
			if err != nil {
				return nil, err
			}
			body, _ := part.Body()
			return r.Bytes("text/plain", body), nil
		}), views.Name("parts"))
		views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) {
			_, err := views.RenderView(r, r.Node(), "color")
			return r.Text("parts"), err
		}), views.Name("accepting part"))
		views.Add(c, views.Func(func(*web.Request) (*web.Response, error) { return nil, web.NotFound("") }), views.Name("fails"), views.Header("X-One"))
		views.AddError(c, views.ErrorStatus(400, 499, func(r *web.Request, _ error) (*web.Response, error) { return r.Text("error page"), nil }))
	})
	for name, tt := range map[string]struct {
		req  req
		want string
		vary string
	}{
		"no predicate":                {req{name: "plain"}, "plain", ""},
		"chosen by a header":          {req{name: "page", header: []string{"HX-Request: true"}}, "fragment", "Hx-Request"},
		"chosen for want of a header": {req{name: "page"}, "page", "Hx-Request"},
		"negated":                     {req{name: "not"}, "not", "X-One, X-Two"},
		"xhr":                         {req{name: "xhr", header: []string{"X-Requested-With: XMLHttpRequest"}}, "xhr", "X-Requested-With"},
		"no xhr":                      {req{name: "xhr"}, "no xhr", "X-Requested-With"},
		"host is part of the URL":     {req{name: "host"}, "host", ""},
		"custom, Accept came first":   {req{name: "color"}, "any", "Accept"},
		"custom fails, 406":           {req{name: "color", header: []string{"Accept: image/png"}}, "error page", "Accept, X-Color"},
		"custom holds":                {req{name: "color", header: []string{"X-Color: red", "Accept: image/png"}}, "red", "Accept, X-Color"},
		"not asked":                   {req{name: "short"}, "second", ""},
		"asked":                       {req{name: "short", line: "/?x=1"}, "second", "X-One"},
		"a part of the page":          {req{name: "parts"}, "page", "Hx-Request"},
		"a part chosen by Accept":     {req{name: "accepting part"}, "parts", "Accept"},
		"404 because of a header":     {req{name: "not", header: []string{"X-One: 1", "X-Two: 2"}}, "error page", "X-One, X-Two"},
		"404 of the view":             {req{name: "fails", header: []string{"X-One: 1"}}, "error page", "X-One"},
		"404 without predicates":      {req{name: "nowhere"}, "error page", ""},
		"405 without Accept":          {req{name: "method"}, "error page", ""},
		"415 without Accept":          {req{name: "json", line: "POST /", body: "a=b"}, "error page", ""},
		"405 with Accept":             {req{name: "both"}, "error page", "Accept"},
		"OPTIONS without Accept":      {req{name: "method", line: "OPTIONS /"}, "", ""},
		"OPTIONS with Accept":         {req{name: "both", line: "OPTIONS /"}, "", "Accept"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.req.res = &page{}
			r := tt.req.of(reg)
			resp, err := views.TableOf(reg).Call(r)
			if err != nil {
				resp, _, err = views.TableOf(reg).CallError(r, err)
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, text(t, resp))
			assert.Equal(t, tt.vary, resp.Header("Vary"))
		})
	}
}

// TestVaryOfCopies: a part rendered concurrently names its headers on the page.
func TestVaryOfCopies(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("one"), views.Name("one"), views.Header("X-One"))
		views.Add(c, say("other"), views.Name("one"))
	})
	r := req{res: &page{}}.of(reg)
	done := make(chan error)
	for range 4 {
		go func() {
			_, err := views.RenderView(r, traversal.NewNode(&page{}), "one")
			done <- err
		}()
	}
	for range 4 {
		require.NoError(t, <-done)
	}
	resp := r.Text("")
	web.Drive(r).AddVary(resp)
	assert.Equal(t, "X-One", resp.Header("Vary"))
}
