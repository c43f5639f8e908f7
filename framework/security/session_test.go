package security_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// shop is an application with a value in the session.
func shop(t *testing.T, store session.Store) *framework.App {
	config := configure(framework.Options{
		Security: security.New(security.Options{Identify: security.Session(), Authorize: security.AnyUser}), Sessions: newSessions(t, store),
	})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		s, err := r.Session()
		if err != nil {
			return nil, err
		}
		var cart string
		_, err = s.Get("cart", &cart)
		if err == nil && r.URL.RawQuery != "" {
			err = s.Set("cart", r.URL.RawQuery)
		}
		return r.Text(cart), err
	}), views.Name("cart"))
	return build(t, config)
}

func TestSession(t *testing.T) {
	t.Parallel()
	store := new(session.Memory)
	b := newBrowser(t, shop(t, store))
	assert.Empty(t, b.get("/"))
	b.get("/cart?shoes")
	b.get("/login?user=alice")
	assert.Equal(t, "alice", b.get("/"))
	assert.Equal(t, "shoes", b.get("/cart"), "what a visitor has chosen stays after the login")

	b.get("/logout")
	assert.Empty(t, b.get("/"))
	assert.Empty(t, b.get("/cart"), "the next person at the browser finds nothing")
}

// Somebody plants the id of a session that they know, and waits for the login: it has another id then.
func TestSessionFixation(t *testing.T) {
	t.Parallel()
	app := shop(t, new(session.Memory))
	attacker, victim := newBrowser(t, app), newBrowser(t, app)
	attacker.get("/cart?planted")
	victim.jar.SetCookies(site, attacker.jar.Cookies(site))
	require.Equal(t, attacker.cookie(sessionCookie), victim.cookie(sessionCookie))
	victim.get("/login?user=alice")
	assert.Equal(t, "alice", victim.get("/"))
	assert.NotEqual(t, attacker.cookie(sessionCookie), victim.cookie(sessionCookie))
	assert.Empty(t, attacker.get("/"))
}

// The store knows that a session has ended, so a copy of its cookie is worth nothing.
func TestSessionReplayedAfterLogout(t *testing.T) {
	t.Parallel()
	app := shop(t, new(session.Memory))
	b, thief := newBrowser(t, app), newBrowser(t, app)
	b.get("/login?user=alice")
	thief.jar.SetCookies(site, b.jar.Cookies(site))
	require.Equal(t, "alice", thief.get("/"))
	b.get("/logout")
	assert.Empty(t, thief.get("/"))
}

func TestAnotherUserOfTheSameSession(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, shop(t, new(session.Memory)))
	b.get("/login?user=alice")
	b.get("/cart?shoes")
	b.get("/login?user=alice")
	assert.Equal(t, "shoes", b.get("/cart"), "the same user again")
	b.get("/login?user=bob")
	assert.Equal(t, "bob", b.get("/"))
	assert.Empty(t, b.get("/cart"), "bob does not find what was alice's")
}

// failing is a store that may be down.
type failing struct {
	session.Memory
	down bool
}

func (f *failing) Load(ctx context.Context, id session.ID) (session.Record, error) {
	if f.down {
		return session.Record{}, errors.New("down")
	}
	return f.Memory.Load(ctx, id)
}

// A client whose session cannot be read is not anonymous: no page may differ for that.
func TestSessionStoreIsDown(t *testing.T) {
	t.Parallel()
	store := new(failing)
	b := newBrowser(t, shop(t, store))
	b.get("/login?user=alice")
	store.down = true
	for _, path := range []string{"/", "/private", "/login?user=alice", "/logout"} {
		resp, _ := b.send("GET", path, "")
		assert.Equal(t, 503, resp.StatusCode, path)
	}
}

func TestSessionWithoutSessions(t *testing.T) {
	t.Parallel()
	bearer := security.Bearer("api", func(*web.Request, string) (security.User, error) { return security.User{}, nil })
	for name, identify := range map[string]security.Identifier{
		"alone": security.Session(), "first of": security.FirstOf(bearer, security.Session()),
		"below": security.Below("/api", bearer, security.Session()), "by route": security.ByRoute(map[string]security.Identifier{"a": security.Session()}, nil),
	} {
		_, err := configure(framework.Options{Security: security.New(security.Options{Identify: identify})}).App()
		require.ErrorContains(t, err, "helpers_test.go:", name)
		require.ErrorContains(t, err, "the security policy keeps users in the session, but the application has no sessions: set framework.Options.Sessions", name)
	}
	_, err := configure(framework.Options{Security: security.New(security.Options{Identify: security.FirstOf(bearer)})}).App()
	require.NoError(t, err)
}
