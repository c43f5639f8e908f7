package framework_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// serving returns an application and its log.
func serving(t *testing.T, declare func(*framework.Configurator)) (*frameworktest.App, *frameworktest.Log) {
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{Logger: log.Logger()})
	declare(config)
	return frameworktest.New(t, config), log
}

// instead returns a tween that calls handle in place of what it wraps.
func instead(handle web.Handler) tweens.Factory {
	return tweens.Wrap(func(web.Handler) web.Handler { return handle })
}

// stream returns a view whose body is written by write.
func stream(write func(*framework.Request, web.StreamWriter) error) views.View {
	return views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := web.Respond(http.StatusOK)
		resp.SetStream(func(w web.StreamWriter) error { return write(r, w) })
		return resp, nil
	})
}

// unreadable is an error whose Error method panics.
type unreadable struct{ *http.Request }

func (u unreadable) Error() string { return u.Method }

// An error that the log cannot read is a 500 like any other.
func TestUnreadableErrors(t *testing.T) {
	t.Parallel()
	app, log := serving(t, func(c *framework.Configurator) {
		c.AddView(views.Func(func(*framework.Request) (*framework.Response, error) { return nil, unreadable{} }))
	})
	app.Get("/").Status(http.StatusInternalServerError)
	require.Len(t, log.Lines(), 1)
	assert.Contains(t, log.Lines()[0]["error"], "the Error method of a framework_test.unreadable panicked: ")
}

// An error with a status is a response wherever it comes up, and no internal error.
func TestErrorsWithStatusAreResponsesEverywhere(t *testing.T) {
	t.Parallel()
	plain := errors.New("broken")
	hello := views.Func(sayHello)
	for name, tt := range map[string]struct {
		declare  func(c *framework.Configurator)
		status   int
		location string
		lines    int
	}{
		"error view": {func(c *framework.Configurator) {
			c.AddErrorView(views.Error(func(*framework.Request, *web.HTTPError) (*framework.Response, error) {
				return nil, web.SeeOther("/login")
			}))
		}, 303, "/login", 0},
		"outer tween": {func(c *framework.Configurator) {
			c.AddTween("gate", instead(func(*framework.Request) (*framework.Response, error) { return nil, web.SeeOther("/login") }))
		}, 303, "/login", 0},
		"outer tween, 503": {func(c *framework.Configurator) {
			c.AddTween("gate", instead(func(*framework.Request) (*framework.Response, error) { return nil, web.ServiceUnavailable("") }))
		}, 503, "", 0},
		"outer tween, 501": {func(c *framework.Configurator) {
			c.AddTween("gate", instead(func(*framework.Request) (*framework.Response, error) { return nil, web.Status(501, "") }))
		}, 501, "", 1},
		"outer tween, no status": {func(c *framework.Configurator) {
			c.AddTween("gate", instead(func(*framework.Request) (*framework.Response, error) { return nil, plain }))
		}, 500, "", 1},
		"outer tween, a nil error with a type": {func(c *framework.Configurator) {
			c.AddTween("gate", instead(func(*framework.Request) (*framework.Response, error) { return nil, (*web.HTTPError)(nil) }))
		}, 500, "", 1},
		"response callback": {func(c *framework.Configurator) {
			c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				r.AddResponseCallback(func(*framework.Request, *framework.Response) error { return web.Forbidden("no") })
				return r.Text("never"), nil
			}))
		}, 403, "", 0},
		"response callback, no status": {func(c *framework.Configurator) {
			c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				r.AddResponseCallback(func(*framework.Request, *framework.Response) error { panic("broken") })
				return r.Text("never"), nil
			}))
		}, 500, "", 1},
		"NewResponse": {func(c *framework.Configurator) {
			c.AddView(hello)
			registry.Subscribe(c, func(*web.NewResponse) error { return web.Forbidden("no") })
		}, 403, "", 0},
		"stream": {func(c *framework.Configurator) {
			c.AddView(stream(func(*framework.Request, web.StreamWriter) error { return web.NotFound("no such file") }))
		}, 404, "", 0},
		"stream, no status": {func(c *framework.Configurator) {
			c.AddView(stream(func(*framework.Request, web.StreamWriter) error { return plain }))
		}, 500, "", 1},
		"stream, too long a body": {func(c *framework.Configurator) {
			c.AddView(stream(func(r *framework.Request, _ web.StreamWriter) error {
				_, err := io.Copy(io.Discard, r.Body)
				return err
			}), views.BodyLimit(10))
		}, 413, "", 0},
		"reader": {func(c *framework.Configurator) {
			c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				resp := web.Respond(http.StatusOK)
				resp.SetReader(io.MultiReader(failingReader{web.Gone("gone")}), -1)
				return resp, nil
			}))
		}, 410, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, log := serving(t, tt.declare)
			got := app.Send(httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 20)))).Status(tt.status)
			assert.Equal(t, tt.location, got.Header.Get("Location"))
			assert.Len(t, log.Lines(), tt.lines)
		})
	}
}

