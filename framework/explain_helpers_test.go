package framework_test

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

var updateExplanations = flag.Bool("update", false, "write the golden files of explanations")

// golden compares a text with a golden file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "explain", strings.ReplaceAll(name, " ", "_"))
	if *updateExplanations {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

// The tree of the explained application.
type (
	archive struct{ traversal.Map }
	letter  struct{ Text string }
	vault   struct{}
)

var errRusty = errors.New("the hinge is rusty")

// Child fails in every way that a container can.
func (vault) Child(_ context.Context, name string) (traversal.Resource, error) {
	switch name {
	case "rusty":
		return nil, errRusty
	case "panic":
		panic("the vault falls in")
	case "busy":
		return nil, web.ServiceUnavailable("come back later").With(errRusty)
	case "cut":
		panic(http.ErrAbortHandler)
	}
	return nil, traversal.ErrNotFound
}

// archivist permits alice everything, by a rule of the root.
type archivist struct{}

func (archivist) Identity(r *framework.Request) (any, error) {
	if user := r.Header.Get("X-User"); user != "" {
		return user, nil
	}
	return nil, nil
}

func (archivist) Permits(r *framework.Request, at traversal.Node, permission string) (web.Decision, error) {
	user, err := r.UserID()
	decision := web.Deny(permission + " is for alice, by the rule of the archive")
	if user == "alice" {
		decision = web.Allow("alice may")
	}
	decision.At = at.Root()
	return decision, err
}

// explainedApp is an application in which each kind of outcome can be met. called
// counts the views that ran.
func explainedApp(called *atomic.Int32) *framework.Configurator {
	tree := archive{traversal.Map{"letters": traversal.Map{"first": &letter{"hi"}}, "vault": vault{}}}
	config := framework.New(framework.Options{
		Root:     func(*framework.Request) (traversal.Resource, error) { return tree, nil },
		Security: archivist{},
		Logger:   new(frameworktest.Log).Logger(),
	})
	at := func(line int) *framework.Configurator {
		return config.At(registry.Source{File: "app.go", Line: line})
	}
	v := counter{called}
	at(10).AddRoute("login", "/login", views.Method("POST"))
	at(11).AddRoute("year", `/{year:\d+}`)
	at(12).AddRoute("about", "/about/")
	at(13).AddRoute("users", "/users/{id}", routes.Root(func(*framework.Request) (traversal.Resource, error) { return &letter{"of a user"}, nil }))
	at(14).AddRoute("new user", "/users/new")

	at(20).AddView(views.Func(v.show), views.For[*letter]())
	at(21).AddView(views.Func(v.show), views.For[*letter](), views.Param("draft"))
	at(22).AddView(views.Func(v.show), views.For[*letter](), views.Name("edit"), views.Permission("edit"), views.Subpath(true))
	at(23).AddView(views.Func(v.show), views.For[*letter](), views.Name("send"), views.Method("POST"), views.ContentType("application/json"))
	at(24).AddView(views.Func(v.show), views.Name("picture"), views.Accept("image/png"))
	at(25).AddView(views.Func(v.show), views.Route("users"))
	at(26).AddView(views.Func(v.show), views.For[letter](), views.Name("value"))
	at(27).AddView(views.Func(v.show), views.Route("about"))
	at(28).AddView(views.Func(v.show), views.Route("login"))
	at(30).AddErrorView(views.Error(v.panicked))
	at(31).AddNotFoundView(views.Func(v.show), views.AppendSlash(), views.Accept("text/html"))
	at(32).AddForbiddenView(views.Func(v.show), views.Permission("apologise"), views.Param("sorry"))

	pass := tweens.Wrap(func(next web.Handler) web.Handler { return next })
	at(40).AddTween("log", pass)
	at(41).AddTween("session", pass, tweens.Under(tweens.ExcView))
	at(42).AddViewDeriver("measured", func(next views.Callable, _ *views.Info) (views.Callable, error) { return next, nil })
	registry.Subscribe(config, func(e *web.BeforeTraversal) error {
		if e.Request.URL.Query().Has("moved") {
			return web.SeeOther("/elsewhere")
		}
		return nil
	})
	return config
}

// counter has views that count their calls.
type counter struct{ called *atomic.Int32 }

func (c counter) show(r *framework.Request) (*framework.Response, error) {
	c.called.Add(1)
	return r.Text("done"), nil
}

func (c counter) panicked(r *framework.Request, _ *web.PanicError) (*framework.Response, error) {
	return c.show(r)
}

// request returns a request for "METHOD /path" with headers "Name: value".
func request(line string, headers ...string) *http.Request {
	method, target, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, target, http.NoBody)
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	return r
}
