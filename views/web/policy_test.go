package web_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// headerPolicy knows whom the header X-User names; who is "owner" may do everything.
type headerPolicy struct{ asked *int }

func (p headerPolicy) Identity(r *web.Request) (any, error) {
	*p.asked++
	switch who := r.Header.Get("X-User"); who {
	case "":
		return nil, nil
	case "broken":
		return nil, errBroken
	case "struct":
		return user{"s"}, nil
	case "opaque":
		return 7, nil
	default:
		return who, nil
	}
}

func (p headerPolicy) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	id, err := r.UserID()
	if err != nil {
		return web.Decision{}, err
	}
	if id == "owner" {
		return web.Allow(permission + " at " + at.String()), nil
	}
	return web.Deny(permission), nil
}

type user struct{ id string }

func (u user) UserID() string { return u.id }

// namingPolicy has ids and principals of its own.
type namingPolicy struct{ headerPolicy }

func (p namingPolicy) UserID(r *web.Request) (string, error) {
	who, err := r.Identity()
	if s, ok := who.(string); ok {
		return "id:" + s, err
	}
	return "", err
}

func (p namingPolicy) Principals(r *web.Request) ([]string, error) {
	id, err := r.UserID()
	return []string{web.Everyone, id}, err
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		who      string
		identity any
		id, own  string
		known    bool
	}{
		{"", nil, "", "", false},
		{"ann", "ann", "ann", "id:ann", true},
		{"struct", user{"s"}, "s", "", true},
		{"opaque", 7, "", "", true},
	} {
		t.Run(tc.who, func(t *testing.T) {
			t.Parallel()
			asked := 0
			r := beginIn(&web.Application{Security: headerPolicy{&asked}}, "GET", "/", "", "X-User", tc.who)
			for _, c := range []*web.Request{r, r.WithContext(t.Context())} {
				identity, err := c.Identity()
				require.NoError(t, err)
				assert.Equal(t, tc.identity, identity)
				id, err := c.UserID()
				require.NoError(t, err)
				assert.Equal(t, tc.id, id)
				known, err := c.IsAuthenticated()
				require.NoError(t, err)
				assert.Equal(t, tc.known, known)
			}
			assert.Equal(t, 1, asked)
			principals, err := r.Principals()
			require.NoError(t, err)
			assert.Equal(t, []string{web.Everyone}, principals)

			r = beginIn(&web.Application{Security: namingPolicy{headerPolicy{&asked}}}, "GET", "/", "", "X-User", tc.who)
			known, err := r.IsAuthenticated()
			require.NoError(t, err)
			assert.Equal(t, tc.own != "", known)
			principals, err = r.Principals()
			require.NoError(t, err)
			assert.Equal(t, []string{web.Everyone, tc.own}, principals)
		})
	}
}

func TestIdentityErrors(t *testing.T) {
	t.Parallel()
	asked := 0
	r := beginIn(&web.Application{Security: headerPolicy{&asked}}, "GET", "/", "", "X-User", "broken")
	_, err := r.Identity()
	require.ErrorIs(t, err, errBroken)
	_, err = r.UserID()
	require.ErrorIs(t, err, errBroken)
	known, err := r.IsAuthenticated()
	require.ErrorIs(t, err, errBroken)
	assert.False(t, known)
	_, err = r.Permits("view")
	require.ErrorIs(t, err, errBroken)
	assert.Equal(t, 1, asked)
}

func TestPermits(t *testing.T) {
	t.Parallel()
	asked := 0
	r := beginIn(&web.Application{Security: headerPolicy{&asked}}, "GET", "/", "", "X-User", "owner")
	require.NoError(t, (*traversal.Traverser)(nil).Walk(t.Context(), traversal.Map{}, traversal.Path{}, r.Result()))
	d, err := r.Permits("edit")
	require.NoError(t, err)
	assert.Equal(t, "allowed: edit at / (traversal.Map)", d.String())
	d, err = r.Permits("edit", r.Node().At("x", 7))
	require.NoError(t, err)
	assert.Equal(t, "allowed: edit at /x (int)", d.String())
	assert.Equal(t, "denied: no", web.Deny("no").String())
	assert.Equal(t, "denied", web.Decision{}.String())
}

