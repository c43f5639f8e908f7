package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestAcceptChooses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		offers  []string
		declare func(c *registry.Config)
		want    map[string]string // body by Accept header, "-" for none
	}{
		"what the client likes": {
			offers: []string{"text/html", "application/json", "text/plain"},
			want: map[string]string{
				"-":                "text/html",
				"text/html":        "text/html",
				"application/json": "application/json",
				"text/plain;q=0.9, application/json;q=.5":  "text/html", // ".5" makes it unreadable
				"text/plain;q=0.9, application/json;q=0.5": "text/plain",
				"*/*;q=0.1, application/json":              "application/json",
				"image/png":                                "[406]",
				"":                                         "[406]",
				"text/html;q=0, */*;q=0.3":                 "text/plain",
			},
		},
		"the server's order breaks ties": {
			offers: []string{"application/xml", "text/plain", "application/json", "text/html"},
			want: map[string]string{
				"application/json;q=0.9, text/plain;q=0.9, application/xml;q=0.8": "text/plain",
				"text/*;q=0.5, application/*;q=0.5":                               "text/html",
				"application/*":                                                   "application/xml",
				"-":                                                               "text/html",
			},
		},
		"with few offers an unknown type comes before late ones of the list": {
			offers: []string{"application/json", "image/png"},
			want:   map[string]string{"-": "image/png", "*/*": "image/png", "image/*": "image/png", "application/json": "application/json"},
		},
		"and behind early ones": {
			offers: []string{"image/png", "text/html"},
			want:   map[string]string{"-": "text/html"},
		},
		"unknown types keep their order": {
			offers: []string{"image/webp", "image/png"},
			want:   map[string]string{"-": "image/webp"},
		},
		"offers with parameters come before the bare type": {
			offers: []string{"text/html", "text/html;level=2", "text/html;level=1"},
			want: map[string]string{
				"-":                              "text/html;level=2",
				"text/html;level=1":              "text/html;level=1",
				"text/html;level=2;q=0, */*":     "text/html;level=1",
				"text/html;q=0.1, */*":           "text/html;level=2",
				"text/html;level=3, text/*;q=.1": "text/html;level=2",
			},
		},
		"offers with parameters can be ordered": {
			offers: []string{"text/html;level=2", "text/html;level=1"},
			declare: func(c *registry.Config) {
				views.AddAcceptOrder(c, "text/html;level=1", views.Over("text/html; level=2"))
				views.AddAcceptOrder(c, "text/html;level=2")
			},
			want: map[string]string{"-": "text/html;level=1"},
		},
		"the order can be declared": {
			offers:  []string{"text/html", "image/png"},
			declare: func(c *registry.Config) { views.AddAcceptOrder(c, "Image/PNG", views.Over("text/html")) },
			want:    map[string]string{"-": "image/png", "text/html": "text/html"},
		},
		"at its end": {
			offers:  []string{"image/png", "application/json"},
			declare: func(c *registry.Config) { views.AddAcceptOrder(c, "image/png", views.Under("application/json")) },
			want:    map[string]string{"-": "application/json"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) {
				for _, offer := range tt.offers {
					views.Add(c, say(offer), views.Accept(offer))
				}
				if tt.declare != nil {
					tt.declare(c)
				}
			})
			for header, want := range tt.want {
				rq := req{res: &page{}}
				if header != "-" {
					rq.header = []string{"Accept: " + header}
				}
				assert.Equal(t, want, rq.result(t, reg), header)
			}
		})
	}
}

func TestAcceptBesideOtherPredicates(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("bare"), views.Method("POST"), views.Param("z"), views.XHR(false))
		views.Add(c, say("html"), views.Accept("text/html"))
		views.Add(c, say("json"), views.Accept("application/json"))
		views.Add(c, say("json-a"), views.Accept("application/json"), views.Param("a"))
		views.Add(c, say("not-html"), views.Not(views.Accept("text/html")))
		views.Add(c, say("csv"), views.Accept("text/csv"), views.Not(views.Accept("audio/ogg")))
	})
	tests := []struct{ line, accept, want string }{
		{"/?a", "application/json", "json-a"},
		{"/", "application/json", "json"},
		{"/?a", "text/html, application/json;q=0.1", "html"},
		{"POST /?z", "application/json, text/html", "html"}, // bare comes last, whatever it weighs
		{"POST /?z", "image/png", "bare"},
		{"/", "image/png", "not-html"},
		{"/", "text/csv", "csv"},
		{"/", "text/csv, audio/ogg;q=0.1", "not-html"},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, req{line: tt.line, header: []string{"Accept: " + tt.accept}, res: &page{}}.result(t, reg), "%v", tt)
	}
}

