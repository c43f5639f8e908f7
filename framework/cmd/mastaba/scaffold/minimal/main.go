// Command appname is the start of an application: one page, with a form.
package main

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/static"
	"github.com/mastaba-go/mastaba/views/templates"
)

//go:embed templates static
var files embed.FS

func main() {
	cli.Main(build, cli.Options{Name: "appname", Short: "a page with a form", SettingsFile: "appname.toml", EnvPrefix: "APP", Settings: []cli.Setting{
		{Name: "secret", Usage: "32 or more random bytes, which protect the sessions"},
	}})
}

// build declares the application. Every command that needs it calls build.
func build(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	config := configure(cli.Value[string](env, "secret"), env.Options())
	if env.Dev {
		config.SetDevelopment() // cookies work over plain http; otherwise they need https
	}
	return config, nil
}

func configure(secret string, o framework.Options) *framework.Configurator {
	sessions, err := session.New(session.Options{Secrets: []string{secret}, Timeout: 8 * time.Hour})
	o.Root = func(*framework.Request) (traversal.Resource, error) { return Home{}, nil }
	o.Sessions, o.CSRF = sessions, security.NewCSRF(security.CSRFOptions{}) // each form has {{csrf}}
	config := framework.New(o)
	config.Directive().Report(err)
	pages, _ := fs.Sub(files, "templates") // fails for an invalid path alone
	styles, _ := fs.Sub(files, "static")
	templates.Add(config, pages, templates.Options{Dir: "templates"})
	config.AddStaticView("static", styles, static.Dir("static"))
	forms.Add(config, show, save, views.Renderer("home.html"))
	config.AddErrorView(views.ErrorStatus(400, 599, showError), views.Accept("text/html"), views.Renderer("error.html"))
	config.AddErrorView(views.Error(showError), views.Accept("text/html"), views.Renderer("error.html"))
	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	return config
}

// Home is the root of the resource tree, and its only resource.
type Home struct{}

// greeting is the form of the page.
type greeting struct {
	Name string `form:"name"`
}

// Validate is called before the view. Its error shows the form again.
func (in greeting) Validate() error {
	if in.Name == "" || len(in.Name) > 100 {
		return &views.InputError{Fields: []views.FieldError{{Name: "name", Text: "a name of at most 100 bytes is required"}}}
	}
	return nil
}

func show(r *framework.Request, _ Home) (*forms.Form, error) { return forms.Show(r, greeting{}), nil }

func save(r *framework.Request, _ Home, in greeting) (*framework.Response, error) {
	session, err := r.Session()
	if err != nil {
		return nil, err
	}
	return r.Redirect(http.StatusSeeOther, "/"), session.Flash("", "Hello, "+in.Name+"!", false)
}

// showError returns the id of the request, under which the log has the details.
func showError(r *framework.Request, _ error) (string, error) { return r.ID(), nil }
