package session_test

import (
	"context"
	"errors"
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

// TestRenewalCostsFewWrites: a session that is only read is written once per RenewAfter, and lasts.
func TestRenewalCostsFewWrites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, store := range map[string]session.Store{"cookie": nil, "memory": new(session.Memory)} {
			c := newClient(t, session.Options{Store: store, MaxAge: time.Hour})
			c.login()
			writes := 0
			for range 240 { // two hours, every 30 seconds
				time.Sleep(30 * time.Second)
				resp := c.visit(func(s web.Session) { assert.Equal(t, "alice", get[string](t, s, "user"), name) })
				if resp.Header("Set-Cookie") != "" {
					writes++
					assert.Contains(t, resp.Header("Set-Cookie"), "; Max-Age=3600;")
				}
			}
			assert.Equal(t, 60, writes, "%s: every two minutes, a tenth of 20", name)
			time.Sleep(20 * time.Minute)
			c.visit(func(s web.Session) { assert.True(t, s.IsNew(), name) })
		}
	})
}

func TestNoRenewal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, session.Options{RenewAfter: -1})
		c.login()
		time.Sleep(19 * time.Minute)
		assert.Empty(t, c.visit(func(s web.Session) { assert.False(t, s.IsNew()) }).Header("Set-Cookie"))
		time.Sleep(time.Minute)
		c.visit(func(s web.Session) { assert.True(t, s.IsNew()) })

		c = newClient(t, session.Options{Timeout: -1, Lifetime: -1})
		c.login()
		time.Sleep(1000 * 24 * time.Hour)
		assert.Empty(t, c.visit(func(s web.Session) { assert.Equal(t, "alice", get[string](t, s, "user")) }).Header("Set-Cookie"))
	})
}

// TestRenewWithALostReply: the store has made the change, but nobody knows. The client keeps both
// ids, so it has its session either way.
func TestRenewWithALostReply(t *testing.T) {
	t.Parallel()
	for _, made := range []bool{true, false} {
		store := &lossyStore{}
		c := newClient(t, session.Options{Store: store})
		c.login()
		store.lose, store.made = true, made
		_, err := c.try(func(s web.Session) error { s.Renew(); return s.Set("admin", true) })
		require.Error(t, err)
		status, _ := web.StatusOf(err)
		assert.Equal(t, http.StatusServiceUnavailable, status)
		store.lose = false
		both := c.cookies[c.factory.CookieName()]
		assert.Len(t, both, 43+1+43)

		resp := c.visit(func(s web.Session) {
			assert.Equal(t, "alice", get[string](t, s, "user"), "made %v", made)
			assert.Equal(t, made, get[bool](t, s, "admin"))
			set(t, s, "next", 1)
		})
		assert.NotEmpty(t, resp.Header("Set-Cookie"), "the client keeps the id that is right")
		assert.Len(t, c.cookies[c.factory.CookieName()], 43)
		c.visit(func(s web.Session) { assert.Equal(t, 1, get[int](t, s, "next")) })
	}
}

// TestProlongingIsNotWorthA503: a request that only reads is answered even if its stamp cannot be
// renewed.
func TestProlongingIsNotWorthA503(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &lossyStore{}
		c := newClient(t, session.Options{Store: store})
		c.login()
		time.Sleep(10 * time.Minute)
		store.lose = true
		c.visit(func(s web.Session) { assert.Equal(t, "alice", get[string](t, s, "user")) })
	})
}

func TestMistakesInOptions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		o    session.Options
		want []string
	}{
		{"nothing", session.Options{}, []string{"session.New: neither Secrets nor a Store"}},
		{"both", session.Options{Secrets: []string{secretA}, Store: new(session.Memory)}, []string{"both Secrets and a Store"}},
		{"secrets", session.Options{Secrets: []string{"short", strings.Repeat("a", 40), secretA, secretA}}, []string{
			"secret 1: has 5 bytes: want at least 32 random ones", "secret 2: is not random", "secret 4: same as secret 3"}},
		{"an endless store", session.Options{Store: new(session.Memory), Timeout: -1, Lifetime: -1}, []string{"the store would keep every session for ever"}},
		{"durations", session.Options{Secrets: []string{secretA}, Timeout: time.Minute, RenewAfter: time.Hour, MaxAge: -1, Lifetime: time.Millisecond}, []string{
			"RenewAfter of 1h0m0s: want less than the Timeout of 1m0s", "MaxAge of -1ns", "Lifetime of 1ms: want at least 1s"}},
		{"a name", session.Options{Secrets: []string{secretA}, Name: "a b"}, []string{"http: invalid Cookie.Name"}},
		{"a domain", session.Options{Secrets: []string{secretA}, Domain: ".example.com"}, []string{"without the dot"}},
		{"a path", session.Options{Secrets: []string{secretA}, Path: "admin"}, []string{`Path "admin": want it to begin with a slash`}},
	}
	for _, test := range tests {
		_, err := session.New(test.o)
		require.Error(t, err, test.name)
		for _, want := range test.want {
			assert.ErrorContains(t, err, want, test.name)
		}
		assert.NotContains(t, err.Error(), secretA, "no secret is shown")
	}
}