func TestAcceptOfSeveralTypes(t *testing.T) {
	t.Parallel()
	several := views.Accept("application/json", "text/json")
	for header, want := range map[string]bool{
		"text/json": true, "text/json;q=0, application/*": true, "text/html": false, "*/*": true,
	} {
		got, err := several.Holds(req{header: []string{"Accept: " + header}}.of(build(t, func(*registry.Config) {})))
		require.NoError(t, err)
		assert.Equal(t, want, got, header)
	}
	assert.Contains(t, refused(t, func(c *registry.Config) { views.Add(c, say("json"), several) }),
		`accept="application/json","text/json": a view offers one media type: register the view once for each type`)
	build(t, func(c *registry.Config) { views.Add(c, say("others"), views.Not(several)) })
}

func TestAcceptGoesOnToTheNextOffer(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("json-post"), views.Accept("application/json"), views.Method("POST"))
		views.Add(c, say("html"), views.Accept("text/html"))
	})
	header := []string{"Accept: application/json, text/html;q=0.1"}
	assert.Equal(t, "html", req{header: header, res: &page{}}.result(t, reg))
	assert.Equal(t, "json-post", req{line: "POST /", header: header, res: &page{}}.result(t, reg))
}

// Vary names Accept exactly where the header influenced the choice.
func TestAcceptIsInVary(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("html"), views.Accept("text/html"))
		views.Add(c, say("rest"))
		views.Add(c, say("own"), views.For[*page](), views.Param("own"))
		views.Add(c, say("plain"), views.Name("plain"))
		views.Add(c, say("others"), views.Name("not"), views.Not(views.Accept("text/html")))
		views.Add(c, say("all"), views.Name("not"))
		views.Add(c, say("json"), views.Name("both"), views.Route("r"), views.Accept("application/json"))
		views.Add(c, say("global"), views.Name("both"))
	})
	vary := func(a req) string {
		resp, err := views.TableOf(reg).Call(a.of(reg))
		require.NoError(t, err)
		return resp.Header("Vary")
	}
	assert.Equal(t, "Accept", vary(req{header: []string{"Accept: text/html"}, res: &page{}}))
	assert.Equal(t, "Accept", vary(req{header: []string{"Accept: image/png"}, res: &page{}}), "the one without an offer too")
	assert.Equal(t, "Accept", vary(req{res: &page{}}), "and where the client said nothing")
	assert.Empty(t, vary(req{line: "/?own", res: &page{}}), "nothing was chosen so far")
	assert.Empty(t, vary(req{name: "plain", res: &page{}}))
	assert.Equal(t, "Accept", vary(req{name: "not", header: []string{"Accept: text/html"}, res: &page{}}), "a negated one")
	mixed := &web.Match{Routed: &web.Routed{Route: "r", GlobalViews: true}}
	assert.Equal(t, "Accept", vary(req{name: "both", header: []string{"Accept: text/html"}, match: mixed, res: &page{}}), "a view without a route")
	assert.Equal(t, "Accept", vary(req{line: "/?own", res: &page{}, request: func(r *web.Request) {
		_, err := views.Accept("text/html").Holds(r) // as a route does
		require.NoError(t, err)
	}}))
}

func TestAddAcceptOrderRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		mediaType string
		than      views.Hint
		want      string
	}{
		"range":            {"text/*", views.Over(), `accept order of "text/*": a view offers media types, not ranges`},
		"nothing":          {"", views.Over(), `accept order of "": `},
		"bad other":        {"text/html", views.Over("html"), `accept order of "text/html" and "html": want a media type`},
		"bare and detail":  {"text/html", views.Over("text/html;level=1"), "one has parameters"},
		"different types":  {"text/html;a=1", views.Under("text/plain;a=1"), "media types with parameters are ordered within one type only"},
		"unknown":          {"image/png", views.Over("image/gif"), `media type "image/png" wants to be over "image/gif", which is not registered (have: text/html`},
		"declared already": {"image/png", views.Under("text/html"), `accept order "image/png" registered twice:`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := refused(t, func(c *registry.Config) {
				views.AddAcceptOrder(c, tt.mediaType, tt.than)
				if name == "declared already" {
					views.AddAcceptOrder(c, tt.mediaType)
				}
			})
			assert.Contains(t, text, tt.want)
		})
	}
}
