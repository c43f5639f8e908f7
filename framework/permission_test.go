package framework_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// lock is a security policy that closes one resource and what is below it to everyone but alice.
type lock struct {
	path      string
	challenge string // "" for a policy that cannot ask
}

func (lock) Identity(r *web.Request) (any, error) {
	if user := r.Request.Header.Get("X-User"); user != "" {
		return user, nil
	}
	return nil, nil
}

func (p lock) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	for n, ok := at, !at.IsZero(); ok; n, ok = n.Parent() {
		if n.Path() == p.path && r.Request.Header.Get("X-User") != "alice" {
			return web.Decision{Reason: "closed", At: n}, nil
		}
	}
	return web.Allow(permission + " is open"), nil
}

func (p lock) Challenges(*web.Request) ([]string, error) {
	if p.challenge == "" {
		return nil, nil
	}
	return []string{p.challenge}, nil
}

var _ web.Challenger = lock{}

// rows is a tree whose resources are found by their whole path.
type rows map[string]bool

func (t rows) Descend(_ context.Context, names []string) (found []traversal.Resource, err error) {
	path := ""
	for _, name := range names {
		if path += "/" + name; strings.HasSuffix(path, "/broken") {
			return nil, web.ServiceUnavailable("no database")
		}
		if !t[path] {
			return found, traversal.ErrNotFound
		}
		found = append(found, row(path))
	}
	return found, nil
}

type row string

func attacked(t *testing.T, o framework.Options) *frameworktest.App {
	o.TrustedProxies = []string{"192.0.2.0/24"}
	config := quiet(o)
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("shown " + r.Node().Path()), nil
	}), views.Permission("view"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("edited " + r.Node().Path()), nil
	}), views.Name("edit"), views.Permission("edit"), views.Subpath(true))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("help"), nil }), views.Name("help"))
	config.AddRoute("tree", "/tree/*traverse", routes.GlobalViews())
	return frameworktest.New(t, config)
}

// However a client writes the path or the method, it does not get around a permission.
func TestPermissionHoldsForEverySpelling(t *testing.T) {
	t.Parallel()
	tree := traversal.Map{"public": traversal.Map{}, "secret": traversal.Map{"deep": traversal.Map{}}}
	app := attacked(t, framework.Options{Root: frameworktest.Root(tree), Security: lock{path: "/secret"}})
	for name, tt := range map[string]struct{ method, path, virtual string }{
		"as it is":                   {"GET", "/secret", ""},
		"HEAD":                       {"HEAD", "/secret", ""},
		"OPTIONS":                    {"OPTIONS", "/secret", ""}, // the view takes every method
		"POST":                       {"POST", "/secret", ""},
		"an unknown method":          {"FROB", "/secret", ""},
		"an override of the method":  {"POST", "/secret?_method=GET", ""},
		"with a slash":               {"GET", "/secret/", ""},
		"empty segments":             {"GET", "//secret//", ""},
		"an encoded letter":          {"GET", "/%73ecret", ""},
		"dot segments":               {"GET", "/public/../secret/.", ""},
		"encoded dot segments":       {"GET", "/public/%2e%2E/%2e/secret", ""},
		"above the root":             {"GET", "/../../secret", ""},
		"below":                      {"GET", "/secret/deep", ""},
		"a view":                     {"GET", "/secret/edit", ""},
		"a selected view":            {"GET", "/secret/@@edit", ""},
		"the selected default view":  {"GET", "/secret/@@", ""},
		"an encoded selected view":   {"GET", "/secret/%40%40edit", ""},
		"a subpath":                  {"GET", "/secret/@@edit/public/more", ""},
		"a subpath with dots":        {"GET", "/secret/@@edit/x/../y", ""},
		"a query":                    {"GET", "/secret?/public", ""},
		"by a route":                 {"GET", "/tree/secret", ""},
		"by a route, with dots":      {"GET", "/tree/public/%2e%2e/secret", ""},
		"a virtual root":             {"GET", "/", "/secret"},
		"below a virtual root":       {"GET", "/deep", "/secret"},
		"above a virtual root":       {"GET", "/../..", "/secret/deep"},
		"a virtual root with dots":   {"GET", "/", "/public/../secret"},
		"a virtual root and a slash": {"GET", "/", "/secret/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := app.In(t)
			as := func(user string) *frameworktest.Response {
				options := []frameworktest.RequestOption{frameworktest.Header("X-User", user)}
				if tt.virtual != "" {
					options = append(options, frameworktest.Header(web.VirtualRootHeader, tt.virtual))
				}
				return app.Request(tt.method, tt.path, options...)
			}
			for _, user := range []string{"", "bob"} {
				resp := as(user).Status(http.StatusForbidden)
				assert.NotContains(t, resp.Body, "shown")
				assert.NotContains(t, resp.Body, "edited")
				assert.NotContains(t, resp.Body, "closed", "the reason is not for clients")
			}
			assert.NotEqual(t, http.StatusForbidden, as("alice").Code, "the request means the closed resource")
		})
	}
}

