package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// nilRenderer and nilOption implement an interface by pointers, which may be nil.
type (
	nilRenderer struct{}
	nilOption   struct{}
)

func (*nilRenderer) Render(*web.Request, *web.Response, any) error { return nil }
func (*nilOption) String() string                                  { return "own" }
func (*nilOption) ViewOption()                                     {}

// TestEmptyValues: what is empty or nil is a configuration error, and the text has a right value.
func TestEmptyValues(t *testing.T) {
	t.Parallel()
	options := map[string]struct {
		option views.Option
		want   string
	}{
		"typed nil option": {(*nilOption)(nil), "*views_test.nilOption is not a view option: build options with views.Value, views.Where or views.Group"},
		"nil option":       {nil, "<nil> is not a view option: build options with views.Value, views.Where or views.Group"},
		"name of a header": {views.Header("A B"), `header "A B": invalid name "A B", which no header has: want "Name" or "Name:regexp"`},
		"no header":        {views.Header(":a"), `header ":a": missing name: want "Name" or "Name:regexp"`},
		"no parameter":     {views.Param(""), `param "": missing name: want "name" or "name=value"`},
		"no marker":        {views.MatchParam(" =a"), `match param " =a": want "name=value"`},
		"no media type":    {views.Accept(""), `accept "": want a media type such as "text/html"`},
		"no directive":     {views.CacheFor(time.Hour, "public", ""), `views.CacheFor(1h0m0s, ["public" ""]): empty directive: want one such as "public"`},
		"zero factory":     {views.Around(tweens.Wrap(nil)), "views.Around: tween 1: factory is nil: make one with tweens.Wrap or tweens.New"},
	}
	for name, tt := range options {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, refused(t, func(c *registry.Config) { views.Add(c, say(""), tt.option) }), tt.want)
		})
	}
	rendered := func(r views.ValueRenderer) func(*registry.Config) {
		return func(c *registry.Config) {
			views.AddRenderer(c, "x", func(views.RendererInfo) (views.ValueRenderer, error) { return r, nil })
			views.Add(c, say(""), views.Renderer("x"))
		}
	}
	deriver := func(o views.DeriverOption) func(*registry.Config) {
		return func(c *registry.Config) { views.AddDeriver(c, "d", trace(nil, "d"), o) }
	}
	for name, tt := range map[string]struct {
		declare func(c *registry.Config)
		want    string
	}{
		"nil function as renderer": {rendered(views.RendererFunc(nil)), `renderer "x": its factory returned a nil views.RendererFunc: want a renderer, or an error`},
		"nil pointer as renderer":  {rendered((*nilRenderer)(nil)), `renderer "x": its factory returned a nil *views_test.nilRenderer: want a renderer, or an error`},
		"options of a deriver":     {deriver(views.Options("")), `view deriver "d": views.Options: missing name`},
		"no options of a deriver":  {deriver(views.Options()), `view deriver "d": views.Options: missing name`},
		"hint of a deriver":        {deriver(views.Hint{}), `view deriver "d": zero views.Hint: want views.Under or views.Over`},
		"empty hint of a deriver":  {deriver(views.Under()), `view deriver "d": views.Under without names: want one or more`},
		"hint of a predicate":      {func(c *registry.Config) { views.AddPredicate(c, "p", views.Hint{}) }, `predicate kind "p": zero views.Hint`},
		"hint of a media type":     {func(c *registry.Config) { views.AddAcceptOrder(c, "a/b", views.Hint{}) }, `accept order of "a/b": zero views.Hint`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, refused(t, tt.declare), tt.want)
		})
	}
}