// failingReader is a reader that fails at once.
type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// What is on every response is on the response to an error that no view handled, too.
func TestResponsesToErrorsAreDecorated(t *testing.T) {
	t.Parallel()
	app, _ := serving(t, func(c *framework.Configurator) {
		c.AddTween("request id", tweens.RequestID())
		c.AddTween("cors", tweens.CORS(tweens.CORSOptions{Origins: []string{"https://a.example"}}))
		c.AddTween("security", tweens.Wrap(func(next web.Handler) web.Handler {
			return func(r *framework.Request) (*framework.Response, error) {
				r.AddResponseCallback(func(_ *framework.Request, resp *framework.Response) error {
					resp.SetHeader("Strict-Transport-Security", "max-age=60")
					return nil
				})
				return next(r)
			}
		}))
		registry.Subscribe(c, func(e *web.NewResponse) error {
			e.Response.SetHeader("X-Seen", "yes")
			return nil
		})
		c.AddView(views.Func(func(*framework.Request) (*framework.Response, error) { panic("broken") }), views.Name("panic"))
		c.AddView(views.Func(func(*framework.Request) (*framework.Response, error) { return nil, errors.New("broken") }), views.Name("error"))
		c.AddView(views.Func(func(*framework.Request) (*framework.Response, error) { return nil, web.Gone("") }), views.Name("gone"))
		c.AddView(stream(func(*framework.Request, web.StreamWriter) error { return web.Gone("") }), views.Name("stream"))
		c.AddView(views.HTTP(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })), views.Name("handler"))
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			r.AddResponseCallback(func(*framework.Request, *framework.Response) error { return web.Forbidden("no") })
			return r.Text("never"), nil
		}), views.Name("callback"))
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			resp := r.Text("never")
			resp.SetHeader("X-Bad", "a\nb")
			return resp, nil
		}), views.Name("invalid"))
		c.AddView(views.Func(sayHello))
	})
	for name, status := range map[string]int{
		"": 200, "panic": 500, "error": 500, "gone": 410, "stream": 410, "handler": 500, "callback": 403, "none": 404, "invalid": 500,
	} {
		h := app.Get("/"+name, frameworktest.Header("Origin", "https://a.example")).Status(status).Header
		assert.Equal(t, []string{"https://a.example"}, h["Access-Control-Allow-Origin"], name)
		assert.Contains(t, strings.Join(h["Vary"], ","), "Origin", name)
		assert.Equal(t, []string{"max-age=60"}, h["Strict-Transport-Security"], name)
		assert.Equal(t, []string{"yes"}, h["X-Seen"], name)
		assert.Len(t, h["X-Request-Id"], 1, name)
	}
}

// The headers of CORS and RequestID are on a response that replaces a good one after these tweens.
func TestLateErrorsAreDecorated(t *testing.T) {
	t.Parallel()
	app, _ := serving(t, func(c *framework.Configurator) {
		c.AddTween("request id", tweens.RequestID())
		c.AddTween("cors", tweens.CORS(tweens.CORSOptions{Origins: []string{"https://a.example"}}))
		c.AddTween("fails", tweens.Wrap(func(next web.Handler) web.Handler {
			return func(r *framework.Request) (*framework.Response, error) {
				resp, err := next(r)
				switch r.URL.Path {
				case "/tween":
					return nil, web.Conflict("")
				case "/panic":
					panic("broken")
				}
				return resp, err
			}
		}))
		registry.Subscribe(c, func(e *web.NewResponse) error {
			if e.Request.URL.Path == "/subscriber" && e.Response.Status() == http.StatusOK {
				return web.Conflict("")
			}
			return nil
		})
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			resp := r.Text("")
			resp.SetHeader("X-Bad", "a\nb")
			return resp, nil
		}), views.Name("invalid"))
		for _, name := range []string{"tween", "panic", "subscriber"} {
			c.AddView(views.Func(sayHello), views.Name(name))
		}
	})
	for name, status := range map[string]int{"tween": 409, "panic": 500, "subscriber": 409, "invalid": 500} {
		h := app.Get("/"+name, frameworktest.Header("Origin", "https://a.example")).Status(status).Header
		assert.Equal(t, []string{"https://a.example"}, h["Access-Control-Allow-Origin"], name)
		assert.Len(t, h["X-Request-Id"], 1, name)
	}
}

