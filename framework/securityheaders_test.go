package framework_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// protected returns an application that fails in many ways, inside SecurityHeaders.
func protected(t *testing.T) *frameworktest.App {
	config := quiet(framework.Options{
		AllowedHosts: []string{"example.com"}, Security: frameworktest.Policy{}, MaxBody: 10,
	})
	broken := errors.New("broken")
	fail := func(name string, fn func(*framework.Request) (*framework.Response, error), options ...views.Option) {
		config.AddView(views.Func(fn), append(options, views.Name(name))...)
	}
	config.AddView(views.Func(sayHello), views.Method("GET"))
	fail("error", func(*framework.Request) (*framework.Response, error) { return nil, broken })
	fail("status", func(*framework.Request) (*framework.Response, error) { return nil, web.Gone("") })
	fail("panic", func(*framework.Request) (*framework.Response, error) { panic("broken") })
	fail("goexit", func(*framework.Request) (*framework.Response, error) { runtime.Goexit(); return nil, nil })
	fail("secret", sayHello, views.Permission("view"))
	fail("redirect", func(*framework.Request) (*framework.Response, error) { return nil, web.SeeOther("/") })
	fail("read", func(r *framework.Request) (*framework.Response, error) {
		_, err := io.ReadAll(r.Body)
		return nil, err
	})
	fail("json", func(r *framework.Request) (*framework.Response, error) { return r.Text("{}"), nil },
		views.Where("json", func(r *web.Request) (bool, error) { return false, broken }))
	fail("callback", func(r *framework.Request) (*framework.Response, error) {
		r.AddResponseCallback(func(*framework.Request, *framework.Response) error { return broken })
		return r.Text("never"), nil
	})
	fail("invalid", func(r *framework.Request) (*framework.Response, error) {
		resp := r.Text("never")
		resp.SetHeader("X-Bad", "a\nb")
		return resp, nil
	})
	fail("slow", func(r *framework.Request) (*framework.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}, views.Around(tweens.Timeout(time.Nanosecond, tweens.TimeoutOptions{})))
	config.AddView(stream(func(*framework.Request, web.StreamWriter) error { return web.Gone("") }), views.Name("stream"))
	config.AddView(views.HTTP(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })), views.Name("handler"))
	config.AddRoute("static", "/static/*path")
	files := http.FileServerFS(fstest.MapFS{"static/a.txt": {Data: []byte("a")}})
	config.AddView(views.HTTP(files), views.Route("static"))
	registry.Subscribe(config, func(e *web.NewResponse) error {
		if e.Request.URL.Path == "/subscriber" && e.Response.Status() == http.StatusNotFound {
			return broken
		}
		return nil
	})
	config.AddTween("middleware", tweens.FromMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/middleware":
				http.Error(w, "not here", http.StatusTeapot)
			case "/middleware-panic":
				panic("broken")
			case "/middleware-stream":
				_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
			default:
				next.ServeHTTP(w, r)
			}
		})
	}))
	config.AddTween("cors", tweens.CORS(tweens.CORSOptions{Origins: []string{"https://a.example"}}))
	config.AddTween("compress", tweens.Compress(tweens.CompressOptions{}))
	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
	config.AddTween("outside", tweens.Wrap(func(next web.Handler) web.Handler {
		return func(r *framework.Request) (*framework.Response, error) {
			resp, err := next(r)
			switch r.URL.Path {
			case "/late":
				return nil, web.Conflict("")
			case "/late-panic":
				panic("broken")
			case "/late-nothing":
				return nil, nil
			}
			return resp, err
		}
	}))
	return frameworktest.New(t, config)
}

// Security headers are on every response of an application.
func TestSecurityHeadersAreOnEveryResponse(t *testing.T) {
	t.Parallel()
	app := protected(t)
	for request, status := range map[string]int{
		"GET /": 200, "HEAD /": 200, "OPTIONS /": 204, "POST /": 405, "GET /none": 404, "GET /%FF": 400, "GET /a%00": 400,
		"GET /error": 500, "GET /status": 410, "GET /panic": 500, "GET /secret": 403, "GET /redirect": 303, "POST /read": 413,
		"GET /json": 500, "GET /callback": 500, "GET /invalid": 500, "GET /slow": 504, "GET /stream": 410, "GET /handler": 500,
		"GET /static/a.txt": 200, "GET /static/none": 404, "GET /subscriber": 500, "GET /middleware": 418,
		"GET /middleware-panic": 500, "GET /middleware-stream": 200, "GET /late": 409, "GET /late-panic": 500, "GET /late-nothing": 500,
		"GET http://evil.example/": 400, "GET http://evil.example/error": 400,
	} {
		method, target, _ := strings.Cut(request, " ")
		hr := httptest.NewRequest(method, target, strings.NewReader("more than ten bytes"))
		h := app.Send(hr).Status(status).Header
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
			"X-Frame-Options":         "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			assert.Equal(t, []string{want}, h[header], "%s of %s", header, request)
		}
		assert.Len(t, h["Permissions-Policy"], 1, request)
	}
	preflight := httptest.NewRequest("OPTIONS", "/", nil)
	preflight.Header.Set("Origin", "https://a.example")
	preflight.Header.Set("Access-Control-Request-Method", "PUT")
	assert.Equal(t, "DENY", app.Send(preflight).Status(204).Header.Get("X-Frame-Options"))

	server := httptest.NewServer(app) // runtime.Goexit needs a goroutine of its own
	defer server.Close()
	hr, err := http.NewRequest("GET", server.URL+"/goexit", nil)
	require.NoError(t, err)
	hr.Host = "example.com"
	resp, err := server.Client().Do(hr)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, 500, resp.StatusCode)
	assert.Equal(t, "DENY", resp.Header.Get("X-Frame-Options"))
}

// A view may have headers of its own, by a tween around it.
func TestSecurityHeadersOfOneView(t *testing.T) {
	t.Parallel()
	config := quiet(framework.Options{})
	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
	config.AddView(views.Func(sayHello))
	embeddable := tweens.SecurityHeaders(tweens.SecurityHeadersOptions{FrameAncestors: []string{"https://portal.example.com"}, ResourcePolicy: "cross-origin"})
	config.AddView(views.Func(sayHello), views.Name("widget"), views.Around(embeddable))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return nil, errors.New("broken") }),
		views.Name("broken"), views.Around(embeddable))
	app := frameworktest.New(t, config)
	assert.Equal(t, "DENY", app.Get("/").Status(200).Header.Get("X-Frame-Options"))
	h := app.Get("/widget").Status(200).Header
	assert.Equal(t, "cross-origin", h.Get("Cross-Origin-Resource-Policy"))
	assert.Contains(t, h.Get("Content-Security-Policy"), "frame-ancestors https://portal.example.com")
	assert.NotContains(t, h, "X-Frame-Options")
	assert.Equal(t, "same-origin", app.Get("/broken").Status(500).Header.Get("Cross-Origin-Resource-Policy"), "an error has the outer ones")
}
