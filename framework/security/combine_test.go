package security_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestFirstOf(t *testing.T) {
	t.Parallel()
	of := security.FirstOf(constant(""), named("first"), named("second"), constant("nobody"))
	user := identify(t, of, request("X-User", "alice"), nil)
	assert.Equal(t, "alice", user.ID)
	assert.Equal(t, "first", user.Scheme)
	assert.Equal(t, "nobody", identify(t, of, request(), nil).ID)
}

// able is an Identifier with every ability.
type able struct {
	security.Identifier
	name string
	err  error
}

func (a able) Remember(_ *web.Request, user string) (func(*web.Response), error) {
	return func(resp *web.Response) { resp.AddHeader("X-Set", a.name+" remembers "+user) }, a.err
}

func (a able) Forget(*web.Request) (func(*web.Response), error) {
	return func(resp *web.Response) { resp.AddHeader("X-Set", a.name+" forgets") }, a.err
}

func (a able) Challenges(*web.Request) ([]string, error) { return []string{a.name}, a.err }

// Combined identifiers keep the abilities of each, however deep they are.
func TestCombinationsKeepAbilities(t *testing.T) {
	t.Parallel()
	one, two, three := able{constant(""), "one", nil}, able{constant(""), "two", nil}, able{constant("carol"), "three", nil}
	of := security.FirstOf(named("header"), one, security.FirstOf(named("header"), two), security.Below("/api", three, one))
	for path, last := range map[string]string{"/api/x": "three", "/x": "one"} {
		p := security.New(security.Options{Identify: of})
		r := web.Begin(&web.Application{Security: p}, httptest.NewRequest("GET", path, nil))
		resp := new(web.Response)
		set, err := p.Remember(r, "bob")
		require.NoError(t, err)
		set(resp)
		set, err = p.Forget(r)
		require.NoError(t, err)
		set(resp)
		assert.Equal(t, []string{
			"one remembers bob", "two remembers bob", last + " remembers bob", "one forgets", "two forgets", last + " forgets",
		}, resp.HeaderValues("X-Set"))
		challenges, err := p.Challenges(r)
		require.NoError(t, err)
		assert.Equal(t, []string{"one", "two", last}, challenges)
	}
}

func TestNobodyCanRemember(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]security.Identifier{
		"one": named("x"), "first of": security.FirstOf(named("x"), security.FirstOf(named("y"))), "below": security.Below("/", nil, nil),
	} {
		if name == "below" {
			of = security.Below("/api", security.Session(), nil)
		}
		r := begin(security.New(security.Options{Identify: of}))
		require.ErrorContains(t, r.Remember("alice"), "do not remember users: add security.Session or security.Tickets", name)
		assert.ErrorContains(t, r.Forget(), "do not remember users", name)
	}
}

func TestAnErrorOfOneIsTheErrorOfAll(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	p := security.New(security.Options{Identify: security.FirstOf(able{constant(""), "one", nil}, able{constant(""), "two", down})})
	r := begin(p)
	require.ErrorIs(t, r.Remember("alice"), down)
	require.ErrorIs(t, r.Forget(), down)
	_, err := p.Challenges(r)
	assert.ErrorIs(t, err, down)
}

// However the path is written, the same identifier is responsible, or none.
func TestBelow(t *testing.T) {
	t.Parallel()
	of := security.Below("/api/v1", constant("inside"), constant("outside"))
	for path, want := range map[string]string{
		"/":                       "outside",
		"/api":                    "outside",
		"/api/v1":                 "inside",
		"/api/v1/":                "inside",
		"/api/v1/x/y":             "inside",
		"/api/v1x":                "outside",
		"/API/v1":                 "outside",
		"/%61pi/v%31/x":           "inside",
		"//api///v1//x":           "inside",
		"/api%2Fv1/x":             "outside",
		"/api/v1%2Fx":             "outside",
		"/x/../api/v1":            "",
		"/x/%2e%2e/api/v1":        "",
		"/api/./v1":               "",
		"/./api/v1":               "",
		"/api/v1/..":              "",
		"/api/v1/../../x":         "",
		"/api/v1/%2E%2E/%2E%2E/x": "",
		"/api/v1/x/../y":          "inside",
		"/y/x/../y":               "outside",
		"/x/@@api/v1":             "outside",
		"/api/v1/.well-known":     "inside",
	} {
		assert.Equal(t, want, identify(t, of, httptest.NewRequest("GET", path, nil), nil).ID, path)
	}
	for _, path := range []string{"/%ff", "/api/v1/%00"} {
		_, err := of.Identify(web.Begin(nil, httptest.NewRequest("GET", path, nil)))
		assert.Error(t, err, path)
	}
	odd := security.Below("/a b/[c]", constant("inside"), constant("outside"))
	for _, path := range []string{"/a%20b/[c]", "/a%20b/%5Bc%5D/d"} {
		assert.Equal(t, "inside", identify(t, odd, httptest.NewRequest("GET", path, nil), nil).ID, path)
	}
}

