package session_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views/web"
)

// Two secrets that are as good as any.
const (
	secretA = "kmBOwuSEZmBhxCskQbVLUMwY0wRRFIr8uAPKEMsYsGs="
	secretB = "Q8p1kgmOCNrTRUJ3X7XSFwX9bXJhrHqNyFPrzS0Sg4o="
)

// client is a browser with a jar for the cookies of one factory.
type client struct {
	t       *testing.T
	app     *web.Application
	factory *session.Factory
	cookies map[string]string
	url     string
}

func newClient(t *testing.T, o session.Options) *client {
	t.Helper()
	if o.Store == nil && o.Secrets == nil {
		o.Secrets = []string{secretA}
	}
	f, err := session.New(o)
	require.NoError(t, err)
	return &client{t, &web.Application{Sessions: f}, f, map[string]string{}, "https://example.com/"}
}

// other returns another browser without cookies.
func (c *client) other() *client {
	other := *c
	other.cookies = map[string]string{}
	return &other
}

// visit sends a request whose view is fn, and keeps the cookies of the response.
func (c *client) visit(fn func(s web.Session)) *web.Response {
	c.t.Helper()
	resp, err := c.try(func(s web.Session) error { fn(s); return nil })
	require.NoError(c.t, err)
	return resp
}

func (c *client) try(fn func(s web.Session) error) (*web.Response, error) {
	return c.tryRequest(func(r *web.Request) error {
		s, err := r.Session()
		if err != nil {
			return err
		}
		return fn(s)
	})
}

// tryRequest sends a request whose view is fn. An error is answered as the framework does.
func (c *client) tryRequest(fn func(r *web.Request) error) (*web.Response, error) {
	hr := httptest.NewRequest("GET", c.url, nil)
	for name, value := range c.cookies {
		hr.Header.Add("Cookie", name+"="+value)
	}
	r := web.Begin(c.app, hr)
	err := fn(r)
	resp := r.Text("ok")
	if err == nil {
		err = web.Drive(r).RunResponseCallbacks(resp)
	}
	if err != nil {
		resp = r.Text("an error")
		_ = web.Drive(r).RerunResponseCallbacks(resp)
	}
	c.keep(resp)
	return resp, err
}

// keep stores the cookies of a response.
func (c *client) keep(resp *web.Response) {
	for _, line := range resp.HeaderValues("Set-Cookie") {
		cookie, err := http.ParseSetCookie(line)
		require.NoError(c.t, err)
		if cookie.MaxAge < 0 {
			delete(c.cookies, cookie.Name)
		} else {
			c.cookies[cookie.Name] = cookie.Value
		}
	}
}

func set(t *testing.T, s web.Session, name string, value any) {
	t.Helper()
	require.NoError(t, s.Set(name, value))
}

func get[T any](t *testing.T, s web.Session, name string) T {
	t.Helper()
	var v T
	_, err := s.Get(name, &v)
	require.NoError(t, err)
	return v
}

func TestCookieOfASession(t *testing.T) {
	t.Parallel()
	c := newClient(t, session.Options{})
	resp := c.visit(func(s web.Session) {
		assert.True(t, s.IsNew())
		assert.Empty(t, s.Names())
	})
	assert.Empty(t, resp.HeaderValues("Set-Cookie"), "an empty session has no cookie")
	assert.Equal(t, "Cookie", resp.Header("Vary"))

	resp = c.visit(func(s web.Session) { set(t, s, "n", 7) })
	require.Len(t, resp.HeaderValues("Set-Cookie"), 1)
	line := resp.Header("Set-Cookie")
	assert.True(t, strings.HasPrefix(line, "__Host-session="), line)
	assert.True(t, strings.HasSuffix(line, "; Path=/; HttpOnly; Secure; SameSite=Lax"), line)
	assert.Equal(t, "private", resp.Header("Cache-Control"))

	resp = c.visit(func(s web.Session) {
		assert.False(t, s.IsNew())
		assert.Equal(t, 7, get[int](t, s, "n"))
	})
	assert.Empty(t, resp.HeaderValues("Set-Cookie"), "reading sends no cookie")
	assert.Equal(t, "Cookie", resp.Header("Vary"))

	resp = c.visit(func(s web.Session) { s.Invalidate(); assert.True(t, s.IsNew()) })
	assert.Contains(t, resp.Header("Set-Cookie"), "__Host-session=;")
	assert.Contains(t, resp.Header("Set-Cookie"), "Max-Age=0")
	assert.Empty(t, c.cookies)
}

func TestFlash(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]session.Store{"cookie": nil, "memory": new(session.Memory)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, session.Options{Store: store})
			c.visit(func(s web.Session) {
				for _, m := range []string{"one", "two", "one"} {
					require.NoError(t, s.Flash("", m, false))
				}
				require.NoError(t, s.Flash("", "two", true))
				require.NoError(t, s.Flash("errors", "two", true))
				got, err := s.PeekFlash("")
				require.NoError(t, err)
				assert.Equal(t, []string{"one", "two", "one"}, got)
				assert.Equal(t, []string{"_f_", "_f_errors"}, s.Names())
			})
			c.visit(func(s web.Session) {
				require.NoError(t, s.Flash("", "three", true))
				got, err := s.PopFlash("")
				require.NoError(t, err)
				assert.Equal(t, []string{"one", "two", "one", "three"}, got)
				got, err = s.PopFlash("")
				require.NoError(t, err)
				assert.Empty(t, got)
			})
			c.visit(func(s web.Session) {
				got, err := s.PeekFlash("errors")
				require.NoError(t, err)
				assert.Equal(t, []string{"two"}, got)
				assert.Equal(t, []string{"_f_errors"}, s.Names())
			})
		})
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	c := newClient(t, session.Options{})
	for n := 2900; ; n++ {
		var failed error
		resp := c.visit(func(s web.Session) {
			set(t, s, "user", "alice")
			failed = s.Set("cart", strings.Repeat("x", n))
		})
		if failed == nil {
			name, value, _ := strings.Cut(strings.SplitN(resp.Header("Set-Cookie"), ";", 2)[0], "=")
			assert.LessOrEqual(t, len(name)+len(value), 4096)
			continue
		}
		e, ok := failed.(*session.TooLargeError)
		require.True(t, ok, "%v", failed)
		assert.Equal(t, 4096, e.Limit)
		assert.Greater(t, e.Size, e.Limit)
		assert.Less(t, e.Size, e.Limit+40, "as large as possible")
		assert.Equal(t, "cart", e.Values[0].Name)
		assert.Regexp(t, `^session cookie "__Host-session" would have 4\d\d\d bytes, more than the 4096 that browsers accept; the largest values are "cart" with \d{4} bytes, "user" with \d\d bytes: keep less in the session, or set session.Options.Store$`,
			failed.Error())
		break
	}
	c.visit(func(s web.Session) {
		assert.Equal(t, "alice", get[string](t, s, "user"))
		assert.Greater(t, len(get[string](t, s, "cart")), 2900, "the value that fitted last")
	})
}
