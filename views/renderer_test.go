package views_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// returning is a view that returns any value at all.
//
//go:noinline
func returning(value any) views.View {
	return views.Func(func(*web.Request) (any, error) { return value, nil })
}

func TestBuiltInRenderers(t *testing.T) {
	t.Parallel()
	type point struct {
		X int `json:"x"`
	}
	tests := map[string]struct {
		renderer    string
		value       any
		want        string
		contentType string
	}{
		"json struct":   {"json", point{1}, `{"x":1}`, "application/json"},
		"json list":     {"json", []int{1, 2}, `[1,2]`, "application/json"},
		"json escapes":  {"json", "<a>", `"\u003ca\u003e"`, "application/json"},
		"string":        {"string", "<a>", "<a>", "text/plain; charset=utf-8"},
		"string bytes":  {"string", []byte("abc"), "abc", "text/plain; charset=utf-8"},
		"string number": {"string", 42, "42", "text/plain; charset=utf-8"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) { views.Add(c, returning(tt.value), views.Renderer(tt.renderer)) })
			resp, err := call(reg, &page{}, "")
			require.NoError(t, err)
			assert.Equal(t, tt.want, text(t, resp))
			assert.Equal(t, tt.contentType, resp.ContentType())
		})
	}
}

func TestJSONOptions(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.AddRenderer(c, "json", views.JSON(views.JSONOptions{Indent: " ", ContentType: "application/hal+json"}))
		views.Add(c, returning(map[string]int{"a": 1}))
	})
	resp, err := call(reg, &page{}, "")
	require.NoError(t, err)
	assert.Equal(t, "{\n \"a\": 1\n}", text(t, resp))
	assert.Equal(t, "application/hal+json", resp.ContentType())
}

func TestWhatTheViewSetsJoinsWhatIsRendered(t *testing.T) {
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

func TestRenderersByNameAndExtension(t *testing.T) {
	t.Parallel()
	var made []string
	shouting := func(info views.RendererInfo) (views.ValueRenderer, error) {
		made = append(made, info.Key+" for "+info.Name+" of "+info.View.Name)
		return views.RendererFunc(func(_ *web.Request, resp *web.Response, value any) error {
			resp.SetText(strings.ToUpper(fmt.Sprint(value)))
			return nil
		}), nil
	}
	reg := build(t, func(c *registry.Config) {
		views.AddRenderer(c, "shout", shouting)
		views.AddRenderer(c, ".txt", shouting)
		views.AddRenderer(c, ".loud.txt", shouting)
		views.Add(c, returning("a"), views.Name("1"), views.Renderer("shout"))
		views.Add(c, returning("b"), views.Name("2"), views.Renderer("mail/b.de.txt"))
		views.Add(c, returning("c"), views.Name("3"), views.Renderer("c.loud.txt"))
	})
	for name, want := range map[string]string{"1": "A", "2": "B", "3": "C"} {
		for range 2 {
			resp, err := call(reg, &page{}, name)
			require.NoError(t, err)
			assert.Equal(t, want, text(t, resp))
		}
	}
	assert.Equal(t, []string{"shout for shout of 1", ".txt for mail/b.de.txt of 2", ".loud.txt for c.loud.txt of 3"}, made,
		"one renderer a view, made at configuration")
}

func TestRenderersThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		declare func(c *registry.Config)
		want    string
	}{
		"no name": {func(c *registry.Config) { views.AddRenderer(c, "", views.Text()) }, "a renderer needs a name"},
		"nil":     {func(c *registry.Config) { views.AddRenderer(c, "x", nil) }, `renderer "x": give a func(views.RendererInfo)`},
		"twice": {func(c *registry.Config) {
			views.AddRenderer(c, "x", views.Text())
			views.AddRenderer(c, "x", views.Text())
		}, `renderer "x" registered twice:`},
		"no default": {func(c *registry.Config) { views.SetDefaultRenderer(c, "") }, "the default renderer needs a name"},
		"unknown default": {func(c *registry.Config) {
			views.SetDefaultRenderer(c, "page.html")
			views.Add(c, returning(1))
		}, `no renderer "page.html" (have: json, string)`},
		"failing": {func(c *registry.Config) {
			views.AddRenderer(c, ".html", func(views.RendererInfo) (views.ValueRenderer, error) { return nil, errBroken })
			views.Add(c, returning(1), views.Renderer("page.html"))
		}, `renderer "page.html": broken`},
		"nothing": {func(c *registry.Config) {
			views.AddRenderer(c, ".html", func(views.RendererInfo) (views.ValueRenderer, error) { return nil, nil })
			views.Add(c, returning(1), views.Renderer("page.html"))
		}, `renderer "page.html": its factory gave neither a renderer nor an error`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, refused(t, tt.declare), tt.want)
		})
	}
}

