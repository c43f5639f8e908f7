package session_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

var text = session.NewKey[string]("text")

// newApp returns an application with views that use the session: /set?text=x, /get, /login,
// /logout.
func newApp(t *testing.T, o session.Options, more func(*framework.Configurator)) (*frameworktest.App, *frameworktest.Log) {
	t.Helper()
	if o.Store == nil {
		o.Secrets = []string{secretA}
	}
	sessions, err := session.New(o)
	require.NoError(t, err)
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{Sessions: sessions, Logger: log.Logger()})
	view := func(name string, fn func(*framework.Request) (*framework.Response, error)) {
		config.AddView(views.Func(fn), views.Name(name))
	}
	view("set", func(r *framework.Request) (*framework.Response, error) {
		return r.Text("set"), text.Set(r, r.URL.Query().Get("text"))
	})
	view("get", func(r *framework.Request) (*framework.Response, error) {
		v, _, err := text.Get(r)
		return r.Text(v), err
	})
	view("login", func(r *framework.Request) (*framework.Response, error) {
		s, err := r.Session()
		if err != nil {
			return nil, err
		}
		s.Renew()
		return r.Text("welcome"), s.Set("auth.userid", "alice")
	})
	view("logout", func(r *framework.Request) (*framework.Response, error) {
		s, err := r.Session()
		if err != nil {
			return nil, err
		}
		s.Invalidate()
		return r.Text("bye"), nil
	})
	if more != nil {
		more(config)
	}
	return frameworktest.New(t, config), log
}

const https = "https://example.com"

// cookieOf returns the cookie that a response sets, as a header of the next request.
func cookieOf(t *testing.T, resp *frameworktest.Response) frameworktest.RequestOption {
	t.Helper()
	return frameworktest.Header("Cookie", valueOf(t, resp))
}

func valueOf(t *testing.T, resp *frameworktest.Response) string {
	t.Helper()
	lines := resp.Header.Values("Set-Cookie")
	require.Len(t, lines, 1, "set once")
	pair, _, _ := strings.Cut(lines[0], ";")
	return pair
}

// brokenStore is a store that is down while err is set.
type brokenStore struct {
	session.Memory
	err error
}

func (b *brokenStore) Load(ctx context.Context, id session.ID) (session.Record, error) {
	if b.err != nil {
		return session.Record{}, b.err
	}
	return b.Memory.Load(ctx, id)
}

func (b *brokenStore) Create(ctx context.Context, id session.ID, rec session.Record, ttl time.Duration) error {
	if b.err != nil {
		return b.err
	}
	return b.Memory.Create(ctx, id, rec, ttl)
}

func (b *brokenStore) Update(ctx context.Context, id session.ID, c session.Change, ttl time.Duration) error {
	if b.err != nil {
		return b.err
	}
	return b.Memory.Update(ctx, id, c, ttl)
}

func (b *brokenStore) Delete(ctx context.Context, id session.ID) error {
	if b.err != nil {
		return b.err
	}
	return b.Memory.Delete(ctx, id)
}

func TestStoreThatIsDown(t *testing.T) {
	t.Parallel()
	store := &brokenStore{}
	app, log := newApp(t, session.Options{Store: store}, func(config *framework.Configurator) {
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			err := text.Set(r, "lost")
			store.err = errors.New("dial 10.1.2.3: refused")
			return r.Text("saved?"), err
		}), views.Name("break"))
	})
	cookie := cookieOf(t, app.Get(https+"/set?text=a"))
	check := func(what string, got *frameworktest.Response) {
		assert.Equal(t, http.StatusServiceUnavailable, got.Code, what)
		assert.Equal(t, "5", got.Header.Get("Retry-After"), what)
		assert.Empty(t, got.Header.Values("Set-Cookie"), what)
		assert.NotContains(t, got.Body, "10.1.2.3", what)
		lines := log.Lines()
		assert.Equal(t, "dial 10.1.2.3: refused", lines[len(lines)-1]["error"], what)
	}
	store.err = errors.New("dial 10.1.2.3: refused")
	check("load", app.Get(https+"/get", cookie))
	check("create", app.Get(https+"/set?text=b"))
	store.err = nil
	check("update", app.Get(https+"/break", cookie))
	store.err = nil
	assert.Equal(t, "a", app.Get(https+"/get", cookie).Body, "nothing is lost")
}

