package security_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views/web"
)

func basicHeader(text string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(text))
}

func TestBasic(t *testing.T) {
	t.Parallel()
	asked := ""
	of := security.Basic(`the "wiki"`, func(_ context.Context, user, password string) (bool, error) {
		asked = user + "|" + password
		return password == "pässword" || password == "a:b" || password == "", nil
	})
	for name, tc := range map[string]struct {
		header []string
		user   string
		asked  string
	}{
		"right":        {[]string{basicHeader("alice:pässword")}, "alice", "alice|pässword"},
		"wrong":        {[]string{basicHeader("alice:guess")}, "", "alice|guess"},
		"Latin-1":      {[]string{basicHeader("alice:p\xe4ssword")}, "alice", "alice|pässword"},
		"colon":        {[]string{basicHeader("alice:a:b")}, "alice", "alice|a:b"},
		"no password":  {[]string{basicHeader("alice:")}, "alice", "alice|"},
		"any case":     {[]string{"bAsIc" + basicHeader("alice:a:b")[5:]}, "alice", "alice|a:b"},
		"more spaces":  {[]string{"Basic   " + basicHeader("alice:a:b")[6:] + " "}, "alice", "alice|a:b"},
		"none":         {nil, "", ""},
		"two":          {[]string{basicHeader("alice:a:b"), basicHeader("alice:a:b")}, "", ""},
		"no user":      {[]string{basicHeader(":a:b")}, "", ""},
		"no colon":     {[]string{basicHeader("alice")}, "", ""},
		"control":      {[]string{basicHeader("ali\x00ce:a:b")}, "", ""},
		"line break":   {[]string{basicHeader("alice:a:b\n")}, "", ""},
		"not base64":   {[]string{"Basic alice:a:b"}, "", ""},
		"no padding":   {[]string{"Basic YWxpY2U6YTpi" + "YQ"}, "", ""},
		"loose bits":   {[]string{"Basic YWxpY2U6YR=="}, "", ""},
		"url alphabet": {[]string{"Basic YWxpY2U6Pz8_"}, "", ""},
		"inner space":  {[]string{"Basic YWxp Y2U6YTpi"}, "", ""},
		"empty":        {[]string{"Basic"}, "", ""},
		"empty, space": {[]string{"Basic "}, "", ""},
		"other scheme": {[]string{"Bearer" + basicHeader("alice:a:b")[5:]}, "", ""},
		"glued":        {[]string{"Basic:" + basicHeader("alice:a:b")[6:]}, "", ""},
		"oversized":    {[]string{basicHeader("alice:" + strings.Repeat("x", 1<<20))}, "", ""},
		"tab":          {[]string{"Basic\t" + basicHeader("alice:a:b")[6:]}, "", ""},
		"proxy's":      {[]string{}, "", ""},
	} {
		asked = ""
		hr := request()
		for _, line := range tc.header {
			hr.Header.Add("Authorization", line)
		}
		user := identify(t, of, hr, nil)
		assert.Equal(t, tc.user, user.ID, name)
		assert.Equal(t, tc.asked, asked, name)
		if user.ID != "" {
			assert.Equal(t, "basic", user.Scheme)
		}
	}
	challenges, err := of.(web.Challenger).Challenges(nil)
	require.NoError(t, err)
	assert.Equal(t, []string{`Basic realm="the \"wiki\"", charset="UTF-8"`}, challenges)
}

func TestBasicWithAnErrorOfTheCheck(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	of := security.Basic("wiki", func(context.Context, string, string) (bool, error) { return true, down })
	user, err := of.Identify(web.Begin(nil, request("Authorization", basicHeader("alice:x"))))
	require.ErrorIs(t, err, down)
	assert.Empty(t, user)
}

func TestBearer(t *testing.T) {
	t.Parallel()
	token, hash := security.NewToken()
	again, _ := security.NewToken()
	assert.NotEqual(t, token, again)
	assert.Len(t, token, 43)
	assert.Equal(t, hash, security.HashToken(token))
	asked := 0
	of := security.Bearer("api", func(_ *web.Request, h string) (security.User, error) {
		asked++
		if h == hash {
			return security.User{ID: "robot", Principals: []string{"scope:read"}}, nil
		}
		return security.User{Principals: []string{"scope:read"}}, nil
	})
	const (
		none    = `Bearer realm="api"`
		unknown = `Bearer realm="api", error="invalid_token", error_description="the token is unknown, expired or revoked"`
		invalid = `Bearer realm="api", error="invalid_request", error_description="want one header: Authorization: Bearer TOKEN"`
	)
	for name, tc := range map[string]struct {
		header    []string
		user      string
		asked     int
		challenge string
	}{
		"right":        {[]string{"Bearer " + token}, "robot", 1, unknown},
		"any case":     {[]string{"bearer " + token}, "robot", 1, unknown},
		"wrong":        {[]string{"Bearer " + again}, "", 1, unknown},
		"the hash":     {[]string{"Bearer " + hash}, "", 1, unknown},
		"cut":          {[]string{"Bearer " + token[1:]}, "", 1, unknown},
		"other case":   {[]string{"Bearer " + strings.ToUpper(token)}, "", 1, unknown},
		"none":         {nil, "", 0, none},
		"other scheme": {[]string{"Basic " + token}, "", 0, none},
		"empty":        {[]string{"Bearer"}, "", 0, invalid},
		"space":        {[]string{"Bearer a b"}, "", 0, invalid},
		"comma":        {[]string{"Bearer a,b"}, "", 0, invalid},
		"only padding": {[]string{"Bearer =="}, "", 0, invalid},
		"padding":      {[]string{"Bearer a=b"}, "", 0, invalid},
		"not ASCII":    {[]string{"Bearer ä"}, "", 0, invalid},
		"two":          {[]string{"Bearer " + token, "Bearer " + token}, "", 0, invalid},
		"two schemes":  {[]string{"Basic x", "Bearer " + token}, "", 0, invalid},
		"oversized":    {[]string{"Bearer " + strings.Repeat("a", 1<<20)}, "", 0, invalid},
	} {
		asked = 0
		hr := request()
		for _, line := range tc.header {
			hr.Header.Add("Authorization", line)
		}
		r := web.Begin(nil, hr)
		user, err := of.Identify(r)
		require.NoError(t, err, name)
		assert.Equal(t, tc.user, user.ID, name)
		assert.Equal(t, tc.asked, asked, name)
		if tc.user != "" {
			assert.Equal(t, "bearer", user.Scheme)
		} else {
			assert.Empty(t, user, name)
		}
		challenges, err := of.(web.Challenger).Challenges(r)
		require.NoError(t, err)
		assert.Equal(t, []string{tc.challenge}, challenges, name)
	}
	hr := request()
	hr.URL.RawQuery = "access_token=" + token
	assert.Empty(t, identify(t, of, hr, nil), "tokens in URLs end up in logs")
}

