package views_test

import (
	"net/http"
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