func TestSessionOfAFailedRequest(t *testing.T) {
	t.Parallel()
	for _, discard := range []bool{false, true} {
		app, _ := newApp(t, session.Options{DiscardOnError: discard}, func(config *framework.Configurator) {
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				if err := text.Set(r, "before the error"); err != nil {
					return nil, err
				}
				if r.URL.RawQuery == "conflict" {
					return nil, web.Conflict("no")
				}
				return nil, errors.New("bug")
			}), views.Name("fail"))
			config.AddErrorView(views.Error(func(r *framework.Request, _ *web.HTTPError) (*framework.Response, error) {
				return r.Text("an error view"), nil
			}))
		})
		want := 1
		if discard {
			want = 0
		}
		got := app.Get(https + "/fail?conflict").Status(http.StatusConflict)
		assert.Equal(t, "an error view", got.Body)
		assert.Len(t, got.Header.Values("Set-Cookie"), want)
		got = app.Get(https + "/fail").Status(http.StatusInternalServerError)
		assert.Len(t, got.Header.Values("Set-Cookie"), want)
		assert.Contains(t, got.Header.Values("Vary"), "Accept, Cookie")
	}
}

func TestCallbacksBeforeAndAfter(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, session.Options{}, func(config *framework.Configurator) {
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			add := func(what string) {
				r.AddResponseCallback(func(r *web.Request, _ *web.Response) error {
					s, err := r.Session()
					if err != nil {
						return err
					}
					return s.Flash("", what, false)
				})
			}
			add("before")
			if _, err := r.Session(); err != nil {
				return nil, err
			}
			add("after")
			return r.Text(""), nil
		}), views.Name("callbacks"))
		config.AddView(views.Func(func(r *framework.Request) (any, error) {
			s, err := r.Session()
			if err != nil {
				return nil, err
			}
			return s.PopFlash("")
		}), views.Name("pop"))
	})
	cookie := cookieOf(t, app.Get(https+"/callbacks").Status(200))
	assert.JSONEq(t, `["before","after"]`, app.Get(https+"/pop", cookie).Status(200).Body)
}

// TestAnotherCallbackFails: the session is saved, and the client gets its cookie with the error.
func TestAnotherCallbackFails(t *testing.T) {
	t.Parallel()
	store := new(session.Memory)
	app, _ := newApp(t, session.Options{Store: store}, func(config *framework.Configurator) {
		registry.Subscribe(config, func(e *web.NewResponse) error {
			if e.Response.Status() == 200 && e.Request.URL.RawQuery == "text=fail" {
				return errors.New("broken subscriber")
			}
			return nil
		})
	})
	got := app.Get(https + "/set?text=fail").Status(http.StatusInternalServerError)
	assert.Equal(t, "fail", app.Get(https+"/get", cookieOf(t, got)).Body)
	assert.Equal(t, 1, store.Len(), "saved once")
}

func TestChangesWhileTheResponseIsSent(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{true, false} {
		app, log := newApp(t, session.Options{}, func(config *framework.Configurator) {
			use := func(r *framework.Request) error {
				if !known {
					return nil
				}
				return text.Set(r, "in time")
			}
			late := func(r *framework.Request, w io.Writer) {
				got, _, err := text.Get(r)
				_, _ = io.WriteString(w, got+" ")
				if err == nil {
					err = text.Set(r, "too late")
				}
				if errors.Is(err, session.ErrSaved) {
					_, _ = io.WriteString(w, "refused")
				}
				_ = text.Delete(r)
			}
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				resp := r.Empty(200)
				resp.SetStream(func(w web.StreamWriter) error { late(r, w); return nil })
				return resp, use(r)
			}), views.Name("stream"))
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				resp := r.Empty(200)
				resp.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { late(r, w) }))
				return resp, use(r)
			}), views.Name("handler"))
		})
		for _, path := range []string{"/stream", "/handler"} {
			got := app.Get(https + path).Status(200)
			if known {
				assert.Equal(t, "in time refused", got.Body)
				assert.Equal(t, "in time", app.Get(https+"/get", cookieOf(t, got)).Body)
			} else {
				assert.Equal(t, " refused", got.Body)
				assert.Empty(t, got.Header.Values("Set-Cookie"))
			}
			lines := log.Lines()
			assert.Equal(t, "session not changed", lines[len(lines)-1]["message"], "Delete has no error, so the log has it")
		}
	}
}

