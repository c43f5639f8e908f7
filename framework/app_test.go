package framework_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// page is a resource without children.
type page struct{ text string }

func showPage(r *framework.Request, p *page) (*framework.Response, error) { return r.Text(p.text), nil }

// report returns what the traversal found.
func report(r *framework.Request) (map[string]any, error) {
	return map[string]any{
		"node": r.Node().Path(), "view": r.ViewName(), "subpath": r.Subpath(), "traversed": r.Traversed(),
		"vroot": r.VirtualRoot().Path(), "names": r.Node().Names(),
	}, nil
}

func TestRequestReachesItsView(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Root: frameworktest.Root(traversal.Map{
		"a": traversal.Map{"b": &page{"at b"}, "x/y": &page{"slash"}, "ü": &page{"umlaut"}},
	})})
	config.AddView(views.On(showPage))
	config.AddView(views.On(showPage), views.Name("edit"), views.Method("POST"))
	config.AddView(views.Func(report), views.Name("report"))
	app := frameworktest.New(t, config)

	tests := []struct {
		name, method, target string
		status               int
		text                 string
	}{
		{"the default view", "GET", "/a/b", 200, "at b"},
		{"dots and empty segments vanish", "GET", "//a/./c/..//b/", 200, "at b"},
		{"an escaped slash stays in its name", "GET", "/a/x%2Fy", 200, "slash"},
		{"names are unescaped", "GET", "/a/%C3%BC", 200, "umlaut"},
		{"a named view", "POST", "/a/b/edit", 200, "at b"},
		{"a selected view", "POST", "/a/b/@@edit", 200, "at b"},
		{"no such view", "GET", "/a/b/nothing", 404, ""},
		{"no view for the type", "GET", "/a", 404, ""},
		{"the wrong method", "GET", "/a/b/edit", 405, ""},
		{"not UTF-8", "GET", "/a/%FF", 400, ""},
		{"a NUL", "GET", "/a/%00", 400, ""},
		{"climbing stops at the root", "GET", "/../../a/b", 200, "at b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := app.In(t).Request(test.method, test.target).Status(test.status)
			if test.text != "" {
				assert.Equal(t, test.text, got.Body)
			}
		})
	}
	assert.Equal(t, "OPTIONS, POST", app.Get("/a/b/edit").Header.Get("Allow"))
	assert.Empty(t, app.Request("HEAD", "/a/b").Status(200).Body)
	app.Request("OPTIONS", "/a/b/edit").Status(http.StatusNoContent)
}

func TestVirtualRootNeedsATrustedProxy(t *testing.T) {
	t.Parallel()
	tree := traversal.Map{"site": traversal.Map{"a": traversal.Map{}}, "a": traversal.Map{}}
	get := func(t *testing.T, trusted []string, target string) map[string]any {
		config := framework.New(framework.Options{Root: frameworktest.Root(tree), TrustedProxies: trusted})
		config.AddView(views.Func(report))
		var got map[string]any
		frameworktest.New(t, config).Get(target, frameworktest.Header("X-Vhm-Root", "/site")).Status(200).Decode(&got)
		return got
	}
	assert.Equal(t, "/a", get(t, nil, "/a")["node"])
	assert.Equal(t, "/site/a", get(t, []string{"192.0.2.0/24"}, "/a")["node"])
	assert.Equal(t, "/site/a", get(t, []string{"192.0.2.1"}, "/../../a")["node"], "never above the virtual root")
	assert.Equal(t, "/site", get(t, []string{"192.0.2.1"}, "/")["vroot"])
}

func TestUnhandledErrors(t *testing.T) {
	t.Parallel()
	secret := errors.New("the password is hunter2")
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{Logger: log.Logger()})
	config.AddView(views.Func(func(*framework.Request) (any, error) { return nil, secret }))
	config.AddView(views.Func(func(*framework.Request) (any, error) { panic("out of luck") }), views.Name("panic"))
	config.AddView(views.Func(func(*framework.Request) (any, error) { panic(http.ErrAbortHandler) }), views.Name("abort"))
	config.AddView(views.Func(func(*framework.Request) (any, error) { return nil, nil }), views.Name("nothing"))
	app := frameworktest.New(t, config)

	got := app.Get("/").Status(http.StatusInternalServerError)
	assert.NotContains(t, got.Body, "hunter2")
	require.Len(t, log.Lines(), 1)
	line := log.Lines()[0]
	assert.Contains(t, line["error"], "hunter2")
	assert.Contains(t, got.Body, line["request_id"], "the client can quote it")
	assert.Equal(t, line["request_id"], got.Header.Get("X-Request-Id"))

	app.Get("/panic").Status(http.StatusInternalServerError)
	assert.Contains(t, log.Lines()[1]["error"], "out of luck")
	assert.Contains(t, log.Lines()[1]["stack"], "app_test.go")

	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { app.Get("/abort") })

	app.Get("/nothing").Status(http.StatusInternalServerError)
	assert.Contains(t, log.Lines()[2]["error"], "neither a response nor a renderable value")
	assert.Contains(t, log.Lines()[2]["error"], "app_test.go")

	_, err := app.Do(httptest.NewRequest("GET", "/", nil))
	assert.ErrorIs(t, err, secret, "a caller of the API sees the error itself")
	_, err = app.Do(httptest.NewRequest("GET", "/panic", nil))
	var panicked *web.PanicError
	assert.ErrorAs(t, err, &panicked)
}

