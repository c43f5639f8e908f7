package views_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestRenderedResponseKeepsWhatTheViewSet(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.Func(func(r *web.Request) ([]string, error) {
			r.Response().SetStatus(http.StatusCreated)
			r.Response().SetContentType("application/vnd.list+json")
			return []string{"made"}, nil
		}))
	})
	resp, err := call(reg, &page{}, "")
	require.NoError(t, err)
	assert.Equal(t, http.StatusCreated, resp.Status())
	assert.Equal(t, "application/vnd.list+json", resp.ContentType())
	assert.Equal(t, `["made"]`, text(t, resp))
}

func TestValuesThatCannotBecomeAResponse(t *testing.T) {
	t.Parallel()
	const neither = `view func at renderer_test\.go:\d+ returned neither a response nor a renderable value: `
	tests := map[string]struct {
		value any
		want  string
	}{
		"nil":          {nil, neither + `it returned nil: return a value, an error, or r\.Empty\(http\.StatusNoContent\)`},
		"nil response": {(*web.Response)(nil), neither + `it returned a nil \*web\.Response: `},
		"nil pointer":  {(*page)(nil), neither + `it returned a nil \*views_test\.page: `},
		"plain error":  {errBroken, neither + `it returned a \*errors\.errorString as its value: return it as the error`},
		"no JSON form": {make(chan int), `renderer "json": json: unsupported type: chan int \(view func at renderer_test\.go:\d+\)$`},
		"function":     {(func())(nil), `renderer "json": json: unsupported type: func\(\) \(view `},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) { views.Add(c, returning(tt.value)) })
			resp, err := call(reg, &page{}, "")
			require.Error(t, err)
			assert.Nil(t, resp)
			assert.Regexp(t, "^"+tt.want, err.Error())
			var none *views.NoResponseError
			require.ErrorAs(t, err, &none)
			assert.Equal(t, "default view for any resource", none.Info.String())
		})
	}
}

func TestEmptyListsAreValues(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, returning([]string(nil)))
		views.Add(c, returning(map[string]int(nil)), views.Name("map"))
	})
	assert.Equal(t, "null", body(t, reg, &page{}))
}

func TestHTTPErrorAsValueIsTheResponse(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, returning(web.NotFound("not this one")))
		views.AddNotFound(c, say("never req"))
	})
	resp, err := call(reg, &page{}, "")
	require.NoError(t, err)
	assert.Equal(t, http.StatusNotFound, resp.Status())
	assert.Contains(t, text(t, resp), "not this one")
}

func TestBeforeRender(t *testing.T) {
	t.Parallel()
	vars := varsRenderer{}
	reg := build(t, func(c *registry.Config) {
		views.AddRenderer(c, "vars", func(views.RendererInfo) (views.ValueRenderer, error) { return vars, nil })
		views.Add(c, returning("value"), views.Renderer("vars"))
		views.Add(c, returning("value"), views.Name("failing"), views.Renderer("string"))
		registry.Subscribe(c, func(e *web.BeforeRender) error {
			if e.Renderer == "string" {
				return errBroken
			}
			e.Value = fmt.Sprint(e.Value, " of ", e.Renderer)
			e.Vars["user"] = "ann"
			return nil
		})
	})
	assert.Equal(t, "value of vars, ann", body(t, reg, &page{}))
	_, err := call(reg, &page{}, "failing")
	require.True(t, errors.Is(err, errBroken))
}

type varsRenderer struct{}

func (varsRenderer) Render(*web.Request, *web.Response, any) error { return errBroken }

func (varsRenderer) RenderVars(_ *web.Request, resp *web.Response, value any, vars map[string]any) error {
	resp.SetText(fmt.Sprint(value, ", ", vars["user"]))
	return nil
}

var _ views.VarsRenderer = varsRenderer{}