// TestViewThatMissesItsDeadline: what a view does that nobody waits for is not saved, and no race.
func TestViewThatMissesItsDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, opened := range []bool{false, true} {
			app, _ := newApp(t, session.Options{}, func(config *framework.Configurator) {
				config.AddTween("outer", tweens.Wrap(func(next web.Handler) web.Handler {
					return func(r *web.Request) (*web.Response, error) {
						if !opened || r.URL.Path == "/get" {
							return next(r)
						}
						if err := text.Set(r, "outer"); err != nil {
							return nil, err
						}
						resp, err := next(r)
						v, _, _ := text.Get(r)
						r.AddResponseCallback(func(_ *web.Request, resp *web.Response) error {
							resp.SetHeader("X-Seen", v)
							return nil
						})
						return resp, err
					}
				}))
				config.AddTween("timeout", tweens.Timeout(time.Second, tweens.TimeoutOptions{}), tweens.Under("outer"))
				config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
					if err := text.Set(r, "view"); err != nil {
						return nil, err
					}
					if r.URL.RawQuery == "late" {
						<-r.Context().Done()
						time.Sleep(500 * time.Millisecond)
						_ = text.Set(r, "too late")
					}
					return r.Text("done"), nil
				}), views.Name("slow"))
			})
			got := app.Get(https + "/slow").Status(200)
			assert.Equal(t, "view", app.Get(https+"/get", cookieOf(t, got)).Body)
			if opened {
				assert.Equal(t, "view", got.Header.Get("X-Seen"), "the outer tween sees what the view did")
			}
			got = app.Get(https + "/slow?late").Status(http.StatusGatewayTimeout)
			if !opened {
				assert.Empty(t, got.Header.Values("Set-Cookie"))
				continue
			}
			assert.Equal(t, "outer", app.Get(https+"/get", cookieOf(t, got)).Body)
			assert.Equal(t, "outer", got.Header.Get("X-Seen"))
		}
	})
}

func TestGoroutinesOfOneRequest(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, session.Options{Store: new(session.Memory)}, func(config *framework.Configurator) {
		config.AddView(views.Func(func(r *framework.Request) (any, error) {
			var group sync.WaitGroup
			for _, name := range []string{"a", "b", "c", "d"} {
				group.Go(func() {
					s, err := r.Session()
					assert.NoError(t, err)
					assert.NoError(t, s.Set(name, name))
					assert.NoError(t, s.Flash("", name, true))
					_, _ = s.PeekFlash("")
					s.Names()
					s.Delete("x")
					s.Changed()
					s.IsNew()
					s.Created()
					s.Renew()
				})
			}
			group.Wait()
			s, err := r.Session()
			if err != nil {
				return nil, err
			}
			return s.Names(), nil
		}), views.Name("many"))
	})
	assert.JSONEq(t, `["_f_","a","b","c","d"]`, app.Get(https+"/many").Status(200).Body)
}

// TestCachesNeverKeepACookie: a response that sets the cookie is private, whatever the view says.
func TestCachesNeverKeepACookie(t *testing.T) {
	t.Parallel()
	tests := []struct{ cacheControl, want, unset string }{
		{"", "private", ""},
		{"public, max-age=60", "private, max-age=60", "public, max-age=60"},
		{"Public,S-MaxAge=60,immutable", "private, immutable", "Public,S-MaxAge=60,immutable"},
		{`private="X-A, Set-Cookie", max-age=1`, "private, max-age=1", `private="X-A, Set-Cookie", max-age=1`},
		{"no-store", "no-store", "no-store"},
		{"private", "private", "private"},
	}
	app, _ := newApp(t, session.Options{}, func(config *framework.Configurator) {
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			if v := r.Header.Get("X-Cache-Control"); v != "" {
				r.Response().SetHeader("Cache-Control", v)
			}
			r.Response().SetHeader("CDN-Cache-Control", "max-age=60")
			s, err := r.Session()
			if err == nil && r.URL.RawQuery == "set" {
				err = s.Set("k", 1)
			}
			return r.Text(""), err
		}), views.Name("cached"))
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			resp := r.Text("no such page")
			resp.SetStatus(http.StatusNotFound)
			resp.SetLifetime("public, max-age=60", time.Minute)
			return resp, text.Set(r, "x")
		}), views.Name("lifetime"))
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			resp := r.Empty(200)
			resp.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Cache-Control", "public, max-age=60")
				_, _ = io.WriteString(w, "a file")
			}))
			return resp, text.Set(r, "x")
		}), views.Name("handler"))
	})
	lifetime := app.Get(https + "/lifetime").Status(http.StatusNotFound)
	assert.NotEmpty(t, lifetime.Header.Get("Set-Cookie"))
	assert.Empty(t, lifetime.Header.Get("Cache-Control"), "an error is not worth keeping")
	handler := app.Get(https + "/handler").Status(200)
	assert.NotEmpty(t, handler.Header.Get("Set-Cookie"))
	assert.Equal(t, "private, max-age=60", handler.Header.Get("Cache-Control"), "what a handler sets while it sends")
	for _, test := range tests {
		header := frameworktest.Header("X-Cache-Control", test.cacheControl)
		got := app.Get(https+"/cached?set", header)
		assert.Equal(t, test.want, got.Header.Get("Cache-Control"), test.cacheControl)
		assert.Empty(t, got.Header.Get("CDN-Cache-Control"))
		got = app.Get(https+"/cached", header)
		assert.Equal(t, test.unset, got.Header.Get("Cache-Control"), "the session was only read")
		assert.Equal(t, "max-age=60", got.Header.Get("CDN-Cache-Control"))
		assert.Equal(t, "Cookie", got.Header.Get("Vary"))
	}
}