func TestAPIKey(t *testing.T) {
	t.Parallel()
	key, hash := security.NewToken()
	of := security.APIKey("x-api-key", func(_ *web.Request, h string) (security.User, error) {
		if h == hash {
			return security.User{ID: "robot"}, nil
		}
		return security.User{}, nil
	})
	assert.Equal(t, security.User{ID: "robot", Scheme: "key"}, identify(t, of, request("X-API-Key", key), nil))
	for name, header := range map[string][]string{
		"none": nil, "wrong": {"X-API-Key", "x"}, "the hash": {"X-API-Key", hash}, "two": {"X-API-Key", key, "X-API-Key", key},
		"empty": {"X-API-Key", ""}, "oversized": {"X-API-Key", strings.Repeat("x", 1<<20)}, "bearer": {"Authorization", "Bearer " + key},
		"underscore": {"X_API_Key", key},
	} {
		assert.Empty(t, identify(t, of, request(header...), nil), name)
	}
	b := newBrowser(t, application(t, of))
	resp, _ := b.send("GET", "/", "")
	assert.Equal(t, "X-Api-Key", resp.Header.Get("Vary"))
}

// Only a certificate that the server has verified names its owner. With tls.RequestClientCert and
// tls.RequireAnyClientCert a client sends any that it likes.
func TestCertificate(t *testing.T) {
	t.Parallel()
	of := security.Certificate(func(_ *web.Request, cert *x509.Certificate) (security.User, error) {
		if cert.Subject.CommonName == "revoked" {
			return security.User{}, nil
		}
		return security.User{ID: cert.Subject.CommonName}, nil
	})
	cert := func(name string) *x509.Certificate {
		return &x509.Certificate{Subject: pkix.Name{CommonName: name}}
	}
	alice := cert("alice")
	for name, tc := range map[string]struct {
		state *tls.ConnectionState
		want  string
	}{
		"verified":      {&tls.ConnectionState{PeerCertificates: []*x509.Certificate{alice}, VerifiedChains: [][]*x509.Certificate{{alice, cert("ca")}}}, "alice"},
		"not verified":  {&tls.ConnectionState{PeerCertificates: []*x509.Certificate{alice}}, ""},
		"empty chain":   {&tls.ConnectionState{PeerCertificates: []*x509.Certificate{alice}, VerifiedChains: [][]*x509.Certificate{{}}}, ""},
		"unknown":       {&tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{cert("revoked")}}}, ""},
		"no client's":   {&tls.ConnectionState{}, ""},
		"no encryption": {nil, ""},
	} {
		hr := request()
		hr.TLS = tc.state
		user := identify(t, of, hr, nil)
		assert.Equal(t, tc.want, user.ID, name)
		if tc.want != "" {
			assert.Same(t, alice, user.Credentials)
			assert.Equal(t, "certificate", user.Scheme)
		}
	}
}

// The header counts from a trusted proxy alone.
func TestProxyHeader(t *testing.T) {
	t.Parallel()
	trusted, err := web.ParseTrustedProxies([]string{"192.0.2.1"})
	require.NoError(t, err)
	app := &web.Application{Trusted: trusted}
	of := security.ProxyHeader("X-Remote-User")
	from := func(addr string, header ...string) *http.Request {
		hr := request(header...)
		hr.RemoteAddr = addr
		return hr
	}
	assert.Equal(t, security.User{ID: "alice", Scheme: "header"}, identify(t, of, from("192.0.2.1:1234", "X-Remote-User", "alice"), app))
	for name, hr := range map[string]*http.Request{
		"another peer":     from("192.0.2.2:1234", "X-Remote-User", "alice"),
		"forwarded for it": from("192.0.2.2:1234", "X-Remote-User", "alice", "X-Forwarded-For", "192.0.2.1"),
		"no address":       from("", "X-Remote-User", "alice"),
		"none":             from("192.0.2.1:1234"),
		"empty":            from("192.0.2.1:1234", "X-Remote-User", ""),
		"client and proxy": from("192.0.2.1:1234", "X-Remote-User", "eve", "X-Remote-User", "alice"),
		"not UTF-8":        from("192.0.2.1:1234", "X-Remote-User", "\xff"),
		"another spelling": from("192.0.2.1:1234", "X_Remote_User", "alice"),
	} {
		assert.Empty(t, identify(t, of, hr, app), name)
	}
	assert.Empty(t, identify(t, of, from("192.0.2.1:1234", "X-Remote-User", "alice"), nil), "without trusted proxies")
}
