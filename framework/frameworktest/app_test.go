package frameworktest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

var _ frameworktest.T = testing.TB(nil)

type page struct{ Text string }

func show(r *framework.Request, p *page) (*framework.Response, error) {
	r.Log().Info().Str("page", r.Node().Path()).Msg("shown")
	return r.Text(p.Text), nil
}

func who(r *framework.Request) (map[string]any, error) {
	user, err := r.UserID()
	if err != nil {
		return nil, err
	}
	form, err := r.Parameters()
	if err != nil {
		return nil, err
	}
	name, _ := form.Get("name")
	return map[string]any{"user": user, "name": name, "type": r.Header.Get("Content-Type"), "host": r.Host}, nil
}

func configure(log *frameworktest.Log) *framework.Configurator {
	config := framework.New(framework.Options{
		Root:     frameworktest.Root(frameworktest.Tree{"wiki/Front": &page{"front"}, "/wiki/Front/Sub/": &page{"sub"}, "other": &page{"other"}}),
		Security: frameworktest.Policy{"alice": {"edit"}, "": {"view"}},
		Logger:   log.Logger(),
	})
	config.AddView(views.On(show), views.Permission("view"))
	config.AddView(views.On(show), views.Name("edit"), views.Permission("edit"))
	config.AddView(views.Func(who), views.Name("who"))
	return config
}

func TestRequests(t *testing.T) {
	t.Parallel()
	log := new(frameworktest.Log)
	app := frameworktest.New(t, configure(log))

	assert.Equal(t, "front", app.Get("/wiki/Front").Status(http.StatusOK).Body)
	assert.Equal(t, "sub", app.Get("/wiki/Front/Sub").Status(http.StatusOK).Body)
	app.Get("/wiki/Front/edit").Status(http.StatusForbidden)
	app.Get("/wiki/Front/edit", frameworktest.As("bob")).Status(http.StatusForbidden)
	app.Get("/wiki/Front/edit", frameworktest.As("alice")).Status(http.StatusOK)
	app.Get("/nowhere").Status(http.StatusNotFound)

	var got map[string]string
	app.Post("/who", frameworktest.As("alice"), frameworktest.Form("name", "a b"), frameworktest.Header("Host", "example.org")).Status(200).Decode(&got)
	assert.Equal(t, map[string]string{"user": "alice", "name": "a b", "type": "application/x-www-form-urlencoded", "host": "example.org"}, got)
	app.Post("/who", frameworktest.JSON(map[string]int{"a": 1})).Decode(&got)
	assert.Equal(t, "application/json", got["type"])

	require.NotEmpty(t, log.Lines())
	assert.Equal(t, "shown", log.Lines()[0]["message"])
	assert.Equal(t, "/wiki/Front", log.Lines()[0]["page"])
	assert.Contains(t, app.Events(), "BeforeRender")
	assert.Equal(t, "ApplicationCreated", app.Events()[0])
}

// silent records the failure that would end a test.
type silent struct {
	frameworktest.T
	failed strings.Builder
}

func (s *silent) Helper() {}
func (s *silent) Fatalf(format string, args ...any) {
	fmt.Fprintf(&s.failed, format, args...)
	panic(s)
}

