package framework_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// labels are what middleware around the application learns of a request.
type labels struct{ pattern, id, rest, outer string }

// labelled serves one request through a mux around the application, and returns what middleware
// between the two sees after it.
func labelled(app http.Handler, hr *http.Request) (got labels) {
	mux := http.NewServeMux()
	mux.Handle("/{outer}/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			got = labels{r.Pattern, r.PathValue("id"), r.PathValue("rest"), r.PathValue("outer")}
		}()
		app.ServeHTTP(w, r)
	}))
	done := make(chan struct{})
	go func() { // a view may end its goroutine
		defer close(done)
		mux.ServeHTTP(httptest.NewRecorder(), hr)
	}()
	<-done
	return got
}

func pathsOf(t *testing.T, o framework.Options) *framework.App {
	t.Helper()
	config := quiet(o)
	add := func(name, pattern string, view func(*web.Request) (*web.Response, error)) {
		config.AddRoute(name, pattern)
		config.AddView(views.Func(view), views.Route(name))
	}
	ok := func(r *web.Request) (*web.Response, error) { return r.Text(r.Request.Pattern), nil }
	add("user", "/users/{id}", ok)
	add("files", "/files/{id}/*rest", ok)
	add("fails", "/fails/{id}", func(*web.Request) (*web.Response, error) { return nil, errors.New("no database") })
	add("panics", "/panics/{id}", func(*web.Request) (*web.Response, error) { panic("no") })
	add("goexit", "/goexit/{id}", func(*web.Request) (*web.Response, error) { runtime.Goexit(); return nil, nil })
	add("gone", "/gone/{id}", func(*web.Request) (*web.Response, error) { return nil, web.NotFound("gone") })
	config.AddView(views.Func(ok))
	return build(t, config)
}

func TestMiddlewareAroundTheAppSeesTheRoute(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method, path string
		want         labels
	}{
		"a route":                    {"GET", "/users/7", labels{"/users/{id}", "7", "", "users"}},
		"with a body":                {"POST", "/users/7", labels{"/users/{id}", "7", "", "users"}},
		"a star":                     {"GET", "/files/7/a/b", labels{"/files/{id}/*rest", "7", "a/b", "files"}},
		"an error":                   {"GET", "/fails/7", labels{"/fails/{id}", "7", "", "fails"}},
		"a panic":                    {"GET", "/panics/7", labels{"/panics/{id}", "7", "", "panics"}},
		"runtime.Goexit":             {"GET", "/goexit/7", labels{"/goexit/{id}", "7", "", "goexit"}},
		"a 404 of the view":          {"GET", "/gone/7", labels{"/gone/{id}", "7", "", "gone"}},
		"traversal":                  {"GET", "/page/", labels{"/{outer}/", "", "", "page"}},
		"a 404 that no route fits":   {"GET", "/page/none", labels{"/{outer}/", "", "", "page"}},
		"a path that cannot be read": {"GET", "/users/%ff", labels{"/{outer}/", "", "", "users"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := func() *http.Request { return httptest.NewRequest(tt.method, tt.path, strings.NewReader("body")) }
			if tt.method == "GET" {
				request = func() *http.Request { return httptest.NewRequest(tt.method, tt.path, nil) }
			}
			assert.Equal(t, tt.want, labelled(pathsOf(t, framework.Options{PathValues: true}), request()))
			tt.want.id, tt.want.rest = "", ""
			assert.Equal(t, tt.want, labelled(pathsOf(t, framework.Options{}), request()), "without the option")
		})
	}
}

// TestRouteIsSeenThroughTweens runs views on goroutines and requests of their own.
func TestRouteIsSeenThroughTweens(t *testing.T) {
	t.Parallel()
	around := map[string]tweens.Factory{
		"timeout":    tweens.Timeout(time.Minute, tweens.TimeoutOptions{}),
		"middleware": tweens.FromMiddleware(func(next http.Handler) http.Handler { return next }),
		"copies": tweens.FromMiddleware(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), labels{}, 1)))
			})
		}),
	}
	for name, factory := range around {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := quiet(framework.Options{PathValues: true})
			config.AddTween("around", factory)
			config.AddRoute("user", "/users/{id}")
			config.AddView(views.Func(func(r *web.Request) (*web.Response, error) { return r.Text(r.Request.Pattern), nil }), views.Route("user"))
			want := labels{"/users/{id}", "7", "", "users"}
			assert.Equal(t, want, labelled(build(t, config), httptest.NewRequest("POST", "/users/7", strings.NewReader("body"))))
			assert.Equal(t, want, labelled(build(t, config), httptest.NewRequest("GET", "/users/7", nil)))
		})
	}
}

// A view that outlives its deadline, and a goroutine that it started, read the request while the
// middleware around the application reads its own: neither writes to what the other reads.
func TestRouteIsSeenBesideALateView(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		config := quiet(framework.Options{PathValues: true, GracePeriod: -1})
		config.AddTween("timeout", tweens.Timeout(time.Second, tweens.TimeoutOptions{}))
		config.AddRoute("user", "/users/{id}")
		ended := make(chan struct{})
		config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
			read := make(chan struct{}) // the future settles at the deadline already
			async.Go(r.Context(), func(context.Context) (string, error) {
				defer close(read)
				time.Sleep(2 * time.Second)
				return r.HTTP().PathValue("id"), nil
			})
			time.Sleep(time.Minute)
			<-read
			r.Request.Pattern = "late"
			r.Request.SetPathValue("id", "late")
			close(ended)
			return r.Text(""), nil
		}), views.Route("user"))
		app := build(t, config)
		hr := httptest.NewRequest("GET", "/users/7", nil)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		require.Equal(t, http.StatusGatewayTimeout, w.Code)
		assert.Equal(t, "/users/{id}", hr.Pattern)
		assert.Equal(t, "7", hr.PathValue("id"))
		<-ended
		assert.Equal(t, "/users/{id}", hr.Pattern)
		assert.Equal(t, "7", hr.PathValue("id"))
	})
}

func TestExplainLeavesTheRequestAsItIs(t *testing.T) {
	t.Parallel()
	hr := httptest.NewRequest("GET", "/users/7", nil)
	pathsOf(t, framework.Options{PathValues: true}).Explain(hr)
	assert.Empty(t, hr.Pattern)
	assert.Empty(t, hr.PathValue("id"))
}

func BenchmarkPathValues(b *testing.B) {
	for name, set := range map[string]bool{"off": false, "on": true} {
		b.Run(name, func(b *testing.B) {
			config := quiet(framework.Options{PathValues: set})
			config.AddRoute("user", "/users/{id}")
			config.AddView(views.Func(func(r *web.Request) (*web.Response, error) { return web.Respond(http.StatusNoContent), nil }), views.Route("user"))
			app := build(b, config)
			hr := httptest.NewRequest("GET", "/users/7", nil)
			w := httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				fresh := *hr
				app.ServeHTTP(w, &fresh)
			}
		})
	}
}
