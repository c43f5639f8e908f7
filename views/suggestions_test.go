package views_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestSuggestions(t *testing.T) {
	t.Parallel()
	at := func(c *registry.Config) *registry.Config { return c.At(registry.Source{File: "app.go", Line: 7}) }
	reg := build(t, func(c *registry.Config) {
		views.Add(at(c), say("x"))
		views.Add(at(c), say("x"), views.Name("edit"), views.Route("article"))
		views.Add(at(c), say("x"), views.Name("archive"), views.For[*page]())
	})
	tests := map[string]struct {
		rq   req
		want []string
	}{
		"without a route": {req{res: &page{}, match: &web.Match{Routed: &web.Routed{Route: "about"}}}, []string{
			`default view for any resource (app.go:7): it has no route: add views.Route("about"), or add routes.GlobalViews() to the route`}},
		"on a route": {req{res: &page{}, name: "edit"}, []string{
			`view "edit" for any resource on route "article" (app.go:7): it serves that route only, and no route matched`}},
		"on another route": {req{res: &page{}, name: "edit", match: &web.Match{Routed: &web.Routed{Route: "about"}}}, []string{
			`view "edit" for any resource on route "article" (app.go:7): it serves that route only, and another one matched`}},
		"a slip of the pen":     {req{res: &page{}, name: "archiv"}, []string{`did you mean the view "archive"?`}},
		"not for this resource": {req{res: &folder{}, name: "archiv"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := views.TableOf(reg).Call(tt.rq.of(reg))
			why, ok := errors.AsType[*views.NoViewError](err)
			require.True(t, ok)
			assert.Equal(t, tt.want, why.Suggestions())
		})
	}
}

func TestNotFoundSuggestsRelatedTypes(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("x"), views.For[page]())
		views.Add(c, say("x"), views.For[*page](), views.Name("edit"))
		views.Add(c, say("x"), views.For[interface{ only() }](), views.Name("only"))
	})
	tests := map[string]struct {
		res  any
		name string
		want string
	}{
		"nothing":       {&folder{}, "", "no default view for *views_test.folder"},
		"pointer":       {&page{}, "", "default view for views_test.page: the resource is a *views_test.page, a different type: register the view for that type"},
		"value":         {page{}, "edit", `view "edit" for *views_test.page: the resource is a views_test.page, a different type`},
		"embedded":      {&article{}, "edit", "it is embedded: use views.Inherit(c, func(x *views_test.article) *views_test.page { … })"},
		"deeper":        {&essay{}, "edit", "views.Inherit(c, func(x *views_test.essay) *views_test.page { … })"},
		"as a pointer":  {note{}, "edit", "views.Inherit(c, func(x views_test.note) *views_test.page { … })"},
		"method set":    {special{}, "only", "only *views_test.special has its methods, but the resource is a views_test.special"},
		"no such name":  {&page{}, "nope", `no view named "nope" for *views_test.page`},
		"no resource":   {nil, "", "no default view for no resource"},
		"route":         {&page{}, "route", `no view named "route" for *views_test.page on route "r"`},
		"unrelated any": {7, "edit", `no view named "edit" for int`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rq := req{res: tt.res, name: tt.name}
			if tt.name == "route" {
				rq.match = &web.Match{Routed: &web.Routed{Route: "r"}}
			}
			_, err := views.TableOf(reg).Call(rq.of(reg))
			require.Error(t, err)
			assert.Contains(t, err.Error(), tt.want)
		})
	}
}

func (s *special) only() {}