// Below a resource that the client may not look into, what exists and what does not look the same.
func TestTraversePermission(t *testing.T) {
	t.Parallel()
	trees := map[string]traversal.Resource{
		"child":   traversal.Map{"secret": traversal.Map{"deep": traversal.Map{"deeper": traversal.Map{}}, "broken": failing{assert.AnError}}},
		"descend": rows{"/secret": true, "/secret/deep": true, "/secret/deep/deeper": true},
	}
	for style, tree := range trees {
		for _, challenge := range []string{"", "Bearer"} {
			t.Run(style+challenge, func(t *testing.T) {
				t.Parallel()
				app := attacked(t, framework.Options{
					Root: frameworktest.Root(tree), Security: lock{"/secret", challenge}, TraversePermission: "traverse",
				})
				want := http.StatusForbidden
				if challenge != "" {
					want = http.StatusUnauthorized
				}
				first := app.Get("/secret/deep").Status(want)
				for _, path := range []string{
					"/secret/none", "/secret/deep/deeper", "/secret/deep/none", "/secret/help", "/secret/edit", "/secret/broken/x",
					"/secret/none/none", "/%73ecret/deep", "/x/../secret/deep", "//secret//deep/.", "/tree/secret/deep", "/secret/deep/@@help",
				} {
					for _, method := range []string{"GET", "POST", "OPTIONS", "FROB"} {
						got := app.Request(method, path).Status(want)
						assert.Equal(t, first.Body, got.Body, "%s %s", method, path)
						assert.Equal(t, first.Header, got.Header, "%s %s", method, path)
					}
				}
				for _, root := range []string{"/secret", "/secret/none"} {
					got := app.Get("/deep", frameworktest.Header(web.VirtualRootHeader, root)).Status(want)
					assert.Equal(t, first.Body, got.Body, "a virtual root")
				}
				app.Get("/secret/@@help").Status(200)
				app.Get("/secret").Status(want)
				app.Get("/none").Status(404)
				alice := frameworktest.Header("X-User", "alice")
				app.Get("/secret/deep", alice).Status(200)
				app.Get("/secret/none", alice).Status(404)
				app.Get("/secret/help", alice).Status(200)
			})
		}
	}
}

func TestTraversePermissionSaysWhatWasDenied(t *testing.T) {
	t.Parallel()
	config := quiet(framework.Options{
		Root: frameworktest.Root(rows{"/secret": true}), Security: lock{path: "/secret"}, TraversePermission: "traverse",
	})
	var seen *views.DeniedError
	config.AddForbiddenView(views.Error(func(r *framework.Request, err error) (*framework.Response, error) {
		require.ErrorAs(t, err, &seen)
		return r.Text("no"), nil
	}))
	app := frameworktest.New(t, config)
	app.Get("/secret/a/b/c").Status(403)
	require.NotNil(t, seen)
	assert.Equal(t, "traverse", seen.Permission)
	assert.Equal(t, "/secret", seen.Decision.At.Path(), "it can be read after the walk is discarded")
	assert.EqualError(t, seen, `traversal through /secret (framework_test.row): permission "traverse" denied: closed`)

	got := app.Explain(request("GET /secret/a/b"))
	assert.Equal(t, 403, got.Outcome.Status)
	assert.Contains(t, got.Walk.Error, `permission "traverse" denied: closed`)
	assert.Len(t, got.Walk.Steps, 1)
}

func TestTraversePermissionIsChecked(t *testing.T) {
	t.Parallel()
	_, err := framework.New(framework.Options{TraversePermission: "traverse"}).App()
	assert.ErrorContains(t, err, `traversal requires permission "traverse", but the application has no security policy`)
	assert.ErrorContains(t, err, "permission_test.go:")
	_, err = framework.New(framework.Options{TraversePermission: "traverse", Security: framework.NoPolicy{}}).App()
	assert.NoError(t, err)
	config := framework.New(framework.Options{})
	config.SetTraversePermission("")
	_, err = config.App()
	assert.ErrorContains(t, err, `set traverse permission: the permission is empty: want one such as "traverse"`)
}
