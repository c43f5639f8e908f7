package views_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// templComponent and node have the methods of templ and gomponents.
type templComponent struct{ fail error }

func (c templComponent) Render(_ context.Context, w io.Writer) error {
	_, _ = io.WriteString(w, "<b>templ</b>")
	return c.fail
}

type gomponent struct{}

func (gomponent) Render(w io.Writer) error {
	_, err := io.WriteString(w, "<i>gomponents</i>")
	return err
}

type coins struct{ Amount int }

// rendering builds an application of views by name, and returns what calls one.
func rendering(t *testing.T, more func(*registry.Config), all map[string]func(*web.Request) (any, error), options ...views.Option) func(name string) (*web.Response, error) {
	t.Helper()
	c := registry.New(registry.Options{})
	for name, fn := range all {
		views.Add(c, views.Func(fn), append([]views.Option{views.Name(name)}, options...)...)
	}
	if more != nil {
		more(c)
	}
	reg, err := c.Build()
	require.NoError(t, err)
	return func(name string) (*web.Response, error) {
		r := web.Begin(&web.Application{Registry: reg}, httptest.NewRequest(http.MethodGet, "/"+name, nil))
		require.NoError(t, web.Drive(r).Walk(nil, struct{}{}, traversal.Path{Escaped: "/" + name}))
		return views.TableOf(reg).Call(r)
	}
}

func bodyOf(t *testing.T, resp *web.Response, err error) string {
	t.Helper()
	require.NoError(t, err)
	body, ok := resp.Body()
	require.True(t, ok)
	return string(body)
}

func TestComponents(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	call := rendering(t, nil, map[string]func(*web.Request) (any, error){
		"templ":      func(*web.Request) (any, error) { return templComponent{}, nil },
		"gomponents": func(*web.Request) (any, error) { return gomponent{}, nil },
		"half":       func(*web.Request) (any, error) { return templComponent{broken}, nil },
	})
	resp, err := call("templ")
	assert.Equal(t, "<b>templ</b>", bodyOf(t, resp, err))
	assert.Equal(t, "text/html; charset=utf-8", resp.ContentType())
	resp, err = call("gomponents")
	assert.Equal(t, "<i>gomponents</i>", bodyOf(t, resp, err))
	_, err = call("half")
	require.ErrorIs(t, err, broken)
}

func TestOverrideRenderer(t *testing.T) {
	t.Parallel()
	call := rendering(t, nil, map[string]func(*web.Request) (any, error){
		"once": func(r *web.Request) (any, error) {
			views.OverrideRenderer(r, "string")
			return 7, nil
		},
		"unknown": func(r *web.Request) (any, error) {
			views.OverrideRenderer(r, "strnig")
			return 7, nil
		},
		"kept": func(r *web.Request) (any, error) {
			views.OverrideRenderer(r, "string")
			return r.Text("a response"), nil
		},
		"both": func(r *web.Request) (any, error) {
			views.OverrideRenderer(r, "string")
			inner, err := views.RenderView(r, r.Node(), "inner")
			if err != nil {
				return nil, err
			}
			body, _ := inner.Body()
			return []string{string(body), inner.ContentType()}, nil
		},
		"inner": func(*web.Request) (any, error) { return []int{1}, nil },
	})
	resp, err := call("once")
	assert.Equal(t, "7", bodyOf(t, resp, err))
	assert.Equal(t, "text/plain; charset=utf-8", resp.ContentType())
	resp, err = call("both")
	assert.Equal(t, `["[1]","text/plain; charset=utf-8"]`, bodyOf(t, resp, err), "the inner value used it up")
	resp, err = call("kept")
	assert.Equal(t, "a response", bodyOf(t, resp, err))
	_, err = call("unknown")
	require.ErrorContains(t, err, `no renderer "strnig"`)
	require.ErrorContains(t, err, `did you mean "string"?`)
}

