package web_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestCopiesShareState(t *testing.T) {
	t.Parallel()
	note := web.NewKey[string]("note", nil)
	copies := map[string]func(r *web.Request) *web.Request{
		"WithContext": func(r *web.Request) *web.Request {
			return r.WithContext(context.WithValue(r.Context(), contextKey{}, 1))
		},
		"Clone": func(r *web.Request) *web.Request { return r.Clone(r.Context()) },
		"With":  func(r *web.Request) *web.Request { return r.With(r.HTTP()) },
		"twice": func(r *web.Request) *web.Request { return r.WithContext(r.Context()).With(r.HTTP()) },
		"nil":   func(r *web.Request) *web.Request { return r.With(nil) },
	}
	for name, copied := range copies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := get("/a/b")
			c := copied(r)
			require.NotSame(t, r, c)

			found, _ := web.FromContext(c.Context())
			assert.Same(t, c, found, "the context of a copy yields the copy")
			found, _ = web.FromContext(r.Context())
			assert.Same(t, r, found)

			web.Drive(c).SetMatch(web.NewMatch(web.Routed{Route: "page"}, web.Param{Name: "id", Value: "7"}))
			require.NoError(t, r.Application().Traverser.Walk(c.Context(), traversal.Map{"a": traversal.Map{}}, traversal.Path{Escaped: "/a/b"}, c.Result()))
			note.Set(c, "here")
			c.Response().SetHeader("X-Set", "by the copy")
			web.Drive(c).SetError(nil)

			assert.Equal(t, "page", r.Match().Route)
			assert.Equal(t, "b", r.ViewName())
			assert.Equal(t, []string{"a"}, r.Traversed())
			assert.Equal(t, c.ID(), r.ID())
			value, err := note.Get(r)
			require.NoError(t, err)
			assert.Equal(t, "here", value)
			assert.Same(t, c.Response(), r.Response())
			mine := r.Response()
			assert.Same(t, mine, c.Text("x"), "a response takes over what was set on Response")
			assert.NotSame(t, mine, r.Text("y"), "a second response never overwrites the first")
		})
	}
}

func TestWithKeepsTheOtherRequest(t *testing.T) {
	t.Parallel()
	r := get("/prefix/a")
	hr := r.HTTP()
	hr.URL.Path = "/a"
	c := r.With(hr.WithContext(context.WithValue(hr.Context(), contextKey{}, "middleware")))
	assert.Equal(t, "/a", c.URL.Path)
	assert.Equal(t, "middleware", c.Context().Value(contextKey{}))
	assert.Nil(t, r.Context().Value(contextKey{}))
}

func TestCloneIsDeep(t *testing.T) {
	t.Parallel()
	r := begin(http.MethodGet, "/", "", "X-A", "1")
	c := r.Clone(t.Context())
	c.Header.Set("X-A", "2")
	assert.Equal(t, "1", r.Header.Get("X-A"))
}

func TestWithNodeIsADetour(t *testing.T) {
	t.Parallel()
	r := get("/a")
	root := traversal.Map{"a": traversal.Map{"b": "leaf"}}
	require.NoError(t, (*traversal.Traverser)(nil).Walk(r.Context(), root, traversal.Path{Escaped: "/a"}, r.Result()))
	web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "page"}))
	r.Response().SetHeader("X-Page", "1")

	d := r.WithNode(r.Node().At("b", "leaf"), "teaser")
	assert.Equal(t, "leaf", d.Resource())
	assert.Equal(t, "teaser", d.ViewName())
	assert.Equal(t, "/a/b", d.Node().Path())
	assert.Equal(t, "page", d.Match().Route)
	assert.Equal(t, "", d.Response().Header("X-Page"), "a detour has a response of its own")
	assert.Equal(t, d.ID(), r.ID())

	deeper := d.WithContext(t.Context())
	assert.Equal(t, "leaf", deeper.Resource(), "a copy of a detour is on it too")
	assert.Same(t, d.Response(), deeper.Response())

	assert.Equal(t, "", r.ViewName())
	assert.Equal(t, "/a", r.Node().Path())
}

func TestHTTPSetsPathValues(t *testing.T) {
	t.Parallel()
	r := get("/u/7")
	web.Drive(r).SetMatch(web.NewMatch(web.Routed{Pattern: "/u/{id}/*rest"}, web.Param{Name: "id", Value: "7"}, web.Param{Name: "rest", Values: []string{"a", "b"}}))
	hr := r.HTTP()
	assert.Equal(t, "/u/{id}/*rest", hr.Pattern)
	assert.Equal(t, "7", hr.PathValue("id"))
	assert.Equal(t, "a/b", hr.PathValue("rest"))
	found, _ := web.FromContext(hr.Context())
	assert.Same(t, r, found)
	assert.Equal(t, "7", r.PathValue("id"))
	assert.Equal(t, "a/b", r.Param("rest"))
	assert.Equal(t, "", r.Param("other"))
}