func TestWithoutAPolicy(t *testing.T) {
	t.Parallel()
	r := get("/")
	identity, err := r.Identity()
	require.NoError(t, err)
	assert.Nil(t, identity)
	id, err := r.UserID()
	require.NoError(t, err)
	assert.Empty(t, id)
	known, err := r.IsAuthenticated()
	require.NoError(t, err)
	assert.False(t, known)
	d, err := r.Permits("anything")
	require.NoError(t, err)
	assert.True(t, d.Allowed)
	principals, err := r.Principals()
	require.NoError(t, err)
	assert.Equal(t, []string{web.Everyone}, principals)
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	trusted, err := web.ParseTrustedProxies([]string{"10.0.0.0/8"})
	require.NoError(t, err)
	var log bytes.Buffer
	logger := zerolog.New(&log)
	app := &web.Application{Trusted: trusted, Log: &logger}
	for _, tc := range []struct {
		name, from, id string
		believed       bool
	}{
		{"trusted", "10.1.2.3:80", "abc-1.2_3", true},
		{"a stranger", "11.1.2.3:80", "abc", false},
		{"line break", "10.1.2.3:80", "a\nb", false},
		{"quote", "10.1.2.3:80", `a"b`, false},
		{"long", "10.1.2.3:80", strings.Repeat("a", 129), false},
		{"just short enough", "10.1.2.3:80", strings.Repeat("a", 128), true},
		{"none", "10.1.2.3:80", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := beginIn(app, "GET", "/", "")
			r.RemoteAddr = tc.from
			r.Header.Set(web.RequestIDHeader, tc.id)
			id := r.ID()
			if tc.believed {
				assert.Equal(t, tc.id, id)
			} else {
				assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, id)
			}
			assert.Equal(t, id, r.WithContext(t.Context()).ID())
			log.Reset()
			r.Log().Info().Msg("x")
			assert.Contains(t, log.String(), `"request_id":"`+id+`"`)
			assert.Same(t, r.Log(), r.WithContext(t.Context()).Log())
		})
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 10_000 {
		id := beginIn(nil, "GET", "/", "").ID()
		require.False(t, seen[id], id)
		seen[id] = true
		parsed, err := uuid.Parse(id)
		require.NoError(t, err)
		assert.Equal(t, uuid.Version(7), parsed.Version())
		assert.Equal(t, uuid.RFC4122, parsed.Variant())
		millis := int64(binary.BigEndian.Uint64(parsed[:8]) >> 16)
		assert.InDelta(t, time.Now().UnixMilli(), millis, 60_000)
	}
}

func TestTrustedProxies(t *testing.T) {
	t.Parallel()
	trusted, err := web.ParseTrustedProxies([]string{" 10.0.0.0/8", "192.0.2.7", "fd00::/8", "::ffff:198.51.100.0/120"})
	require.NoError(t, err)
	for addr, want := range map[string]bool{
		"10.9.9.9:1": true, "10.9.9.9": true, "11.0.0.1:1": false, "192.0.2.7:80": true, "192.0.2.8:80": false, "[fd00::1]:80": true, "[fd00::1%eth0]:80": true,
		"fd00::1": true, "[::ffff:10.0.0.1]:80": true, "198.51.100.9:1": true, "": false, "@": false, "nonsense": false, "[fe80::1]:1": false,
	} {
		assert.Equal(t, want, trusted.Trusts(addr), addr)
	}
	assert.False(t, web.TrustedProxies(nil).Trusts("10.0.0.1:1"))
	for _, bad := range []string{"", "proxy", "10.0.0.0/99"} {
		_, err = web.ParseTrustedProxies([]string{bad})
		assert.ErrorContains(t, err, `trusted proxy "`+bad)
	}
}
