package canonical_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/canonical"
	"github.com/mastaba-go/mastaba/views/web"
)

func site(slash canonical.Slash, o framework.Options) *framework.Configurator {
	o.Root = frameworktest.Root(traversal.Map{"a": traversal.Map{"ä b": traversal.Map{}}})
	config := framework.New(o)
	canonical.SetSlash(config, slash)
	say := views.Func(func(r *web.Request) (*web.Response, error) {
		url, err := r.ResourcePath(r.Node())
		if err != nil {
			return nil, err
		}
		edit, err := r.ResourcePath(r.Node(), web.Elements("edit"))
		return r.Text(url + " " + edit), err
	})
	config.AddView(say, views.Method("GET", "POST"))
	config.AddView(say, views.Name("edit"))
	config.AddView(say, views.Name("log"), views.Subpath(true))
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		return views.RenderView(r, r.Node(), "")
	}), views.Name("whole"))
	config.AddRoute("route", "/route/")
	config.AddView(say, views.Route("route"))
	config.AddNotFoundView(views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("missing"), nil }))
	return config
}

func TestSlash(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method, target string
		with, without  string // the location of a redirect, or the body
	}{
		{"GET", "/", "/ /edit", "/ /edit"},
		{"GET", "/a", "/a/", "/a /a/edit"},
		{"GET", "/a/", "/a/ /a/edit", "/a"},
		{"POST", "/a?x=1&y", "/a/?x=1&y", "/a /a/edit"},
		{"POST", "/a/?x=1&y", "/a/ /a/edit", "/a?x=1&y"},
		{"GET", "/a///", "/a/", "/a"},
		{"GET", "//a", "/a/", "/a"},
		{"GET", "/a/%C3%A4%20b", "/a/%C3%A4%20b/", "/a/%C3%A4%20b /a/%C3%A4%20b/edit"},
		{"GET", "/a/edit", "/a/ /a/edit", "/a /a/edit"},
		{"GET", "/a/edit/", "/a/edit", "/a/edit"},
		{"GET", "/a/@@edit/", "/a/@@edit", "/a/@@edit"},
		{"GET", "/a/@@", "/a/@@/", "/a /a/edit"},
		{"GET", "/a/log/x/", "/a/ /a/edit", "/a /a/edit"},
		{"GET", "/a/whole", "/a/ /a/edit", "/a /a/edit"},
		{"GET", "/a/none", "missing", "missing"},
		{"GET", "/a/none/", "missing", "missing"},
		{"DELETE", "/a", "", ""}, // 405
	} {
		for slash, want := range map[canonical.Slash]string{canonical.WithSlash: tt.with, canonical.WithoutSlash: tt.without} {
			resp := frameworktest.New(t, site(slash, framework.Options{})).Send(httptest.NewRequest(tt.method, tt.target, nil))
			got := resp.Body
			if resp.Code == http.StatusPermanentRedirect {
				got = resp.Header.Get("Location")
			}
			if want == "" {
				assert.Equal(t, http.StatusMethodNotAllowed, resp.Code)
				continue
			}
			assert.Equal(t, want, got, "%s %s, %s", tt.method, tt.target, slash)
		}
	}
}

// Every URL that is generated responds without a redirect.
func TestGeneratedURLsAreCanonical(t *testing.T) {
	t.Parallel()
	for _, slash := range []canonical.Slash{canonical.WithSlash, canonical.WithoutSlash} {
		app := frameworktest.New(t, site(slash, framework.Options{}))
		app.Get("/route/").Status(200)
		for _, end := range []string{"", "/"} {
			resp := app.Get("/a/%C3%A4%20b" + end)
			if resp.Code == http.StatusOK {
				var url, edit string
				_, err := fmt.Sscan(resp.Body, &url, &edit)
				require.NoError(t, err)
				app.Get(url).Status(200)
				app.Get(edit).Status(200)
			}
		}
	}
}

// Defence: the location stays on this host.
func TestRedirectsStayHere(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Root: frameworktest.Root(traversal.Map{"other.example": traversal.Map{}, `\other.example`: traversal.Map{}})})
	canonical.SetSlash(config, canonical.WithSlash)
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) { return r.Text(""), nil }))
	app := frameworktest.New(t, config)
	for target, want := range map[string]string{"//other.example": "/other.example/", "/%5Cother.example": "/%5Cother.example/"} {
		hr := httptest.NewRequest("GET", "/", nil)
		hr.URL.Path, hr.URL.RawPath = "//other.example", ""
		if target != "//other.example" {
			hr.URL.Path, hr.URL.RawPath = `/\other.example`, "/%5Cother.example"
		}
		assert.Equal(t, want, app.Send(hr).Status(308).Header.Get("Location"))
	}
}

func TestMistake(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	canonical.SetSlash(config, 0)
	_, err := config.App()
	require.ErrorContains(t, err, "canonical.SetSlash(Slash(0)): want canonical.WithSlash or canonical.WithoutSlash")
	config = framework.New(framework.Options{})
	canonical.SetSlash(config, canonical.WithSlash)
	canonical.SetSlash(config, canonical.WithoutSlash)
	_, err = config.App()
	require.ErrorContains(t, err, "canonical_test.go:")
}

func ExampleSetSlash() {
	config := framework.New(framework.Options{
		Root: func(*web.Request) (traversal.Resource, error) {
			return traversal.Map{"docs": traversal.Map{}}, nil
		},
	})
	canonical.SetSlash(config, canonical.WithoutSlash)
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		path, err := r.ResourcePath(r.Node())
		return r.Text(path), err
	}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, target := range []string{"/docs/?q=go", "/docs?q=go"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		fmt.Println(w.Code, w.Header().Get("Location")+w.Body.String())
	}
	// Output:
	// 308 /docs?q=go
	// 200 /docs
}