func TestBelowInAVirtualRoot(t *testing.T) {
	t.Parallel()
	of := security.Below("/api", constant("inside"), constant("outside"))
	trusted, err := web.ParseTrustedProxies([]string{"192.0.2.1"})
	require.NoError(t, err)
	for root, want := range map[string]string{"/api": "inside", "/other": "outside", "": "outside"} {
		hr := httptest.NewRequest("GET", "/x", nil) // from 192.0.2.1
		if root != "" {
			hr.Header.Set("X-Vhm-Root", root)
		}
		assert.Equal(t, want, identify(t, of, hr, &web.Application{Trusted: trusted}).ID, root)
		assert.Equal(t, "outside", identify(t, of, hr, nil).ID, "no proxy is trusted")
	}
}

func TestByRoute(t *testing.T) {
	t.Parallel()
	of := security.ByRoute(map[string]security.Identifier{"api": constant("machine"), "open": nil}, constant("person"))
	config := framework.New(framework.Options{Security: security.New(security.Options{Identify: of, Authorize: security.AnyUser})})
	config.AddRoute("api", "/api/*rest")
	config.AddRoute("open", "/open")
	config.AddRoute("other", "/other")
	show := views.Func(func(r *framework.Request) (*framework.Response, error) {
		id, err := r.UserID()
		return r.Text(id), err
	})
	config.AddView(show, views.Permission("view"))
	for _, route := range []string{"api", "open", "other"} {
		config.AddView(show, views.Route(route))
	}
	b := newBrowser(t, build(t, config))
	for path, want := range map[string]string{"/api/x": "machine", "/open": "", "/other": "person", "/": "person"} {
		assert.Equal(t, want, b.get(path), path)
	}
}

// A tween that asks before the router cannot know the route. The permission of the view must not be
// decided for the wrong user.
func TestByRouteIsAskedTooEarly(t *testing.T) {
	t.Parallel()
	of := security.FirstOf(security.ByRoute(map[string]security.Identifier{"api": constant("machine")}, constant("person")))
	config := framework.New(framework.Options{Security: security.New(security.Options{Identify: of, Authorize: security.AnyUser})})
	config.AddRoute("api", "/api")
	for _, options := range [][]views.Option{{views.Route("api")}, nil} {
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("private"), nil }),
			append(options, views.Permission("view"))...)
	}
	config.AddTween("early", tweens.Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			if _, err := r.UserID(); err != nil {
				return nil, err
			}
			return next(r)
		}
	}))
	b := newBrowser(t, build(t, config))
	resp, body := b.send("GET", "/api", "")
	assert.Equal(t, http.StatusInternalServerError, resp.StatusCode)
	assert.NotContains(t, body, "private")
	resp, _ = b.send("GET", "/", "")
	assert.Equal(t, http.StatusOK, resp.StatusCode, "the identifier is the same")
}

// Neither may a view show the page of somebody else that asks for no permission.
func TestByRouteIsAskedTooEarlyWithoutPermissions(t *testing.T) {
	t.Parallel()
	of := security.FirstOf(security.ByRoute(map[string]security.Identifier{"api": constant("machine")}, constant("person")))
	policy := security.New(security.Options{Identify: of, Authorize: security.AnyUser})
	for name, ask := range map[string]func(r *web.Request) (string, error){
		"UserID":        func(r *web.Request) (string, error) { return r.UserID() },
		"Identity":      func(r *web.Request) (string, error) { v, err := r.Identity(); return fmt.Sprint(v), err },
		"User":          func(r *web.Request) (string, error) { u, err := policy.User(r); return u.ID, err },
		"Principals":    func(r *web.Request) (string, error) { p, err := r.Principals(); return fmt.Sprint(p), err },
		"SentByProgram": func(r *web.Request) (string, error) { is, err := policy.SentByProgram(r); return fmt.Sprint(is), err },
	} {
		config := framework.New(framework.Options{Security: policy})
		config.AddRoute("api", "/api")
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			text, err := ask(r)
			return r.Text(text), err
		}), views.Route("api"))
		config.AddTween("early", tweens.Wrap(func(next web.Handler) web.Handler {
			return func(r *web.Request) (*web.Response, error) {
				early, err := ask(r)
				assert.NoError(t, err)
				assert.NotContains(t, early, "machine", "the route is not known")
				return next(r)
			}
		}))
		app := build(t, config)
		_, err := app.Do(httptest.NewRequest("GET", "/api", nil))
		assert.ErrorContains(t, err, "the identity was read before the route was known", name)
	}
}
