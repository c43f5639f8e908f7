package routes_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
)

func TestLiteralsThatLookLikeMarkers(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"/x/<id>":            `"<id>" is literal text: want a marker such as {id}`,
		"/x/<int:id>/edit":   `"<int:id>" has no meaning: want a marker such as {id}`,
		"/x/{":               `"{" is literal text: want a marker such as {name}`,
		"/x/{}":              `"{}" is literal text: want a marker such as {name}`,
		"/x/{1}/{id}":        `"{1}" is literal text: want a marker such as {name}`,
		"/x/id}":             `"}" is literal text: want a marker such as {name}`,
		"/x/{$}":             `"{$}" is literal text: leave it out, since a pattern always matches the whole path`,
		"/{a}/:id":           `":id" is literal text: want a marker such as {id}`,
		"/x/*path/edit":      `"*path" is literal text, since a star is a marker only at the end of a pattern: want {path}, or {path:.*} for several segments`,
		"//cdn.example/<id>": `"<id>" is literal text: want a marker such as {id}`,

		"/x/{id}:publish": "",
		"/x/:id":          "",
		"/x/{id}/*rest":   "",
		"/a*b/c":          "",
		"/a:b/{c}":        "",
		"/x/a<b":          "",
		"https://x.y/{a}": "",
	} {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			c := registry.New(registry.Options{})
			routes.Add(c.At(registry.Source{File: "app.go", Line: 1}), "r", pattern)
			reg, err := c.Build()
			require.NoError(t, err)
			var texts []string
			for _, w := range reg.Warnings() {
				texts = append(texts, w.String())
			}
			if want == "" {
				assert.Empty(t, texts)
				return
			}
			require.Len(t, texts, 1)
			assert.Contains(t, texts[0], "app.go:1: route \"r\": pattern ")
			assert.Contains(t, texts[0], ": "+want)
		})
	}
	t.Run("the path to traverse", func(t *testing.T) {
		t.Parallel()
		c := registry.New(registry.Options{})
		routes.Add(c.At(registry.Source{File: "app.go", Line: 1}), "r", "/x/{id}", routes.Traverse("/<id>"))
		reg, err := c.Build()
		require.NoError(t, err)
		assert.Equal(t, []registry.Warning{{
			Source: registry.Source{File: "app.go", Line: 1},
			Text:   `route "r": pattern "/<id>": "<id>" is literal text: want a marker such as {id}`,
		}}, reg.Warnings())
	})
}