func TestOverPlainHTTP(t *testing.T) {
	t.Parallel()
	const plain, secure = "session=", "__Host-session="
	warnings := func(log *frameworktest.Log) (texts []string) {
		for _, line := range log.Lines() {
			if text, _ := line["message"].(string); strings.Contains(text, "cookie") {
				texts = append(texts, text)
			}
		}
		return texts
	}
	app, log := newApp(t, session.Options{SameSite: http.SameSiteNoneMode}, nil)
	for range 3 {
		line := app.Get("http://example.com/set?text=x").Header.Get("Set-Cookie")
		assert.True(t, strings.HasPrefix(line, secure), line)
		assert.Contains(t, line, "; Secure; SameSite=None")
	}
	require.Len(t, warnings(log), 1)
	assert.Contains(t, warnings(log)[0], "run serve --dev")
	assert.Contains(t, warnings(log)[0], "config.SetDevelopment()", "for programs without package cli")

	app, log = newApp(t, session.Options{SameSite: http.SameSiteNoneMode}, (*framework.Configurator).SetDevelopment)
	for range 3 {
		line := app.Get("http://example.com/set?text=x").Header.Get("Set-Cookie")
		assert.True(t, strings.HasPrefix(line, plain), line)
		assert.True(t, strings.HasSuffix(line, "; Path=/; HttpOnly"), line)
	}
	cookie := cookieOf(t, app.Get("http://example.com/set?text=x"))
	assert.Equal(t, "x", app.Get("http://example.com/get", cookie).Body)
	require.Len(t, warnings(log), 1)
	assert.Contains(t, warnings(log)[0], "no Secure attribute")

	line := app.Get(https + "/set?text=x").Header.Get("Set-Cookie")
	assert.True(t, strings.HasPrefix(line, secure), "serve --dev behind TLS: %s", line)
}

// lossyStore loses the replies to changes while lose is set: they are made, or not.
type lossyStore struct {
	session.Memory
	lose, made bool
}

func (s *lossyStore) Update(ctx context.Context, id session.ID, c session.Change, ttl time.Duration) error {
	if s.lose && !s.made {
		return errors.New("no reply")
	}
	err := s.Memory.Update(ctx, id, c, ttl)
	if s.lose {
		return errors.New("no reply")
	}
	return err
}

// TestNewResponse: a subscriber that uses the session first changes it, whatever else the request has
// used, and whatever response it gets.
func TestNewResponse(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/plain", "/callback", "/used", "/missing", "/broken"} {
		ran := false
		app, _ := newApp(t, session.Options{}, func(c *framework.Configurator) {
			view := func(name string, fn func(*framework.Request) (*framework.Response, error)) {
				c.AddView(views.Func(fn), views.Name(name))
			}
			view("plain", func(r *framework.Request) (*framework.Response, error) { return r.Text("plain"), nil })
			view("callback", func(r *framework.Request) (*framework.Response, error) {
				r.AddResponseCallback(func(*framework.Request, *framework.Response) error { return nil })
				return r.Text("callback"), nil
			})
			view("used", func(r *framework.Request) (*framework.Response, error) {
				_, _, err := text.Get(r)
				return r.Text("used"), err
			})
			view("broken", func(*framework.Request) (*framework.Response, error) { return nil, errors.New("broken") })
			registry.Subscribe(c, func(e *web.NewResponse) error {
				if e.Request.URL.Path != path {
					return nil
				}
				e.Request.AddResponseCallback(func(*web.Request, *web.Response) error { ran = true; return nil })
				err := text.Set(e.Request, "seen")
				if path == "/used" { // it was saved
					assert.ErrorIs(t, err, session.ErrSaved)
					return nil
				}
				return err
			})
		})
		browser := app.Browser()
		browser.Get(path)
		assert.False(t, ran, "%s: as in Pyramid, it is too late for a callback", path)
		want := "seen"
		if path == "/used" {
			want = ""
		}
		assert.Equal(t, want, browser.Get("/get").Body, path)
	}
}
