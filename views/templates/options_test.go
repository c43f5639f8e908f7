package templates_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/templates"
)

func TestInvalidOptions(t *testing.T) {
	t.Parallel()
	good := pages("a.html", "x")
	with := func(name string, fn any) templates.Options {
		return templates.Options{Funcs: map[string]any{name: fn}}
	}
	for want, declare := range map[string]func(*framework.Configurator){
		"the file system is nil":                    func(c *framework.Configurator) { templates.Add(c, nil, templates.Options{}) },
		`invalid extension "html"`:                  func(c *framework.Configurator) { templates.Add(c, good, templates.Options{Extension: "html"}) },
		`the function "path" is one of the package`: func(c *framework.Configurator) { templates.Add(c, good, with("path", func() string { return "" })) },
		`the function "len" is one of the package`:  func(c *framework.Configurator) { templates.Add(c, good, with("len", func() string { return "" })) },
		`invalid name "a-b" of a function`:          func(c *framework.Configurator) { templates.Add(c, good, with("a-b", func() string { return "" })) },
		`the function "f" is a int: want a func`:    func(c *framework.Configurator) { templates.Add(c, good, with("f", 1)) },
		`want one that returns a value`:             func(c *framework.Configurator) { templates.Add(c, good, with("f", func() {})) },
		`invalid folder "pages" of assets`:          func(c *framework.Configurator) { templates.AddAssets(c, "pages", templates.Options{}) },
		`no assets are called "nowhere"`:            func(c *framework.Configurator) { templates.AddAssets(c, "nowhere:pages", templates.Options{}) },
		`template "a.html" is in the files of two directives`: func(c *framework.Configurator) {
			templates.Add(c, good, templates.Options{})
			templates.Add(c, good, templates.Options{})
		},
		`the function "f" is registered twice`: func(c *framework.Configurator) {
			templates.Add(c, good, with("f", func() string { return "" }))
			templates.Add(c, pages("b.html", "x"), with("f", func() string { return "" }))
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			config := framework.New(framework.Options{})
			declare(config)
			_, err := config.App()
			require.ErrorContains(t, err, want)
			require.ErrorContains(t, err, "options_test.go:")
		})
	}
}

// TestPrefix: a package with a prefix calls its own templates without it, and those of the
// application by their name.
func TestPrefix(t *testing.T) {
	t.Parallel()
	a, err := app(t, pages("page.html", `{{template "blog/list.html" .}}`, "layout.html", `[{{block "content" .}}{{end}}]`, "row.html", "not this one"),
		func(c *framework.Configurator) {
			templates.Add(c, pages("list.html", `{{template "row.html" .}} {{template "layout.html" .}}{{define "content"}}own{{end}}`, "row.html", "row"),
				templates.Options{Prefix: "blog/"})
		})
	require.NoError(t, err)
	require.Equal(t, "row [own]", get(t, a, "/a"))
}
