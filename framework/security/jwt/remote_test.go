package jwt_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/jwt"
	"github.com/mastaba-go/mastaba/views/web"
)

// server is an http.RoundTripper that answers with a key set.
type server struct {
	fetches int
	set     string
	status  int
	err     error
	delay   time.Duration
}

func (s *server) RoundTrip(hr *http.Request) (*http.Response, error) {
	s.fetches++
	select {
	case <-time.After(s.delay):
	case <-hr.Context().Done():
		return nil, hr.Context().Err()
	}
	if s.err != nil {
		return nil, s.err
	}
	status := s.status
	if status == 0 {
		status = 200
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Body: io.NopCloser(strings.NewReader(s.set)), Request: hr}, nil
}

func set(t *testing.T, keys ...jose.JSONWebKey) string {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	require.NoError(t, err)
	return string(text)
}

func (s *server) identifier() security.Identifier {
	return jwt.New(jwt.Options{Issuer: issuer, Audience: audience, Keys: jwt.Remote(jwt.RemoteOptions{
		URL: issuer + "/jwks.json", Client: &http.Client{Transport: s},
	})})
}

func bearer(ctx context.Context, token string) *web.Request {
	hr := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
	hr.Header.Set("Authorization", "Bearer "+token)
	return web.Begin(nil, hr)
}

func TestRemoteKeysRotate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{set: set(t, jose.JSONWebKey{Key: edPublic, KeyID: "old"})}
		of := s.identifier()
		old := func() string { return sign(t, "EdDSA", edKey, "old", nil, claims()) }
		fresh := func() string { return sign(t, "ES256", ecKey, "new", nil, claims()) }
		for range 3 {
			assert.Equal(t, "alice", identify(t, of, old()).ID)
		}
		assert.Equal(t, 1, s.fetches)

		s.set = set(t, jose.JSONWebKey{Key: &ecKey.PublicKey, KeyID: "new", Use: "sig", Algorithm: "ES256"})
		assert.Empty(t, identify(t, of, fresh()).ID, "the last fetch is not a minute ago")
		assert.Equal(t, 1, s.fetches)
		time.Sleep(time.Minute)
		assert.Equal(t, "alice", identify(t, of, fresh()).ID, "an unknown key id fetches")
		assert.Empty(t, identify(t, of, old()).ID, "a removed key does not count any more")
		assert.Equal(t, 2, s.fetches)

		time.Sleep(time.Hour)
		assert.Equal(t, "alice", identify(t, of, fresh()).ID)
		assert.Equal(t, 3, s.fetches, "keys are not kept for ever")
	})
}

// Tokens with invented key ids do not make a flood of fetches.
func TestUnknownKeyIDsFetchOncePerInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{set: set(t, jose.JSONWebKey{Key: edPublic, KeyID: "ed"}), delay: time.Second}
		of := s.identifier()
		done := make(chan error)
		for range 100 {
			go func() {
				_, err := of.Identify(bearer(context.Background(), sign(t, "EdDSA", edKey, randomID(), nil, claims())))
				done <- err
			}()
		}
		for range 100 {
			require.NoError(t, <-done)
		}
		assert.Equal(t, 1, s.fetches)
		time.Sleep(time.Minute)
		for range 100 {
			assert.Empty(t, identify(t, of, sign(t, "EdDSA", edKey, randomID(), nil, claims())))
		}
		assert.Equal(t, 2, s.fetches)
	})
}

func randomID() string {
	token, _ := security.NewToken()
	return token
}

func TestRemoteIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{err: errors.New("connection refused")}
		of := s.identifier()
		token := func() string {
			return sign(t, "EdDSA", edKey, "ed", nil, claims("exp", time.Now().Add(time.Hour).Unix()))
		}
		_, err := of.Identify(bearer(context.Background(), token()))
		require.ErrorContains(t, err, "no keys to check tokens with")
		status, _ := web.StatusOf(err)
		assert.Equal(t, 503, status, "not anonymous")
		_, err = of.Identify(bearer(context.Background(), token()))
		require.Error(t, err)
		assert.Equal(t, 1, s.fetches, "the next attempt has to wait")

		time.Sleep(time.Minute)
		s.err, s.set = nil, set(t, jose.JSONWebKey{Key: edPublic, KeyID: "ed"})
		assert.Equal(t, "alice", identify(t, of, token()).ID)

		for name, broken := range map[string]*server{
			"down": {err: errors.New("connection refused")}, "500": {status: 500}, "redirect": {status: 302}, "not JSON": {set: "<html>"},
			"no keys": {set: `{"keys":[]}`}, "a secret": {set: `{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"ed"}]}`},
			"huge": {set: `{"x":"` + strings.Repeat("x", 1<<20) + `"}`}, "many": {set: `{"keys":[` + strings.Repeat("{},", 200) + `{}]}`},
			"slow": {delay: time.Hour},
		} {
			time.Sleep(2 * time.Hour) // the keys are old
			fetches := s.fetches
			*s = *broken
			s.fetches = fetches
			start := time.Now()
			assert.Equal(t, "alice", identify(t, of, token()).ID, "the old keys stay: %s", name)
			assert.LessOrEqual(t, time.Since(start), 5*time.Second, name)
			assert.Equal(t, fetches+1, s.fetches, name)
		}
	})
}

// A client that leaves does not take the fetch of others along.
func TestRemoteFetchGoesOnWithoutItsClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{set: set(t, jose.JSONWebKey{Key: edPublic, KeyID: "ed"}), delay: time.Second}
		of := s.identifier()
		token := sign(t, "EdDSA", edKey, "ed", nil, claims())
		ctx, cancel := context.WithCancel(context.Background())
		left, stayed := make(chan error), make(chan security.User)
		go func() {
			_, err := of.Identify(bearer(ctx, token))
			left <- err
		}()
		synctest.Wait()
		go func() { stayed <- identify(t, of, token) }()
		synctest.Wait()
		cancel()
		require.NoError(t, <-left)
		assert.Equal(t, "alice", (<-stayed).ID)
		assert.Equal(t, 1, s.fetches)
	})
}

// Clients that send unknown key ids and leave at once make no fetch each.
func TestClientsThatLeaveMakeNoFlood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{set: set(t, jose.JSONWebKey{Key: edPublic, KeyID: "ed"}), delay: time.Second}
		of := s.identifier()
		require.Equal(t, "alice", identify(t, of, sign(t, "EdDSA", edKey, "ed", nil, claims())).ID)
		time.Sleep(time.Minute)
		for range 20 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			_, _ = of.Identify(bearer(ctx, sign(t, "EdDSA", edKey, "unknown", nil, claims())))
			cancel()
		}
		assert.Equal(t, 2, s.fetches)
	})
}

func TestKeysOfOtherKindsAreSkipped(t *testing.T) {
	t.Parallel()
	mixed := `{"keys":[{"kty":"XYZ","kid":"x"},{"kty":"oct","k":"c2VjcmV0","kid":"ed"},` +
		strings.TrimSuffix(strings.TrimPrefix(set(t,
			jose.JSONWebKey{Key: edPublic, KeyID: "enc", Use: "enc"}, jose.JSONWebKey{Key: edPublic, KeyID: "other", Algorithm: "ES256"},
			jose.JSONWebKey{Key: edPublic, KeyID: "ed"}), `{"keys":[`), `]}`) + `]}`
	of := (&server{set: mixed}).identifier()
	assert.Equal(t, "alice", identify(t, of, sign(t, "EdDSA", edKey, "ed", nil, claims())).ID)
	for _, id := range []string{"enc", "other", "x", ""} {
		assert.Empty(t, identify(t, of, sign(t, "EdDSA", edKey, id, nil, claims())).ID, id)
	}
}
