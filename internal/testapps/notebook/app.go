package notebook

import (
	"embed"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/internal/testapps/notebook/house"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

//go:embed templates/*.html
var pages embed.FS

// ReadOnly is the setting that refuses all changes while it is true.
const ReadOnly = "notebook.read_only"

// Options configure the application.
type Options struct {
	Library  *Library
	Journal  *Journal
	Settings registry.Settings
	Logger   *zerolog.Logger
}

// Configure declares the application.
func Configure(o Options) *framework.Configurator {
	config := framework.New(framework.Options{
		Root:              func(*framework.Request) (traversal.Resource, error) { return o.Library, nil },
		Security:          policy{},
		DefaultPermission: View,
		Settings:          o.Settings,
		Logger:            o.Logger,
	})
	config.Include(house.Include)
	house.AddTemplates(config, pages, "templates/*.html")
	AddJournal(config, o.Journal)

	config.AddTween("read only", tweens.New(readOnly), tweens.Under(tweens.ExcView))
	config.AddTween("request id", tweens.RequestID())
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	registry.Subscribe(config, addVisitor)
	registry.Subscribe(config, countPosts, web.Where[*web.NewResponse](views.Method("POST")))

	// Declaring the types of the tree reports ambiguous views now, not at the first request.
	views.Resource[*Library](config)
	views.Resource[*Organisation](config)
	views.Resource[*Project](config)
	views.Resource[*Document](config)

	// Reading.
	html, json := views.Accept("text/html"), views.Accept("application/json")
	get := views.Group(views.Method("GET"))
	config.AddView(views.On(showFolder), get, html, views.Renderer("folder.html"))
	config.AddView(views.On(showDocument), get, html, views.Renderer("document.html"))
	config.AddView(views.On(folderJSON), get, json)
	config.AddView(views.On(documentJSON), get, json)
	config.AddView(views.On(folderJSON), get, views.Name("json"))
	config.AddView(views.On(documentJSON), get, views.Name("json"))
	config.AddView(views.On(history), get, views.Name("history"), views.Subpath(true), views.Renderer("history.html"))
	// Pages of all methods show the sidebar, so it has no method predicate.
	config.AddView(views.On(sidebar), views.Name("sidebar"), views.Renderer("sidebar.html"))
	config.AddView(views.On(activity), get, views.Name("activity"), views.Permission(Manage))

	// Writing, except in an archived project.
	form := views.Group(views.Name("edit"), views.Permission(Edit), views.Renderer("edit.html"))
	config.AddView(views.Struct(newEditor, (*editor).show), form, views.Method("GET"))
	config.AddView(views.Struct(newEditor, (*editor).save), form, views.Method("POST"))
	post := views.Group(views.Permission(Edit), views.Method("POST"))
	config.AddView(views.OnInput(addOrganisation), post, views.Name("add"), views.Permission(Manage))
	config.AddView(views.OnInput(addProject), post, views.Name("add"))
	config.AddView(views.OnInput(addDocument), post, views.Name("add"))
	config.AddView(views.On(archive), post, views.Name("archive"), views.Permission(Manage))
	config.AddView(views.Of(child.remove), post, views.Name("delete"), views.Permission(Manage))
	config.AddView(views.On(locked), post, views.Name("edit"), Archived())
	config.AddView(views.On(locked), post, views.Name("delete"), Archived(), views.For[child]())
	config.AddView(views.On(locked), post, views.Name("add"), Archived(), views.For[*Project]())

	// Overrides of package house.
	config.AddNotFoundView(views.Func(missing), html, views.Renderer("error.html"))
	config.AddView(views.Func(about), views.Name("about"), views.NoPermission(), views.Renderer("string"), views.Method("GET"))
	config.AddForbiddenView(views.Func(denied), html, views.Renderer("error.html"))
	return config
}

// Archived matches resources of an archived project.
func Archived() web.Predicate {
	return views.Where("archived", func(r *web.Request) (bool, error) {
		project, _, ok, err := traversal.Closest[*Project](r.Context(), r.Traverser(), r.Node())
		return ok && project.Archived(), err
	})
}

// readOnly is a tween that rejects everything but reading. Without the setting it leaves itself out
// of the chain.
func readOnly(next web.Handler, reg *registry.Registry) (web.Handler, error) {
	on, err := registry.Setting(reg.Settings(), ReadOnly, false)
	if err != nil || !on {
		return next, err
	}
	return func(r *web.Request) (*web.Response, error) {
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodOptions:
			return next(r)
		}
		return nil, web.ServiceUnavailable("the library is read-only at the moment").WithRetryAfter(time.Hour)
	}, nil
}

// Visitor is the name of the user for pages, computed once per request.
var Visitor = web.NewKey("visitor", func(r *web.Request) (string, error) { return r.UserID() })

// addVisitor passes the name of the user to each page.
func addVisitor(e *web.BeforeRender) error {
	visitor, err := Visitor.Get(e.Request)
	if err != nil {
		return err
	}
	e.Vars["visitor"] = visitor
	return nil
}

// countPosts logs a line for each response to a POST.
func countPosts(e *web.NewResponse) error {
	e.Request.Log().Info().Int("status", e.Response.Status()).Msg("posted")
	return nil
}
