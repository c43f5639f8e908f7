package views_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// layout is a view that puts another one's answer into a frame.
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
	assert.Regexp(t, `^view views_test\.say\.func1 \(.*kit_test\.go:\d+\): wrapper "missing": `, err.Error())
	var httpError *web.HTTPError
	assert.NotErrorAs(t, err, &httpError, "what was asked for is there: no 404")

	_, err = views.TableOf(reg).Call(request(reg, policy{}, &page{}, "inside", nil))
	require.ErrorAs(t, err, &httpError)
	assert.Equal(t, http.StatusForbidden, httpError.Status())

	resp, answered, err := views.TableOf(reg).CallError(request(reg, nil, &page{}, "", nil), errBroken)
	require.NoError(t, err)
	require.True(t, answered)
	assert.Equal(t, "[hello]", text(t, resp))
}

func TestWrapperOfAPanelLeavesThatOfThePageAlone(t *testing.T) {
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

func TestDecorators(t *testing.T) {
	t.Parallel()
	quoted := func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			resp, err := next(r.WithContext(r.Context()))
			if err != nil {
				return nil, err
			}
			b, _ := resp.Body()
			resp.SetText("'" + string(b) + "'")
			return resp, nil
		}
	}
	reg := build(t, func(c *registry.Config) {
		views.SetDefaultRenderer(c, "string")
		views.Add(c, views.On(showPage), views.Decorate(loud, quoted))
		views.AddError(c, views.Error(answerMissing), views.Decorate(loud))
	})
	assert.Equal(t, "'page A'!", body(t, reg, &page{"A"}), "the first one is outermost")

	resp, answered, err := views.TableOf(reg).CallError(request(reg, nil, &page{}, "", nil), &missingPage{"x"})
	require.NoError(t, err)
	require.True(t, answered)
	assert.Equal(t, "missing: x!", text(t, resp), "an error view receives its error")

	var group sync.WaitGroup
	r := request(reg, nil, &page{}, "", nil)
	for _, title := range []string{"A", "B", "C", "D"} {
		group.Go(func() {
			resp, err := views.RenderView(r, traversal.NewNode(&page{title}), "")
			assert.NoError(t, err)
			assert.Equal(t, "'page "+title+"'!", text(t, resp), "views called at once do not mix up")
		})
	}
	group.Wait()
}

func TestDecoratorsThatGoWrong(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Decorate(func(web.Handler) web.Handler {
			return func(*web.Request) (*web.Response, error) { return nil, nil }
		}))
		views.Add(c, views.On(showPage), views.Name("other"), views.Decorate(func(next web.Handler) web.Handler {
			return func(*web.Request) (*web.Response, error) { return next(request(nil, nil, &page{}, "", nil)) }
		}))
	})
	_, err := call(reg, &page{}, "")
	require.ErrorContains(t, err, "its decorators returned neither a response nor an error")
	_, err = call(reg, &page{}, "other")
	require.ErrorContains(t, err, "a decorator passed on a request that it did not make from its own")

	message := refused(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Decorate(func(web.Handler) web.Handler { return nil }))
	})
	assert.Contains(t, message, "gave no handler: return next to leave the view as it is")
}

func TestHTTPCache(t *testing.T) {
	t.Parallel()
	declare := func(c *registry.Config) {
		views.Add(c, say("kept"), views.CacheFor(time.Minute, "public"))
		views.Add(c, say("fresh"), views.Name("fresh"), views.NoCache())
		views.Add(c, views.Func(func(r *web.Request) (string, error) {
			r.Response().SetHeader("Cache-Control", "private")
			return "own", nil
		}), views.Name("own"), views.CacheFor(time.Minute))
		views.Add(c, say("plain"), views.Name("plain"))
	}
	reg := build(t, declare)
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		for name, want := range map[string][2]string{
			"":      {"max-age=60, public", now.Add(time.Minute).Format(http.TimeFormat)},
			"fresh": {"max-age=0, no-store, no-cache, must-revalidate", now.Format(http.TimeFormat)},
			"own":   {"private", ""},
			"plain": {"", ""},
		} {
			resp, err := call(reg, &page{}, name)
			require.NoError(t, err)
			assert.Equal(t, want, [2]string{resp.Header("Cache-Control"), resp.Header("Expires")}, name)
		}
	})

	c := registry.New(registry.Options{Settings: registry.Settings{"prevent_http_cache": "yes"}})
	declare(c)
	reg, err := c.Build()
	require.NoError(t, err)
	resp, err := call(reg, &page{}, "")
	require.NoError(t, err)
	assert.Empty(t, resp.Header("Cache-Control"))
}
