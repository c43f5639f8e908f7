package session_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views/web"
)

// The name of each test is the defence that it proves.

// login gives a client a session, and returns the name and value of its cookie.
func (c *client) login() (name, value string) {
	c.t.Helper()
	c.visit(func(s web.Session) { set(c.t, s, "user", "alice") })
	require.Len(c.t, c.cookies, 1)
	for name, value = range c.cookies {
	}
	return name, value
}

// user returns who is logged in with a cookie; "" for nobody.
func (c *client) user(name, value string) (user string) {
	c.t.Helper()
	thief := c.other()
	thief.cookies[name] = value
	thief.visit(func(s web.Session) {
		user = get[string](c.t, s, "user")
		if user == "" {
			assert.True(c.t, s.IsNew(), "a session that is not valid is new")
			assert.Empty(c.t, s.Names())
		}
	})
	return user
}

func TestAuthenticationDetectsEveryChangedBit(t *testing.T) {
	t.Parallel()
	c := newClient(t, session.Options{})
	name, value := c.login()
	require.Equal(t, "alice", c.user(name, value))
	plain, err := base64.RawURLEncoding.DecodeString(value)
	require.NoError(t, err)
	for i := range len(plain) * 8 {
		plain[i/8] ^= 1 << (i % 8)
		assert.Empty(t, c.user(name, base64.RawURLEncoding.EncodeToString(plain)), "bit %d of the sealed value", i)
		plain[i/8] ^= 1 << (i % 8)
	}
	for i := range len(value) * 8 { // of the text, which has bits that base64 may ignore
		text := []byte(value)
		text[i/8] ^= 1 << (i % 8)
		if (&http.Cookie{Name: "x", Value: string(text)}).Valid() == nil {
			assert.Empty(t, c.user(name, string(text)), "bit %d of the text", i)
		}
	}
}

func TestAuthenticationDetectsCutAndLongerCookies(t *testing.T) {
	t.Parallel()
	c := newClient(t, session.Options{})
	name, value := c.login()
	for n := range len(value) {
		assert.Empty(t, c.user(name, value[:n]), "the first %d characters", n)
		assert.Empty(t, c.user(name, value[n+1:]), "without the first %d characters", n+1)
	}
	for _, more := range []string{"A", "AA", "AAAA", "=", "==", value, strings.Repeat("A", 100_000)} {
		assert.Empty(t, c.user(name, value+more))
		assert.Empty(t, c.user(name, more+value))
	}
}

func TestTimeoutEndsAnOldCookie(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, session.Options{})
		name, value := c.login()
		time.Sleep(20*time.Minute - time.Second)
		assert.Equal(t, "alice", c.user(name, value))
		time.Sleep(time.Second)
		assert.Empty(t, c.user(name, value))

		began := time.Now()
		c.visit(func(s web.Session) { assert.True(t, s.IsNew()); assert.Equal(t, began.Unix(), s.Created().Unix()) })
	})
}

func TestLifetimeEndsACookieInUse(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]session.Store{"cookie": nil, "memory": new(session.Memory)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, session.Options{Store: store, Lifetime: time.Hour})
				c.login()
				for range 11 {
					time.Sleep(5 * time.Minute)
					c.visit(func(s web.Session) { assert.Equal(t, "alice", get[string](t, s, "user")); s.Changed() })
				}
				time.Sleep(5 * time.Minute)
				c.visit(func(s web.Session) { assert.Empty(t, get[string](t, s, "user")); assert.True(t, s.IsNew()) })
			})
		})
	}
}

func TestRotationOfSecrets(t *testing.T) {
	t.Parallel()
	name, value := newClient(t, session.Options{Secrets: []string{secretA}}).login()
	retired := newClient(t, session.Options{Secrets: []string{secretB, secretA}})
	assert.Equal(t, "alice", retired.user(name, value), "a retired secret opens")
	removed := newClient(t, session.Options{Secrets: []string{secretB}})
	assert.Empty(t, removed.user(name, value), "a removed secret does not")

	_, resealed := retired.login()
	assert.Equal(t, "alice", removed.user(name, resealed), "the first secret seals")
	assert.Empty(t, newClient(t, session.Options{Secrets: []string{secretA}}).user(name, resealed))
}

