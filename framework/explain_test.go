package framework_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/explain"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestExplainEachOutcome(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		line    string
		headers []string
	}{
		"view":              {"GET /letters/first", nil},
		"view of a route":   {"GET /users/new", nil},
		"permitted":         {"GET /letters/first/edit", []string{"X-User: alice"}},
		"forbidden":         {"GET /letters/first/@@edit/a%2Fb/c", nil},
		"not found":         {"GET /letters/frist", nil},
		"not found by type": {"GET /letters/first/value", nil},
		"method":            {"GET /letters/first/send", []string{"Content-Type: application/json"}},
		"options":           {"OPTIONS /letters/first/send", []string{"Content-Type: application/json"}},
		"media type":        {"POST /letters/first/send", nil},
		"not acceptable":    {"GET /letters/picture", []string{"Accept: text/plain"}},
		"bad path":          {"GET /letters/%ff", nil},
		"store":             {"GET /vault/rusty", nil},
		"store says when":   {"GET /vault/busy", nil},
		"panic":             {"GET /vault/panic", nil},
		"cut":               {"GET /vault/cut", nil},
		"append slash":      {"GET /about?a=1", []string{"Accept: text/html"}},
		"redirect":          {"GET /letters/first?moved", nil},
		"not found view":    {"GET /logout", []string{"Accept: text/html"}},
		"method of a route": {"GET /login", nil},
		"error view fails":  {"GET /letters/first/edit?sorry", nil},
		"virtual root":      {"GET /first", []string{"X-Vhm-Root: /letters"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var called atomic.Int32
			app := frameworktest.New(t, explainedApp(&called))
			got := app.Explain(request(tt.line, tt.headers...))
			assert.Zero(t, called.Load(), "no view runs")
			if got.Walk != nil {
				for i := range got.Walk.Steps {
					got.Walk.Steps[i].Elapsed = 0
				}
			}
			golden(t, name+".txt", got.String())

			if got.Outcome.Status == 0 {
				assert.PanicsWithError(t, http.ErrAbortHandler.Error(), func() { app.Send(request(tt.line, tt.headers...)) })
				return
			}
			resp := app.Send(request(tt.line, tt.headers...))
			assert.Equal(t, resp.Code, got.Outcome.Status, "the prediction comes true")
			if got.Outcome.Certain {
				assert.Equal(t, resp.Header.Get("Allow"), got.Outcome.Allow)
				assert.Equal(t, resp.Header.Get("Location"), got.Outcome.Location)
			}
			byView := got.Outcome.By == explain.ByView || got.Outcome.By == explain.ByErrorView && got.Outcome.Location == ""
			assert.Equal(t, byView, called.Load() == 1)
		})
	}
}

func TestExplanationAsJSON(t *testing.T) {
	t.Parallel()
	app := frameworktest.New(t, explainedApp(new(atomic.Int32)))
	for name, r := range map[string]*http.Request{
		"forbidden": request("GET /letters/first/edit"),
		"route":     request("GET /users/new"),
		"bad path":  request("GET /%ff"),
	} {
		e := app.Explain(r)
		if e.Walk != nil {
			for i := range e.Walk.Steps {
				e.Walk.Steps[i].Elapsed = 1500
			}
		}
		var b bytes.Buffer
		require.NoError(t, e.WriteJSON(&b))
		golden(t, name+".json", b.String())
		var back explain.Explanation
		require.NoError(t, json.Unmarshal(b.Bytes(), &back))
		assert.Equal(t, e, &back)
	}
}

func TestExplanationAsHTML(t *testing.T) {
	t.Parallel()
	app := frameworktest.New(t, explainedApp(new(atomic.Int32)))
	page := func(r *http.Request) string {
		var b bytes.Buffer
		require.NoError(t, app.Explain(r).WriteHTML(&b))
		return b.String()
	}
	got := page(request("GET /%3Cscript%3Ealert(1)%3C/script%3E?<b>", `X-Vhm-Root: <img src="x">`))
	assert.NotContains(t, strings.ToLower(got), "<script")
	assert.NotContains(t, got, "<img")
	assert.NotContains(t, got, "<b>")
	assert.NotContains(t, got, "http", "the page loads nothing")
	assert.Contains(t, got, "&lt;script&gt;")
	got = page(request("GET /letters/first/edit"))
	for _, text := range []string{"403 Forbidden", "app.go:22", "edit is for alice, by the rule of the archive", "EXCVIEW", "measured", "ended at /letters/first"} {
		assert.Contains(t, got, text)
	}
	assert.Contains(t, page(request("GET /users/7")), "matched with id=&#34;7&#34;")
}

func TestExplainDoesNotChangeTheRequest(t *testing.T) {
	t.Parallel()
	type key struct{}
	var trace []string
	config := explainedApp(new(atomic.Int32))
	registry.Subscribe(config, func(e *web.NewRequest) error {
		e.Request.Header.Set("X-Changed", "yes")
		e.Request.Method = "POST"
		if explain.DryRun(e.Request.Context()) {
			trace = append(trace, "explaining")
		}
		assert.Equal(t, "value", e.Request.Context().Value(key{}))
		e.Request.AddFinishedCallback(func(*framework.Request) error { trace = append(trace, "finished"); return nil })
		e.Request.AddResponseCallback(func(*framework.Request, *framework.Response) error {
			trace = append(trace, "responded")
			return nil
		})
		return nil
	})
	app := frameworktest.New(t, config)
	r := request("GET /letters/first")
	r = r.WithContext(context.WithValue(r.Context(), key{}, "value"))
	got := app.Explain(r)
	assert.Equal(t, "GET", r.Method)
	assert.Empty(t, r.Header)
	assert.Equal(t, []string{"explaining", "finished"}, trace)
	assert.Contains(t, got.String(), "changed the request to POST /letters/first")
	app.Send(r)
	assert.Equal(t, []string{"explaining", "finished", "responded", "finished"}, trace)
}