func TestFailuresEndTheTest(t *testing.T) {
	t.Parallel()
	get := func(target string) func(frameworktest.T) {
		return func(t frameworktest.T) { frameworktest.New(t, configure(new(frameworktest.Log))).Get(target) }
	}
	for name, try := range map[string]func(frameworktest.T){
		"no path":       get("wiki"),
		"empty path":    get(""),
		"a broken path": get("/%zz"),
		"configuration": func(t frameworktest.T) {
			config := framework.New(framework.Options{})
			config.AddView(views.Func(who))
			config.AddView(views.Func(who))
			frameworktest.New(t, config)
		},
		"status": func(t frameworktest.T) { frameworktest.New(t, configure(new(frameworktest.Log))).Get("/").Status(299) },
		"json": func(t frameworktest.T) {
			frameworktest.New(t, configure(new(frameworktest.Log))).Get("/").Decode(new(int))
		},
		"form": func(t frameworktest.T) {
			frameworktest.New(t, configure(new(frameworktest.Log))).Post("/", frameworktest.Form("odd"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &silent{T: t}
			assert.Panics(t, func() { try(s) })
			assert.NotEmpty(t, s.failed.String())
		})
	}
}

// noted records what is logged to a test.
type noted struct {
	frameworktest.T
	texts []string
}

func (n *noted) Log(args ...any) { n.texts = append(n.texts, fmt.Sprint(args...)) }

func TestWarningsAreLogged(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.At(registry.Source{File: "app.go", Line: 1}).AddView(views.Func(who), views.Header("X-A: b"))
	log := &noted{T: t}
	frameworktest.New(log, config)
	assert.Equal(t, []string{`warning: app.go:1: default view for any resource [header="X-A: b"]: header="X-A: b": ` +
		`no value begins with a space, which net/http removes: write "X-A:b"`}, log.texts)
	log = &noted{T: t}
	frameworktest.New(log, configure(new(frameworktest.Log)))
	assert.Empty(t, log.texts)
}

// The form has what all options add, in any order, and no option changes another request.
func TestForms(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (any, error) {
		p, err := r.Parameters()
		if err != nil {
			return nil, err
		}
		got := []any{strings.Split(r.Header.Get("Content-Type"), ";")[0]}
		for _, name := range p.Names() {
			got = append(got, name, p.All(name))
		}
		if file, header, err := r.FormFile("f"); err == nil {
			content, _ := io.ReadAll(file)
			got = append(got, header.Filename, string(content))
		}
		return got, nil
	}))
	app := frameworktest.New(t, config)
	ab, a, f := frameworktest.Form("b", "1", "a", "2"), frameworktest.Form("a", "3"), frameworktest.File("f", "f.txt", "hi\n")
	const multipart = `["multipart/form-data","b",["1"],"a",["2","3"],"f.txt","hi\n"]`
	for name, tt := range map[string]struct {
		options []frameworktest.RequestOption
		want    string
	}{
		"fields":      {[]frameworktest.RequestOption{ab}, `["application/x-www-form-urlencoded","a",["2"],"b",["1"]]`},
		"more fields": {[]frameworktest.RequestOption{ab, a}, `["application/x-www-form-urlencoded","a",["2","3"],"b",["1"]]`},
		"file first":  {[]frameworktest.RequestOption{f, ab, a}, multipart},
		"file last":   {[]frameworktest.RequestOption{ab, a, f}, multipart},
		"file alone":  {[]frameworktest.RequestOption{f}, `["multipart/form-data","f.txt","hi\n"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.JSONEq(t, tt.want, app.In(t).Post("/", tt.options...).Status(200).Body)
		})
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Text(r.Header.Get("Cookie"))
		for _, cookie := range []http.Cookie{{Name: "a", Value: "1", Path: "/x", HttpOnly: true}, {Name: "b", MaxAge: -1}, {Name: "c", Value: "3"}} {
			resp.AddHeader("Set-Cookie", cookie.String())
		}
		return resp, nil
	}))
	app := frameworktest.New(t, config)
	first := app.Get("/").Status(200)
	require.Len(t, first.Cookies(), 3)
	assert.True(t, first.Cookies()[0].HttpOnly)
	assert.Equal(t, "a=1; c=3", app.Get("/", frameworktest.Cookies(first.Cookies()...)).Body)
	assert.Empty(t, app.Get("/").Body)
}

func TestResponsesComeFromServeHTTP(t *testing.T) {
	t.Parallel()
	app := frameworktest.New(t, configure(new(frameworktest.Log)))
	got := app.Send(httptest.NewRequest("HEAD", "/wiki/Front", nil)).Status(200)
	assert.Empty(t, got.Body)
	assert.Equal(t, "5", got.Header.Get("Content-Length"))
}

func TestRemembered(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Security: frameworktest.Policy{}})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("in"), r.Remember("alice")
	}), views.Name("login"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("out"), r.Forget()
	}), views.Name("logout"))
	config.AddView(views.Func(who), views.Name("who"))
	app := frameworktest.New(t, config)
	for _, tc := range []struct {
		target, user string
		ok           bool
	}{{"/login", "alice", true}, {"/logout", "", true}, {"/who", "", false}} {
		user, ok := app.Get(tc.target).Status(http.StatusOK).Remembered()
		assert.Equal(t, tc.user, user, tc.target)
		assert.Equal(t, tc.ok, ok, tc.target)
	}
}

// own is an application's own policy, which reads a header.
type own struct{}

func (own) Identity(r *framework.Request) (any, error) { return r.UserID() }

func (own) UserID(r *framework.Request) (string, error) { return r.Header.Get("X-User"), nil }

func (own) Permits(*framework.Request, traversal.Node, string) (web.Decision, error) {
	return web.Allow("always"), nil
}

// wrapping is a policy of an application's tests around Policy.
type wrapping struct{ frameworktest.Policy }

func TestAs(t *testing.T) {
	t.Parallel()
	own := framework.Options{Security: own{}, ActAs: func(r *http.Request, user string) (*http.Request, error) {
		if user == "mallory" {
			return nil, errors.New("mallory is not known here")
		}
		r.Header.Set("X-User", user)
		return nil, nil
	}}
	tests := map[string]struct {
		options    framework.Options
		user, want string
		fails      string
	}{
		"a policy for tests":             {framework.Options{Security: frameworktest.Policy{}}, "alice", "alice", ""},
		"a policy around one":            {framework.Options{Security: wrapping{}}, "alice", "alice", ""},
		"the application's own":          {own, "alice", "alice", ""},
		"an error of the application":    {own, "mallory", "", "mallory is not known here"},
		"an application that cannot say": {framework.Options{}, "alice", "", "set framework.Options.ActAs"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := framework.New(tt.options)
			config.AddView(views.Func(who), views.Name("who"))
			s := &silent{T: t}
			app := frameworktest.New(s, config)
			if tt.fails != "" {
				assert.Panics(t, func() { app.Get("/who", frameworktest.As(tt.user)) })
				assert.Contains(t, s.failed.String(), tt.fails)
				return
			}
			var got map[string]string
			app.Get("/who", frameworktest.As(tt.user)).Decode(&got)
			assert.Equal(t, tt.want, got["user"])
		})
	}
}

// An application under test starts no background jobs.
func TestStartOffline(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	ran := ""
	config.OnStart(func(context.Context, *framework.App) error { ran += "start "; return nil })
	config.OnServe(func(context.Context, *framework.App) error { ran += "serve "; return nil }, nil)
	app := frameworktest.New(t, config)
	require.NoError(t, app.StartOffline(t.Context()))
	require.NoError(t, app.Shutdown(t.Context()))
	assert.Equal(t, "start ", ran)
}
