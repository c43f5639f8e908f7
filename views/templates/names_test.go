package templates_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/templates"
)

// policy knows all permissions there are.
type policy struct{ framework.NoPolicy }

func (policy) Permissions() []string { return []string{"view", "edit"} }

// TestNames: names that a template writes out are checked with the configuration.
func TestNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{{route "archive" "year" 7}}`:                 "",
		`{{route "archiv" "year" 7}}`:                  `template page.html:1:2: there is no route "archiv": did you mean "archive"?`,
		"\n" + `{{if .}}{{routeURL "nowhere"}}{{end}}`: `template page.html:2:10: there is no route "nowhere": add it`,
		`<a href="{{"archiv" | route}}">`:              "",
		`{{static "static/app.css"}}`:                  "",
		`{{static "static/ap.css"}}`:                   `static file "static/ap.css" does not exist: did you mean "static/app.css"?`,
		`{{staticURL "stati/app.css"}}`:                `static file "stati/app.css": no static view has such a file: begin with the name of one (have: "static", "disk")`,
		`{{can "edti" .}}`:                             `unknown permission "edti": did you mean "edit"?`,
		`{{can "edit" .}}`:                             "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			config := framework.New(framework.Options{Security: policy{}})
			config.AddRoute("archive", "/archive/{year}")
			config.AddView(views.Func(func(*framework.Request) (string, error) { return "", nil }), views.Route("archive"), views.NoPermission())
			config.AddStaticView("static", pages("app.css", ""))
			config.AddStaticView("disk", pages())
			templates.Add(config, pages("page.html", text), templates.Options{})
			_, err := config.App()
			if want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, want)
			require.ErrorContains(t, err, "names_test.go:")
		})
	}
}

// TestNamesOfFilesThatMayCome: a file that is missing from a folder is a warning.
func TestNamesOfFilesThatMayCome(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddStaticView("static", os.DirFS(t.TempDir()))
	templates.Add(config, pages("page.html", `{{static "static/app.css"}}`), templates.Options{})
	app, err := config.App()
	require.NoError(t, err)
	warnings := app.Registry().Warnings()
	require.Len(t, warnings, 1)
	assert.Contains(t, warnings[0].String(), `template page.html:1:2: static file "static/app.css"`)
	assert.Contains(t, warnings[0].String(), "names_test.go:")
}