func TestCookieAttributes(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]session.Options{
		"__Host-session=; Path=/; HttpOnly; Secure; SameSite=Lax":                                   {},
		"__Host-id=; Path=/; HttpOnly; Secure; SameSite=Strict":                                     {Name: "__Host-id", SameSite: http.SameSiteStrictMode},
		"__Secure-session=; Path=/admin; HttpOnly; Secure; SameSite=None":                           {Path: "/admin", SameSite: http.SameSiteNoneMode},
		"__Secure-session=; Path=/; Domain=example.com; Max-Age=60; HttpOnly; Secure; SameSite=Lax": {Domain: "example.com", MaxAge: time.Minute},
	} {
		c := newClient(t, o)
		line := c.visit(func(s web.Session) { set(t, s, "a", 1) }).Header("Set-Cookie")
		name, rest, _ := strings.Cut(line, "=")
		_, attributes, _ := strings.Cut(rest, ";")
		assert.Equal(t, want, name+"=;"+attributes)
		assert.Equal(t, name, c.factory.CookieName())
		line = c.visit(func(s web.Session) { s.Invalidate() }).Header("Set-Cookie")
		assert.True(t, strings.HasPrefix(line, name+"=;") && strings.HasSuffix(line, "; Max-Age=0"), line)
		assert.Equal(t, 1, strings.Count(line, "Max-Age"))
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	store := &session.Memory{Max: 3}
	add := func(n byte) {
		require.NoError(t, store.Create(t.Context(), session.ID{n}, session.Record{}, time.Hour))
	}
	for n := range byte(3) {
		add(n)
	}
	_, err := store.Load(t.Context(), session.ID{0}) // is used
	require.NoError(t, err)
	add(3)
	assert.Equal(t, 3, store.Len())
	_, err = store.Load(t.Context(), session.ID{1})
	require.ErrorIs(t, err, session.ErrNotFound, "it was not used for the longest time")
	_, err = store.Load(t.Context(), session.ID{0})
	require.NoError(t, err)
}

func TestWrongTypeAndTypedKeys(t *testing.T) {
	t.Parallel()
	c := newClient(t, session.Options{})
	number, words := session.NewKey[int]("n"), session.NewKey[string]("n")
	c.visit(func(web.Session) {})
	_, err := c.tryRequest(func(r *web.Request) error {
		require.NoError(t, number.Set(r, 7))
		n, ok, err := number.Get(r)
		assert.Equal(t, []any{7, true, nil}, []any{n, ok, err})
		s, ok, err := words.Get(r)
		assert.ErrorContains(t, err, `session value "n": json: cannot unmarshal number`)
		assert.False(t, ok)
		assert.Empty(t, s)
		require.NoError(t, number.Delete(r))
		_, ok, err = number.Get(r)
		assert.False(t, ok)
		return errors.Join(err, session.NewKey[string]("_f_x").Set(r, "no"))
	})
	assert.EqualError(t, err, `session value "_f_x": names that begin with "_f_" belong to flash queues`)
	assert.Equal(t, "n", number.String())
}

// hookedStore calls before each Update that gives a session another id, once.
type hookedStore struct {
	session.Memory
	before func()
}

func (h *hookedStore) Update(ctx context.Context, id session.ID, c session.Change, ttl time.Duration) error {
	if before := h.before; before != nil && c.Move != nil {
		h.before = nil
		before()
	}
	return h.Memory.Update(ctx, id, c, ttl)
}

// TestLogoutWithinRenew: a logout between the steps of Renew ends the session, as one before or after it
// does.
func TestLogoutWithinRenew(t *testing.T) {
	t.Parallel()
	store := &hookedStore{}
	c := newClient(t, session.Options{Store: store})
	c.login()
	store.before = func() {
		other := newClient(t, session.Options{Store: store})
		other.cookies[other.factory.CookieName()] = c.cookies[c.factory.CookieName()]
		other.visit(func(s web.Session) { assert.False(t, s.IsNew()); s.Invalidate() })
	}
	c.visit(func(s web.Session) { s.Renew(); set(t, s, "admin", true) })
	c.visit(func(s web.Session) {
		assert.Empty(t, get[string](t, s, "user"), "it has ended")
		assert.True(t, get[bool](t, s, "admin"), "what came with Renew is a session of its own")
	})
}

// TestLogoutThatCannotFollow: if the store does not say whether the session got another id, the logout
// is not acknowledged.
func TestLogoutThatCannotFollow(t *testing.T) {
	t.Parallel()
	store := &forgetfulStore{}
	c := newClient(t, session.Options{Store: store})
	c.login()
	_, err := c.try(func(s web.Session) error { s.Invalidate(); store.down = true; return nil })
	status, _ := web.StatusOf(err)
	assert.Equal(t, http.StatusServiceUnavailable, status)
}

// forgetfulStore fails to load once it is down.
type forgetfulStore struct {
	session.Memory
	down bool
}

func (f *forgetfulStore) Load(ctx context.Context, id session.ID) (session.Record, error) {
	if f.down {
		return session.Record{}, errors.New("down")
	}
	return f.Memory.Load(ctx, id)
}
