package views_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func sidebar(c *registry.Config) {
	views.Add(c, views.On(func(r *web.Request, p *page) (*web.Response, error) {
		return r.Text(p.Title + " at " + r.Node().Path() + r.ViewName()), nil
	}), views.Name("part"))
	views.Add(c, say("secret"), views.Name("secret"), views.For[*page](), views.Permission("see"))
	views.Add(c, say("routed"), views.Name("routed"), views.Route("r"))
	views.Add(c, say("post"), views.Name("post"), views.Method("POST"))
	views.Add(c, say("a"), views.Name("tied"), views.For[container]())
	views.Add(c, say("b"), views.Name("tied"), views.For[content]())
	views.Add(c, say("broken"), views.Name("broken"), views.Principals("x"))
}

func TestRenderView(t *testing.T) {
	t.Parallel()
	reg := build(t, sidebar)
	root := traversal.NewNode(&folder{})
	child := root.At("Front", &page{Title: "Front"})
	tests := map[string]struct {
		node traversal.Node
		name string
		opts []views.RenderOption
		want string
	}{
		"another resource":   {child, "part", nil, "Front at /Frontpart"},
		"denied":             {child, "secret", nil, "[403]"},
		"permissive":         {child, "secret", []views.RenderOption{views.Permissive()}, "secret"},
		"permissive, anyway": {child, "part", []views.RenderOption{views.Permissive()}, "Front at /Frontpart"},
		"no such name":       {child, "none", nil, "[500]"},
		"no such type":       {root, "part", nil, "[500]"},
		"of a route":         {child, "routed", nil, "[500]"},
		"mismatch":           {child, "post", nil, "[500]"},
		"tie":                {root.At("book", &book{}), "tied", nil, "[500]"},
		"no resource":        {traversal.Node{}, "part", nil, "[500]"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := req{node: root, policy: policy{}, match: &web.Match{Routed: &web.Routed{Route: "r"}}}.of(reg)
			resp, err := views.RenderView(r, tt.node, tt.name, tt.opts...)
			assert.Equal(t, tt.want, outcome(t)(resp, err))
			assert.Equal(t, root, r.Node(), "the request itself looks where it did")
			if missing, ok := errors.AsType[*views.NoViewError](err); ok {
				_, known := web.StatusOf(err)
				assert.False(t, known, "a missing part is no 404 of the page: %v", missing)
			}
		})
	}
}

func TestPermitted(t *testing.T) {
	t.Parallel()
	reg := build(t, sidebar)
	child := traversal.NewNode(&page{})
	decide := func(p web.SecurityPolicy, node traversal.Node, name string) (web.Decision, error) {
		return views.Permitted(req{res: &folder{}, policy: p}.of(reg), node, name)
	}
	for _, tt := range []struct {
		policy web.SecurityPolicy
		name   string
		want   bool
	}{{policy{}, "secret", false}, {policy{"see"}, "secret", true}, {nil, "part", true}, {policy{}, "part", true}} {
		got, err := decide(tt.policy, child, tt.name)
		require.NoError(t, err)
		assert.Equal(t, tt.want, got.Allowed, "%v", tt)
	}
	for name, want := range map[string]string{"none": `no view named "none"`, "post": `method="POST" does not hold`, "broken": "no idea"} {
		_, err := decide(knowing{}, child, name)
		assert.ErrorContains(t, err, want)
	}
	_, err := decide(nil, traversal.NewNode(&book{}), "tied")
	assert.ErrorContains(t, err, "neither")
}

func TestRenderViewLooksForViewsWithoutRoute(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("layout"), views.Name("layout"), views.Route("r"))
	})
	r := req{res: &page{}, match: &web.Match{Routed: &web.Routed{Route: "r"}}}.of(reg)
	_, err := views.RenderView(r, r.Node(), "layout")
	require.ErrorContains(t, err, "a wrapper, RenderView and Permitted use views without a route")
	assert.NotContains(t, err.Error(), "no route matched")
}
