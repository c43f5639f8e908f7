package framework_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// printResponses builds the application and prints its responses.
func printResponses(config *framework.Configurator, targets ...string) {
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, target := range targets {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		first, _, _ := strings.Cut(w.Body.String(), "\n")
		fmt.Println(target, w.Code, w.Header().Get("Location")+first)
	}
}

// Route markers become parameters, with a type if needed, and the name of a route generates a URL.
func ExampleConfigurator_AddRoute() {
	config := framework.New(framework.Options{})
	config.AddRoute("user", "/users/{id}")
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		id, err := web.ParamAs[int](r, "id") // 404 if it is not a number
		if err != nil {
			return nil, err
		}
		next, err := r.RouteURL("user", web.With("id", id+1), web.Query("from", id))
		return r.Text(next), err
	}), views.Route("user"))
	printResponses(config, "/users/7", "/users/seven")
	// Output:
	// /users/7 200 http://example.com/users/8?from=7
	// /users/seven 404 404 Not Found
}

// A route may lead into a tree: *traverse is the path to walk, from the root of the application or
// of the route.
func ExampleConfigurator_AddRoute_traversal() {
	archive := func(r *framework.Request) (traversal.Resource, error) {
		return traversal.Map{"reports": &Document{Title: "Reports of " + r.Param("year")}}, nil
	}
	config := framework.New(framework.Options{})
	config.AddRoute("archive", "/archive/{year}/*traverse", routes.Root(archive))
	config.AddView(views.On(func(r *framework.Request, d *Document) (*framework.Response, error) {
		return r.Text(d.Title), nil
	}), views.Route("archive"))
	printResponses(config, "/archive/2026/reports", "/archive/2026/nothing")
	// Output:
	// /archive/2026/reports 200 Reports of 2026
	// /archive/2026/nothing 404 404 Not Found
}

// The routes of a package can have a prefix, and prefixes nest.
func ExampleRoutePrefix() {
	blog := func(c *framework.Configurator) error {
		c.AddRoute("post", "/{slug}")
		c.RoutePrefix("/admin", func(c *framework.Configurator) { c.AddRoute("drafts", "/drafts") })
		for _, name := range []string{"post", "drafts"} {
			c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				url, err := r.RouteURL("post", web.With("slug", "next"))
				return r.Text(r.Match().Route + ", then " + url), err
			}), views.Route(name))
		}
		return nil
	}
	config := framework.New(framework.Options{})
	config.Include(blog, framework.As("blog"), framework.RoutePrefix("/blog"))
	printResponses(config, "/blog/hello", "/blog/admin/drafts")
	// Output:
	// /blog/hello 200 post, then http://example.com/blog/next
	// /blog/admin/drafts 200 drafts, then http://example.com/blog/next
}

// AppendSlash redirects to the same path with a slash if a route matches that.
func ExampleConfigurator_AddNotFoundView_appendSlash() {
	config := framework.New(framework.Options{})
	config.AddRoute("users", "/users/")
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("users"), nil }), views.Route("users"))
	config.AddNotFoundView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("nothing here"), nil
	}), views.AppendSlash())
	printResponses(config, "/users/", "/users?page=2", "/people")
	// Output:
	// /users/ 200 users
	// /users?page=2 307 /users/?page=2
	// /people 404 nothing here
}

// ann may edit; everyone may view.
type ann struct{}

func (ann) Identity(r *framework.Request) (any, error) { return r.URL.Query().Get("user"), nil }

func (ann) Permits(r *framework.Request, _ traversal.Node, permission string) (web.Decision, error) {
	if user, _ := r.Identity(); permission == "view" || user == "ann" {
		return web.Allow("granted"), nil
	}
	return web.Deny("only ann may edit"), nil
}

// A view with a permission, its own or the default one, is called only if the security policy
// permits it; otherwise the response is 403.
func ExampleConfigurator_SetDefaultPermission() {
	text := func(s string) views.View {
		return views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text(s), nil })
	}
	config := framework.New(framework.Options{Security: ann{}})
	config.SetDefaultPermission("edit")
	config.AddView(text("the page"), views.Permission("view"))
	config.AddView(text("the form"), views.Name("edit"))
	config.AddView(text("ok"), views.Name("health"), views.NoPermission())
	printResponses(config, "/", "/edit", "/edit?user=ann", "/health")
	// Output:
	// / 200 the page
	// /edit 403 403 Forbidden
	// /edit?user=ann 200 the form
	// /health 200 ok
}

// A net/http handler can be a view. It sees the whole path.
func ExampleConfigurator_AddView_handler() {
	config := framework.New(framework.Options{})
	config.AddRoute("old", "/old/*rest")
	config.AddView(views.HTTP(http.StripPrefix("/old", http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		_, _ = fmt.Fprint(w, hr.URL.Path)
	}))), views.Route("old"))
	printResponses(config, "/old/page")
	// Output:
	// /old/page 200 /page
}

// A Key is an attribute of requests, computed when it is first used.
func Example_requestAttribute() {
	tenant := web.NewKey("tenant", func(r *framework.Request) (string, error) { return "tenant of " + r.Host, nil })
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		name, err := tenant.Get(r)
		return r.Text(name), err
	}))
	printResponses(config, "/")
	// Output:
	// / 200 tenant of example.com
}
