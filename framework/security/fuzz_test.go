package security_test

import (
	"context"
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// No text is a ticket but one that was signed.
func FuzzTicket(f *testing.F) {
	of := tickets(secret)
	w := httptest.NewRecorder()
	p := security.New(security.Options{Identify: of})
	r := begin(p)
	set, err := p.Remember(r, "alice")
	require.NoError(f, err)
	resp := new(web.Response)
	set(resp)
	_, err = resp.Send(w, r)
	require.NoError(f, err)
	valid := w.Result().Cookies()[0].Value
	for _, seed := range []string{valid, valid[1:], "", "A", strings.Repeat("A", 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		user, err := of.Identify(web.Begin(nil, request("Cookie", ticketCookie+"="+text)))
		require.NoError(t, err)
		if user.ID != "" { // net/http takes off quotes, and what follows a semicolon
			value, _, _ := strings.Cut(text, ";")
			assert.Equal(t, valid, strings.Trim(value, "\" \t"))
		}
	})
}

// Whatever is checked was sent: the same user and password, without control characters.
func FuzzBasic(f *testing.F) {
	for _, seed := range []string{basicHeader("alice:pässword"), basicHeader("a:\xe4"), "Basic", "basic  YTpi ", "Basic YTpiCg=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		of := security.Basic("wiki", func(_ context.Context, user, password string) (bool, error) {
			assert.NotEmpty(t, user)
			assert.NotContains(t, user, ":")
			text := user + ":" + password
			assert.True(t, utf8.ValidString(text))
			assert.False(t, strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f }))
			raw, err := base64.StdEncoding.DecodeString(strings.Trim(header[len("Basic"):], " "))
			assert.NoError(t, err)
			if utf8.Valid(raw) {
				assert.Equal(t, string(raw), text)
			}
			return true, nil
		})
		_, err := of.Identify(web.Begin(nil, request("Authorization", header)))
		require.NoError(t, err)
	})
}

// A lookup sees only the hash of a well-formed token.
func FuzzBearer(f *testing.F) {
	for _, seed := range []string{"Bearer abc", "bearer a=", "Bearer", "Bearer a b", "Bearer a,b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		found := false
		of := security.Bearer("api", func(_ *web.Request, hash string) (security.User, error) {
			found = true
			assert.Equal(t, security.HashToken(strings.Trim(header[len("Bearer"):], " ")), hash)
			return security.User{}, nil
		})
		r := web.Begin(nil, request("Authorization", header))
		_, err := of.Identify(r)
		require.NoError(t, err)
		challenges, err := of.(web.Challenger).Challenges(r)
		require.NoError(t, err)
		require.Len(t, challenges, 1)
		assert.Equal(t, found, strings.Contains(challenges[0], "invalid_token"))
	})
}

// Whatever traversal takes for a path in the subtree never reaches the identifier for the rest, and
// the other way round.
func FuzzBelow(f *testing.F) {
	for _, seed := range []string{"/api", "/api/v1/x", "/%61pi/v1", "/x/../api/v1", "//api//v1", "/api/v1/../..", "/api%2Fv1", "/api/./v1", "/api/v1/@@x"} {
		f.Add(seed)
	}
	of := security.Below("/api/v1", constant("inside"), constant("outside"))
	f.Fuzz(func(t *testing.T, path string) {
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
		hr := request()
		u, err := hr.URL.Parse("https://example.com" + path)
		if err != nil || u.EscapedPath() == "" {
			return
		}
		hr.URL = u
		user, err := of.Identify(web.Begin(nil, hr))
		names, walkErr := traversal.Split(u.EscapedPath())
		if walkErr != nil {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		in := len(names) >= 2 && names[0] == "api" && names[1] == "v1"
		assert.NotEqual(t, map[bool]string{true: "outside", false: "inside"}[in], user.ID, u.EscapedPath())
	})
}
