package views_test

import (
	"fmt"
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

func TestInvalidRenderers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		declare func(c *registry.Config)
		want    string
	}{
		"no name": {func(c *registry.Config) { views.AddRenderer(c, "", views.JSON(views.JSONOptions{})) }, "renderer without a name"},
		"nil":     {func(c *registry.Config) { views.AddRenderer(c, "x", nil) }, `renderer "x" is nil: want a func(views.RendererInfo)`},
		"twice": {func(c *registry.Config) {
			views.AddRenderer(c, "x", views.JSON(views.JSONOptions{}))
			views.AddRenderer(c, "x", views.JSON(views.JSONOptions{}))
		}, `renderer "x" registered twice:`},
		"no default": {func(c *registry.Config) { views.SetDefaultRenderer(c, "") }, "default renderer without a name"},
		"unknown default": {func(c *registry.Config) {
			views.SetDefaultRenderer(c, "page.html")
			views.Add(c, returning(1))
		}, `no renderer "page.html" (have: json, null, string): register one for the extension: config.AddRenderer(".html", factory)`},
		"failing": {func(c *registry.Config) {
			views.AddRenderer(c, ".html", func(views.RendererInfo) (views.ValueRenderer, error) { return nil, errBroken })
			views.Add(c, returning(1), views.Renderer("page.html"))
		}, `renderer "page.html": broken`},
		"nothing": {func(c *registry.Config) {
			views.AddRenderer(c, ".html", func(views.RendererInfo) (views.ValueRenderer, error) { return nil, nil })
			views.Add(c, returning(1), views.Renderer("page.html"))
		}, `renderer "page.html": its factory returned neither a renderer nor an error`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, refused(t, tt.declare), tt.want)
		})
	}
}