func TestFailedStreamClosesTheConnection(t *testing.T) {
	t.Parallel()
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{Logger: log.Logger()})
	finished := make(chan struct{}, 2)
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		r.AddFinishedCallback(func(*web.Request) error { finished <- struct{}{}; return nil })
		resp := r.Empty(http.StatusOK)
		resp.SetStream(func(w web.StreamWriter) error {
			_, _ = io.WriteString(w, "half a page")
			_ = w.Flush()
			return errors.New("the store went away")
		})
		return resp, nil
	}))
	server := httptest.NewServer(frameworktest.New(t, config))
	defer server.Close()
	resp, err := http.Get(server.URL)
	require.NoError(t, err)
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	require.Error(t, err, "the client must not take half a page for a whole one")
	<-finished
	assert.Contains(t, log.Lines()[0]["error"], "the store went away")
}

func TestEventsAndCallbacksInOrder(t *testing.T) {
	t.Parallel()
	var trace []string
	mark := func(text string) { trace = append(trace, text) }
	config := framework.New(framework.Options{})
	config.AddTween("t", tweens.Wrap(func(next framework.Handler) framework.Handler {
		return func(r *framework.Request) (*framework.Response, error) {
			mark("tween in")
			defer mark("tween out")
			return next(r)
		}
	}))
	registry.Subscribe(config, func(*web.NewRequest) error { mark("NewRequest"); return nil })
	registry.Subscribe(config, func(*web.BeforeTraversal) error { mark("BeforeTraversal"); return nil })
	registry.Subscribe(config, func(*web.ResourceFound) error { mark("ResourceFound"); return nil })
	registry.Subscribe(config, func(*web.NewResponse) error { mark("NewResponse"); return nil })
	registry.Subscribe(config, func(*web.NewRequest) error { mark("POST alone"); return nil }, web.Where[*web.NewRequest](views.Method("POST")))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		r.AddFinishedCallback(func(*web.Request) error { mark("finished"); return nil })
		r.AddResponseCallback(func(*web.Request, *web.Response) error { mark("response"); return nil })
		mark("view")
		return r.Text("hi"), nil
	}))
	app := frameworktest.New(t, config)
	app.Get("/").Status(200)
	assert.Equal(t, []string{"tween in", "NewRequest", "BeforeTraversal", "ResourceFound", "view", "tween out", "response", "NewResponse", "finished"}, trace)
	assert.Equal(t, []string{"ApplicationCreated", "NewRequest", "BeforeTraversal", "ResourceFound", "NewResponse"}, app.Events())
}

func TestBuildingWhileServing(t *testing.T) {
	t.Parallel()
	siteOf := func(text string) *framework.Configurator {
		config := framework.New(framework.Options{Root: frameworktest.Root(traversal.Map{"p": &page{text}})})
		config.AddView(views.On(showPage))
		return config
	}
	config := siteOf("one")
	one, two := frameworktest.New(t, config), frameworktest.New(t, siteOf("two"))

	ctx, stop := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	for i, app := range []*frameworktest.App{one, two, one, two} {
		want := []string{"one", "two"}[i%2]
		serving.Go(func() {
			for ctx.Err() == nil {
				w := httptest.NewRecorder()
				app.ServeHTTP(w, httptest.NewRequest("GET", "/p", nil))
				assert.Equal(t, want, w.Body.String())
			}
		})
	}
	var building sync.WaitGroup
	for i := range 4 {
		building.Go(func() {
			config := siteOf("three")
			if i%2 == 0 {
				config.AddView(views.On(showPage)) // conflicts
			}
			_, err := config.App()
			assert.Equal(t, i%2 == 0, err != nil)
		})
	}
	building.Wait()
	stop()
	serving.Wait()
}

func TestApplicationWithoutAnything(t *testing.T) {
	t.Parallel()
	app := frameworktest.New(t, framework.New(framework.Options{}))
	got := app.Get("/", frameworktest.Header("Accept", "application/json")).Status(404)
	var problem map[string]any
	require.NoError(t, json.Unmarshal([]byte(got.Body), &problem))
	assert.EqualValues(t, 404, problem["status"])
	assert.True(t, strings.HasPrefix(got.Header.Get("Content-Type"), "application/problem+json"))
}

func TestFailingSubscribersToApplicationCreated(t *testing.T) {
	t.Parallel()
	for name, fn := range map[string]func(*web.ApplicationCreated) error{
		"error": func(*web.ApplicationCreated) error { return errors.New("no cache") },
		"panic": func(*web.ApplicationCreated) error { panic("no cache") },
	} {
		config := framework.New(framework.Options{})
		registry.Subscribe(config, fn)
		app, err := config.App()
		assert.ErrorContains(t, err, "ApplicationCreated", name)
		assert.ErrorContains(t, err, "no cache", name)
		assert.Nil(t, app, name)
	}
}