func TestRender(t *testing.T) {
	t.Parallel()
	var reg *registry.Registry
	call := rendering(t, func(c *registry.Config) {
		registry.Subscribe(c, func(e *web.BeforeRender) error {
			reg = e.Request.Registry()
			if n, ok := e.Value.(int); ok {
				e.Value = n + 1
			}
			return nil
		})
	}, map[string]func(*web.Request) (any, error){
		"page": func(r *web.Request) (any, error) {
			r.Response().SetStatus(202)
			part, err := views.Render(r, "json", 1)
			if err != nil {
				return nil, err
			}
			other, err := views.RenderResponse(r, "json", 5)
			if err != nil {
				return nil, err
			}
			body, _ := other.Body()
			return []string{part, string(body), other.ContentType()}, nil
		},
		"unknown": func(r *web.Request) (any, error) { return views.Render(r, "nope", 1) },
		"null":    func(r *web.Request) (any, error) { return views.Render(r, "null", 1) },
	})
	resp, err := call("page")
	assert.Equal(t, `["2","6","application/json"]`, bodyOf(t, resp, err))
	assert.Equal(t, 202, resp.Status(), "what the view set stays for its own response")
	_, err = call("unknown")
	require.ErrorContains(t, err, `render "nope": no renderer "nope"`)
	_, err = call("null")
	require.ErrorContains(t, err, `"null" renders nothing`)

	text, err := views.RenderOutside(reg, "json", 1)
	require.NoError(t, err)
	assert.Equal(t, "1", text, "no subscriber is notified outside of a request")
}

func TestNullRenderer(t *testing.T) {
	t.Parallel()
	all := map[string]func(*web.Request) (any, error){
		"value":    func(*web.Request) (any, error) { return 7, nil },
		"response": func(r *web.Request) (any, error) { return r.Text("x"), nil },
		"adapted":  func(*web.Request) (any, error) { return coins{3}, nil },
	}
	adapt := func(c *registry.Config) {
		views.AddResponseAdapter(c, func(r *web.Request, m coins) (*web.Response, error) { return r.Text("coins"), nil })
	}
	call := rendering(t, adapt, all, views.Renderer("null"))
	_, err := call("value")
	var none *views.NoResponseError
	require.ErrorAs(t, err, &none)
	resp, err := call("adapted")
	assert.Equal(t, "coins", bodyOf(t, resp, err))

	call = rendering(t, func(c *registry.Config) {
		adapt(c)
		views.AddDeriver(c, "own", func(next views.Callable, _ *views.Info) (views.Callable, error) {
			return func(r *web.Request, res any) (any, error) {
				value, err := next(r, res)
				if n, ok := value.(int); ok {
					return r.Text("made by a deriver of " + string(rune('0'+n))), nil
				}
				return value, err
			}, nil
		}, views.Over(views.RenderedView))
	}, all, views.Renderer("null"))
	resp, err = call("value")
	assert.Equal(t, "made by a deriver of 7", bodyOf(t, resp, err))
	resp, err = call("response")
	assert.Equal(t, "x", bodyOf(t, resp, err))
}

func TestJSONAdapters(t *testing.T) {
	t.Parallel()
	value := map[string]func(*web.Request) (any, error){"v": func(*web.Request) (any, error) {
		return map[string]any{"m": []coins{{3}}}, nil
	}}
	call := rendering(t, func(c *registry.Config) {
		views.AddJSONAdapter(c, func(r *web.Request, m coins) (any, error) { return []any{m.Amount, r.URL.Path}, nil })
	}, value)
	resp, err := call("v")
	assert.JSONEq(t, `{"m":[[3,"/v"]]}`, bodyOf(t, resp, err))

	call = rendering(t, func(c *registry.Config) {
		views.AddRenderer(c, "own", views.JSON(views.JSONOptions{Adapters: []views.JSONAdapter{
			views.AdaptJSON(func(_ *web.Request, m coins) (any, error) { return m.Amount, nil }),
		}}))
	}, value, views.Renderer("own"))
	resp, err = call("v")
	assert.JSONEq(t, `{"m":[3]}`, bodyOf(t, resp, err))

	c := registry.New(registry.Options{})
	views.AddJSONAdapter[coins](c, nil)
	_, err = c.Build()
	require.ErrorContains(t, err, "JSON adapter for views_test.coins is nil")
}
