package views_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// layout is a view that frames the response of another one.
func layout(r *web.Request) (*web.Response, error) {
	inner, ok := views.Wrapped(r)
	if !ok {
		return r.Text("(nothing)"), nil
	}
	b, _ := inner.Body()
	return r.Text("[" + string(b) + "]"), nil
}

func TestWrapper(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.Func(layout), views.Name("layout"))
		views.Add(c, views.Func(layout), views.Name("outer"), views.Wrapper("layout"))
		views.Add(c, say("body"), views.Wrapper("layout"))
		views.Add(c, say("body"), views.Name("twice"), views.Wrapper("outer"))
		views.Add(c, say("body"), views.Name("lost"), views.Wrapper("missing"))
		views.Add(c, views.Func(layout), views.Name("guarded"), views.Permission("read"))
		views.Add(c, say("body"), views.Name("inside"), views.Wrapper("guarded"))
		views.AddError(c, views.Func(hello), views.Wrapper("layout"))
	})
	for name, want := range map[string]string{"": "[body]", "layout": "(nothing)", "twice": "[[body]]"} {
		resp, err := call(reg, &page{}, name)
		require.NoError(t, err, name)
		assert.Equal(t, want, text(t, resp), name)
	}

	_, err := call(reg, &page{}, "lost")
	require.Error(t, err)
	assert.Regexp(t, `^view func at helpers_test\.go:\d+: wrapper "missing": `, err.Error())
	var httpError *web.HTTPError
	assert.NotErrorAs(t, err, &httpError, "what was req for is there: no 404")

	_, err = views.TableOf(reg).Call(request(reg, policy{}, &page{}, "inside", nil))
	require.ErrorAs(t, err, &httpError)
	assert.Equal(t, http.StatusForbidden, httpError.Status())

	resp, handled, err := views.TableOf(reg).CallError(request(reg, nil, &page{}, "", nil), errBroken)
	require.NoError(t, err)
	require.True(t, handled)
	assert.Equal(t, "[hello]", text(t, resp))
}

func TestNestedWrappers(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) {
			if _, err := views.RenderView(r, traversal.NewNode(&folder{}), ""); err != nil {
				return nil, err
			}
			return layout(r)
		}), views.Name("layout"), views.For[*page]())
		views.Add(c, views.Func(layout), views.Name("layout"), views.For[*folder]())
		views.Add(c, say("page"), views.For[*page](), views.Wrapper("layout"))
		views.Add(c, say("panel"), views.For[*folder](), views.Wrapper("layout"))
	})
	assert.Equal(t, "[page]", body(t, reg, &page{}))
}

func TestWrappersInACircle(t *testing.T) {
	t.Parallel()
	self := refused(t, func(c *registry.Config) {
		views.Add(c, say("w"), views.Name("w"), views.Wrapper("w"))
		views.Add(c, say("body"), views.Wrapper("w")) // leads into the circle: not reported itself
	})
	assert.Contains(t, self, `is its own wrapper: remove views.Wrapper("w")`)
	assert.Contains(t, self, "wrapper_test.go:")
	assert.Equal(t, 1, strings.Count(self, "wrapper_test.go:"), self)

	pair := refused(t, func(c *registry.Config) {
		views.Add(c, say("p"), views.Name("p"), views.Wrapper("q"), views.For[*page]())
		views.Add(c, say("q"), views.Name("q"), views.Wrapper("p"))
	})
	assert.Contains(t, pair, `the wrappers "p" -> "q" -> "p" are a circle`)
	assert.NotContains(t, pair, `"q" -> "p" -> "q"`)

	// No circle for any resource: the default view and each wrapper are for different types.
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.Func(layout), views.Name("p"), views.Wrapper("q"), views.For[*page]())
		views.Add(c, views.Func(layout), views.Name("q"), views.For[*page]())
		views.Add(c, views.Func(layout), views.Name("q"), views.Wrapper("p"), views.For[*folder]())
		views.Add(c, views.Func(layout), views.Name("p"), views.For[*folder]())
	})
	for _, name := range []string{"p", "q"} {
		_, err := call(reg, &page{}, name)
		require.NoError(t, err)
	}
}

func TestWrappersInACircleThatDependsOnTheRequest(t *testing.T) {
	t.Parallel()
	calls := 0
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) {
			calls++
			return layout(r)
		}), views.Name("p"), views.Wrapper("q"), views.Method("GET"))
		views.Add(c, views.Func(layout), views.Name("q"), views.Wrapper("p"))

		// This circle ends by itself: the second view of the name has no wrapper.
		first := views.Where("first", func(r *web.Request) (bool, error) {
			_, isWrapper := views.Wrapped(r)
			return !isWrapper, nil
		})
		views.Add(c, say("body"), views.Name("twice"), first, views.Wrapper("twice"))
		views.Add(c, views.Func(layout), views.Name("twice"))
	})
	for range 2 {
		calls = 0
		_, err := call(reg, &page{}, "p")
		require.ErrorContains(t, err, "more than 100 wrappers are nested")
		status, _ := web.StatusOf(err)
		assert.Zero(t, status, "an error without a status: a 500")
		assert.Equal(t, 51, calls)
	}
	resp, err := call(reg, &page{}, "twice")
	require.NoError(t, err)
	assert.Equal(t, "[body]", text(t, resp))
}

func TestWrapperKeepsWhatTheInnerResponseSet(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.On(func(r *web.Request, _ *page) (any, error) {
			resp := r.Response()
			resp.SetStatus(422)
			resp.SetHeader("X-A", "inner")
			resp.SetHeader("X-B", "inner")
			resp.SetHeader("ETag", `"inner"`)
			resp.SetCookie(&http.Cookie{Name: "a", Value: "1"})
			resp.SetCookie(&http.Cookie{Name: "b", Value: "1"})
			resp.AddVary("Cookie")
			return "inner", nil
		}), views.Wrapper("frame"), views.Renderer("string"))
		views.Add(c, views.On(func(r *web.Request, _ *page) (any, error) {
			resp := r.Response()
			resp.SetHeader("X-B", "frame")
			resp.SetCookie(&http.Cookie{Name: "b", Value: "2"})
			resp.AddVary("Accept")
			inner, _ := views.Wrapped(r)
			body, _ := inner.Body()
			return []string{string(body)}, nil
		}), views.Name("frame"))
	})
	resp, err := call(reg, &page{}, "")
	require.NoError(t, err)
	assert.Equal(t, 422, resp.Status())
	assert.Equal(t, "inner", resp.Header("X-A"))
	assert.Equal(t, "frame", resp.Header("X-B"))
	assert.Empty(t, resp.Header("ETag"))
	assert.Equal(t, "application/json", resp.ContentType())
	assert.Equal(t, []string{"b=2", "a=1"}, resp.HeaderValues("Set-Cookie"))
	assert.Equal(t, "Accept, Cookie", resp.Header("Vary"))
}