func TestExplainFailures(t *testing.T) {
	t.Parallel()
	fails := func(declare func(*framework.Configurator), line string) explain.Outcome {
		config := framework.New(framework.Options{Logger: new(frameworktest.Log).Logger()})
		declare(config)
		app := frameworktest.New(t, config)
		got := app.Explain(request(line))
		assert.Equal(t, app.Send(request(line)).Code, got.Outcome.Status)
		return got.Outcome
	}
	show := counter{new(atomic.Int32)}.show
	panics := views.Where("panics", func(*framework.Request) (bool, error) { panic("predicate") })
	for name, tt := range map[string]struct {
		declare func(*framework.Configurator)
		at      explain.Stage
		cause   string
		by      string
		status  int
	}{
		"nothing at all":      {func(*framework.Configurator) {}, "views", "no default view for framework.DefaultRoot", explain.ByFramework, 404},
		"predicate of a view": {func(c *framework.Configurator) { c.AddView(views.Func(show), panics) }, "views", "panic: predicate", explain.ByApp, 500},
		"predicate of a route": {func(c *framework.Configurator) { c.AddRoute("r", "/", panics) },
			"routes", "panic: predicate", explain.ByApp, 500},
		"subscriber": {func(c *framework.Configurator) {
			registry.Subscribe(c, func(*web.ResourceFound) error { return web.Gone("by then") })
		}, "ResourceFound", "by then", explain.ByFramework, 410},
		"root": {func(c *framework.Configurator) {
			c.SetRootFactory(func(*framework.Request) (any, error) { return nil, web.ServiceUnavailable("no tree") })
		}, "root factory", "no tree", explain.ByFramework, 503},
		"root of a route": {func(c *framework.Configurator) {
			c.AddRoute("r", "/", routes.Root(func(*framework.Request) (any, error) { return nil, web.ServiceUnavailable("no branch") }))
		}, "root factory", "no branch", explain.ByFramework, 503},
		"root that traverses": {func(c *framework.Configurator) {
			c.SetRootFactory(func(*framework.Request) (any, error) { return nil, &traversal.StepError{Path: "/a", Err: errRusty} })
		}, "root factory", "rusty", explain.ByApp, 500},
		"nil root": {func(c *framework.Configurator) {
			c.SetRootFactory(func(*framework.Request) (any, error) { return (*letter)(nil), nil })
		}, "traversal", "root is a nil *framework_test.letter", explain.ByApp, 500},
		"without excview": {func(c *framework.Configurator) {
			c.AddTween("a", tweens.Wrap(func(next web.Handler) web.Handler { return next }))
			c.SetTweenOrder("a")
		}, "views", "no default view", explain.ByApp, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := fails(tt.declare, "GET /")
			assert.Equal(t, tt.at, got.At)
			assert.Contains(t, got.Cause, tt.cause)
			assert.Equal(t, tt.by, got.By)
			assert.Equal(t, tt.status, got.Status)
		})
	}
}

func TestExplainSkipsStepHooks(t *testing.T) {
	t.Parallel()
	var steps atomic.Int32
	config := explainedApp(new(atomic.Int32))
	config.AddStepHook(func(context.Context, traversal.Step) { steps.Add(1) })
	app := frameworktest.New(t, config)
	assert.Len(t, app.Explain(request("GET /letters/first")).Walk.Steps, 2)
	assert.Zero(t, steps.Load())
	app.Send(request("GET /letters/first"))
	assert.EqualValues(t, 2, steps.Load())
}

func TestExplainWhileServing(t *testing.T) {
	t.Parallel()
	app := frameworktest.New(t, explainedApp(new(atomic.Int32)))
	want := app.Explain(request("GET /letters/first")).Outcome
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				assert.Equal(t, want, app.Explain(request("GET /letters/first")).Outcome)
				app.Send(request("GET /letters/first"))
			}
		})
	}
	wg.Wait()
}

func TestLongRouteListIsCut(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	for i := range 100 {
		config.AddRoute(string(rune('a'+i%26))+strings.Repeat("x", i/26), "/"+strings.Repeat("p", i+1))
	}
	config.AddRoute("last", "/here")
	got := frameworktest.New(t, config).Explain(request("GET /here"))
	assert.Len(t, got.Routes, 101)
	assert.Contains(t, got.String(), "and 70 more whose patterns do not match the path")
	assert.Contains(t, got.String(), "last /here")
}

func TestExplainShowsTheTestedPath(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddRoute("attached", "/files/*rest", views.PathInfo("/attach$"))
	config.AddView(views.Func(counter{new(atomic.Int32)}.show), views.Name("files"), views.Subpath(true), views.PathInfo("/attach$"))
	config.AddView(views.Func(counter{new(atomic.Int32)}.show), views.Name("files"), views.Subpath(true), views.Not(views.PathInfo("/files/")))
	got := frameworktest.New(t, config).Explain(request("GET /files/a%20b/attach")).String()
	assert.Contains(t, got, `predicate path_info="/attach$" does not hold for the path "/files/a b/attach"`)
	assert.Contains(t, got, `path_info="/attach$" for the path "/files/a b/attach" does not hold`)
	assert.Contains(t, got, `!path_info="/files/" for the path "/files/a b/attach" does not hold`)
}