// A callback that makes every response invalid does not keep the client from a 500.
func TestDecorationThatCannotBeSent(t *testing.T) {
	t.Parallel()
	app, log := serving(t, func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			r.AddResponseCallback(func(_ *framework.Request, resp *framework.Response) error {
				resp.SetHeader("X-Bad", "a\nb")
				return nil
			})
			return r.Text("never"), nil
		}))
	})
	app.Get("/").Status(500)
	assert.NotEmpty(t, log.Lines())
}

// What a handler had set before it failed belongs to its own response.
func TestFailedHandlersLeaveNoHeaders(t *testing.T) {
	t.Parallel()
	app, _ := serving(t, func(c *framework.Configurator) {
		c.AddView(views.HTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Etag", `"v1"`)
			w.Header().Set("X-Outer", "changed")
			w.Header().Add("Set-Cookie", "a=b")
			panic("broken")
		})), views.CacheFor(time.Hour, "public"))
	})
	w := httptest.NewRecorder()
	w.Header().Set("X-Outer", "1")
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	assert.Equal(t, 500, w.Code)
	assert.Equal(t, []string{"1"}, w.Header()["X-Outer"], "it was there before")
	for _, name := range []string{"Cache-Control", "Expires", "Content-Encoding", "Etag", "Set-Cookie"} {
		assert.Empty(t, w.Header()[name], name)
	}
}

// Whatever a tween returns, nothing but http.ErrAbortHandler leaves the application.
func TestOuterTweenReturnsNothing(t *testing.T) {
	t.Parallel()
	nothing := instead(func(*framework.Request) (*framework.Response, error) { return nil, nil })
	app, log := serving(t, func(c *framework.Configurator) { c.AddTween("lazy", nothing) })
	app.Get("/").Status(500)
	require.Len(t, log.Lines(), 1)
	assert.Equal(t, `tween "lazy" returned neither a response nor an error`, log.Lines()[0]["error"])
	_, err := app.Do(httptest.NewRequest("GET", "/", nil))
	assert.EqualError(t, err, `tween "lazy" returned neither a response nor an error`)
}

// A wrapped http.ErrAbortHandler leaves as itself, since net/http logs any other value.
func TestWrappedAbort(t *testing.T) {
	t.Parallel()
	app, _ := serving(t, func(c *framework.Configurator) {
		c.AddView(views.Func(func(*framework.Request) (*framework.Response, error) {
			panic(errors.Join(errors.New("enough"), http.ErrAbortHandler))
		}))
	})
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { app.Get("/") })
}

// What has no status is a 500 and is logged, also where an error view made its page.
func TestErrorViewsDoNotHideFailures(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err    error
		status int
		level  string
	}{
		"no status":  {errors.New("the database is gone"), 500, "error"},
		"panic":      {nil, 500, "error"},
		"not found":  {web.NotFound(""), 404, ""},
		"overloaded": {web.ServiceUnavailable(""), 503, ""},
	} {
		app, log := serving(t, func(c *framework.Configurator) {
			c.AddView(views.Func(func(*framework.Request) (*framework.Response, error) {
				if tt.err == nil {
					panic("broken")
				}
				return nil, tt.err
			}))
			c.AddErrorView(views.Error(func(r *web.Request, err error) (*web.Response, error) { return r.Text("Sorry."), nil }))
			c.AddErrorView(views.Error(func(r *web.Request, err *web.HTTPError) (*web.Response, error) { return r.Text("Sorry."), nil }))
		})
		app.Get("/").Status(tt.status)
		if tt.level == "" {
			assert.Empty(t, log.Lines(), name)
			continue
		}
		require.Len(t, log.Lines(), 1, name)
		assert.Equal(t, tt.level, log.Lines()[0]["level"], name)
	}
}

// runtime.Goexit in a view ends the goroutine, but not before there is a response.
func TestViewEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	app, log := serving(t, func(c *framework.Configurator) {
		c.AddView(views.Func(func(*framework.Request) (*framework.Response, error) {
			runtime.Goexit()
			return nil, nil
		}))
	})
	server := httptest.NewServer(app)
	defer server.Close()
	resp, err := http.Get(server.URL)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, 500, resp.StatusCode)
	assert.Contains(t, string(body), "500 Internal Server Error")
	require.Len(t, log.Lines(), 1)
	assert.Contains(t, log.Lines()[0]["error"], "runtime.Goexit")
}

// Work that is refused because the application stops is a 503.
func TestClosedExecutorIsUnavailable(t *testing.T) {
	t.Parallel()
	app, log := serving(t, func(c *framework.Configurator) {
		c.AddView(views.Func(func(*framework.Request) (*framework.Response, error) {
			return nil, fmt.Errorf("views: %w", async.ErrClosed)
		}))
	})
	app.Get("/").Status(503)
	assert.Empty(t, log.Lines())
}
