package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestAcceptAcrossTypes(t *testing.T) {
	t.Parallel()
	html, json, text := views.Accept("text/html"), views.Accept("application/json"), views.Accept("text/plain")
	declare := func(c *registry.Config) {
		library(c)
		views.Add(c, says("page of the image"), views.For[*image](), html)
		views.Add(c, views.On(func(r *web.Request, d *document) (*web.Response, error) {
			return r.Text("json of " + d.text), nil
		}), json)
		views.Add(c, says("page of content"), views.For[content](), html)
		views.Add(c, says("book"), views.For[*book]())
		views.Add(c, says("json of content"), views.For[content](), json)
		views.Add(c, says("put text"), text, views.Method("PUT"))
	}
	tests := []struct {
		res          any
		accept       string
		plain, spans string
	}{
		{&image{document{"d"}}, "", "page of the image", "page of the image"},
		{&image{document{"d"}}, "text/html", "page of the image", "page of the image"},
		{&image{document{"d"}}, "application/json", "json of d", "json of d"},
		{&image{document{"d"}}, "application/json, text/html;q=0.5", "page of the image", "json of d"},
		{&image{document{"d"}}, "*/*", "page of the image", "page of the image"},
		{&image{document{"d"}}, "application/*, text/html;q=0.5", "page of the image", "json of d"},
		{&image{document{"d"}}, "image/png", "[406]", "[406]"},
		{&book{}, "", "book", "book"},
		{&book{}, "application/json", "book", "json of content"}, // a view behind one that matches every request
		{&book{}, "text/html;q=0.1, application/json", "book", "json of content"},
		{&book{}, "image/png", "book", "book"},
		{&shelf{}, "text/html", "[405]", "[405]"},
	}
	for _, spans := range []bool{false, true} {
		reg := build(t, func(c *registry.Config) {
			declare(c)
			if spans {
				views.AcceptAcrossTypes(c)
			}
		})
		for _, tt := range tests {
			a := req{res: tt.res}
			if tt.accept != "" {
				a.header = []string{"Accept: " + tt.accept}
			}
			want := tt.plain
			if spans {
				want = tt.spans
			}
			assert.Equal(t, want, a.result(t, reg), "%T, Accept %q, across types %t", tt.res, tt.accept, spans)
			predicted := views.TableOf(reg).Predict(a.of(reg))
			if predicted.View == nil {
				continue
			}
			for _, c := range predicted.Candidates { // each once, and the first one that fits is the view
				if c.Failed == "" {
					assert.Same(t, predicted.View, c.Info)
					break
				}
			}
			seen := map[*views.Info]bool{}
			for _, c := range predicted.Candidates {
				assert.False(t, seen[c.Info], "%s twice", c)
				seen[c.Info] = true
			}
			if spans {
				assert.Empty(t, predicted.Notes)
			}
		}
		warnings := reg.Warnings()
		if spans {
			require.Empty(t, warnings)
		} else {
			require.NotEmpty(t, warnings)
		}
	}
}