func TestValuesThatAreNoAnswer(t *testing.T) {
	t.Parallel()
	const neither = `view views_test\.returning\.func1 \(.*renderer_test\.go:\d+\) returned neither a response nor a renderable value: `
	tests := map[string]struct {
		value any
		want  string
	}{
		"nil":          {nil, `it returned nil: return a value, an error, or r\.Empty\(http\.StatusNoContent\)`},
		"nil response": {(*web.Response)(nil), `it returned a nil \*web\.Response: `},
		"nil pointer":  {(*page)(nil), `it returned a nil \*views_test\.page: `},
		"plain error":  {errBroken, `it returned a \*errors\.errorString as its value: return it as the error`},
		"no JSON form": {make(chan int), `renderer "json": json: unsupported type: chan int`},
		"function":     {(func())(nil), `renderer "json": json: unsupported type: func\(\)`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) { views.Add(c, returning(tt.value)) })
			resp, err := call(reg, &page{}, "")
			require.Error(t, err)
			assert.Nil(t, resp)
			assert.Regexp(t, "^"+neither+tt.want, err.Error())
			var none *views.NoAnswerError
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

func TestHTTPErrorAsAValueAnswers(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, returning(web.NotFound("not this one")))
		views.AddNotFound(c, say("never asked"))
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

type money struct{ cents int }

func (m money) Price() string { return fmt.Sprintf("%d.%02d", m.cents/100, m.cents%100) }
func (m money) Name() string  { return "money" }

type (
	pricer         interface{ Price() string }
	pricedAndNamed interface {
		pricer
		Name() string
	}
)

func TestResponseAdapters(t *testing.T) {
	t.Parallel()
	byPrice := func(r *web.Request, p pricer) (*web.Response, error) { return r.Text("price " + p.Price()), nil }
	byName := func(r *web.Request, n pricedAndNamed) (*web.Response, error) { return r.Text("named " + n.Name()), nil }
	exact := func(r *web.Request, m money) (*web.Response, error) { return r.Text("exactly " + m.Price()), nil }
	value := money{1234}

	reg := build(t, func(c *registry.Config) {
		views.AddResponseAdapter(c, byPrice)
		views.AddResponseAdapter(c, byName)
		views.Add(c, returning(value))
		views.Add(c, returning("text"), views.Name("text"))
	})
	assert.Equal(t, "named money", body(t, reg, &page{}), "the narrower interface first")
	resp, err := call(reg, &page{}, "text")
	require.NoError(t, err)
	assert.Equal(t, `"text"`, text(t, resp), "what no adapter takes is rendered")

	reg = build(t, func(c *registry.Config) {
		views.AddResponseAdapter(c, byPrice)
		views.AddResponseAdapter(c, exact)
		views.Add(c, returning(value))
	})
	assert.Equal(t, "exactly 12.34", body(t, reg, &page{}))

	reg = build(t, func(c *registry.Config) {
		views.AddResponseAdapter(c, func(*web.Request, money) (*web.Response, error) { return nil, nil })
		views.Add(c, returning(value))
	})
	_, err = call(reg, &page{}, "")
	require.ErrorContains(t, err, "the response adapter gave nothing for a views_test.money")
}

func TestResponseAdaptersThatAreRefused(t *testing.T) {
	t.Parallel()
	assert.Contains(t, refused(t, func(c *registry.Config) { views.AddResponseAdapter[money](c, nil) }),
		"response adapter for views_test.money: give a func(*web.Request, views_test.money) (*web.Response, error), not nil")
	same := func(_ *web.Request, resp *web.Response) (*web.Response, error) { return resp, nil }
	assert.Contains(t, refused(t, func(c *registry.Config) { views.AddResponseAdapter(c, same) }), "such a value is the response already")
	adapt := func(r *web.Request, m money) (*web.Response, error) { return r.Text(m.Price()), nil }
	assert.Contains(t, refused(t, func(c *registry.Config) {
		views.AddResponseAdapter(c, adapt)
		views.AddResponseAdapter(c, adapt)
	}), "response adapter for views_test.money registered twice:")
}