func TestNameIsAuthenticated(t *testing.T) {
	t.Parallel()
	one, other := newClient(t, session.Options{}), newClient(t, session.Options{Name: "admin"})
	name, value := one.login()
	otherName, otherValue := other.login()
	require.NotEqual(t, name, otherName)
	assert.Empty(t, one.user(name, otherValue), "the value of another cookie, sealed with the same secret")
	assert.Empty(t, other.user(otherName, value))

	insecure := newClient(t, session.Options{})
	insecure.app.Development, insecure.url = true, "http://example.com/"
	plainName, plainValue := insecure.login()
	assert.Equal(t, "session", plainName)
	assert.Empty(t, one.user(name, plainValue), "a cookie that any page could set does not become one that is protected")
}

func TestNonceIsNeverTheSame(t *testing.T) {
	t.Parallel()
	c := newClient(t, session.Options{})
	seen := map[string]bool{}
	for range 100 {
		_, value := c.login()
		nonce := value[:len(value)/2]
		assert.False(t, seen[nonce])
		seen[nonce] = true
	}
}

func TestPlantedIDIsRenewedAtLogin(t *testing.T) {
	t.Parallel()
	c := newClient(t, session.Options{Store: new(session.Memory)})
	attacker := c.other()
	attacker.visit(func(s web.Session) { set(t, s, "cart", "bait") })
	victim := c.other()
	var planted string
	for name, value := range attacker.cookies {
		victim.cookies[name], planted = value, value
	}
	victim.visit(func(s web.Session) { s.Renew(); set(t, s, "user", "alice") })
	for name, value := range victim.cookies {
		assert.NotEqual(t, planted, value)
		assert.Equal(t, "alice", c.user(name, value))
		assert.Empty(t, c.user(name, planted), "the attacker is not logged in")
		assert.Empty(t, c.user(name, planted+"~"+planted))
	}
}

func TestUnknownIDIsNeverAdopted(t *testing.T) {
	t.Parallel()
	store := new(session.Memory)
	c := newClient(t, session.Options{Store: store})
	const chosen = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	c.cookies[c.factory.CookieName()] = chosen
	_, value := c.login()
	assert.NotEqual(t, chosen, value)
	assert.Len(t, value, 43, "256 random bits")
	assert.Empty(t, c.user(c.factory.CookieName(), chosen))
}

func TestIDsAreExact(t *testing.T) {
	t.Parallel()
	c := newClient(t, session.Options{Store: new(session.Memory)})
	name, value := c.login()
	require.Equal(t, "alice", c.user(name, value))
	for i := range len(value) * 8 {
		text := []byte(value)
		text[i/8] ^= 1 << (i % 8)
		if (&http.Cookie{Name: "x", Value: string(text)}).Valid() == nil {
			assert.Empty(t, c.user(name, string(text)), "bit %d", i)
		}
	}
	for _, other := range []string{value + "A", value[1:], value + "=", "~" + value[1:], strings.Repeat("~", 4000)} {
		assert.Empty(t, c.user(name, other))
	}
}

func TestInvalidateIsFinalInAStore(t *testing.T) {
	t.Parallel()
	c := newClient(t, session.Options{Store: new(session.Memory)})
	name, value := c.login()
	c.visit(func(s web.Session) { s.Invalidate() })
	assert.Empty(t, c.user(name, value))
}

// TestFewCookiesOfOneName: a sibling host may set many cookies of the same name where there is no
// prefix __Host-. Each costs a look-up, so only a few are tried.
func TestFewCookiesOfOneName(t *testing.T) {
	t.Parallel()
	store := &countingStore{}
	c := newClient(t, session.Options{Store: store, Domain: "example.com"})
	name, value := c.login()
	assert.Equal(t, "__Secure-session", name)
	const chosen = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	store.loads = 0
	assert.Equal(t, "alice", c.user(name, chosen+"; "+name+"="+value), "ours is among them")
	assert.Equal(t, 2, store.loads)
	store.loads = 0
	assert.Empty(t, c.user(name, chosen+strings.Repeat("; "+name+"="+chosen, 50)))
	assert.Equal(t, 4, store.loads)
}

// countingStore counts the calls of Load.
type countingStore struct {
	session.Memory
	loads int
}

func (s *countingStore) Load(ctx context.Context, id session.ID) (session.Record, error) {
	s.loads++
	return s.Memory.Load(ctx, id)
}
