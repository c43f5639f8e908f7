package jwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
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

const (
	issuer   = "https://login.example.com"
	audience = "https://api.example.com"
)

var (
	rsaKey, otherRSA = newRSA(), newRSA()
	ecKey            = newEC()
	edPublic, edKey  = newEd()
)

func newRSA() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func newEC() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func newEd() (ed25519.PublicKey, ed25519.PrivateKey) {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return public, key
}

// claims are those of a good token, with changes; nil removes one.
func claims(changes ...any) map[string]any {
	now := time.Now().Unix()
	c := map[string]any{"iss": issuer, "sub": "alice", "aud": audience, "exp": now + 600, "nbf": now, "iat": now}
	for i := 0; i < len(changes); i += 2 {
		c[changes[i].(string)] = changes[i+1]
		if changes[i+1] == nil {
			delete(c, changes[i].(string))
		}
	}
	return c
}

// sign returns a token.
func sign(t testing.TB, algorithm string, key any, id string, header map[string]any, c map[string]any) string {
	t.Helper()
	o := new(jose.SignerOptions)
	for name, value := range header {
		o.WithHeader(jose.HeaderKey(name), value)
	}
	if id != "" {
		o.WithHeader("kid", id)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(algorithm), Key: key}, o)
	require.NoError(t, err)
	text, err := json.Marshal(c)
	require.NoError(t, err)
	signed, err := signer.Sign(text)
	require.NoError(t, err)
	token, err := signed.CompactSerialize()
	require.NoError(t, err)
	return token
}

// unsigned returns header and claims as in a token, with a dot between them.
func unsigned(t testing.TB, header, c map[string]any) string {
	t.Helper()
	a, err := json.Marshal(header)
	require.NoError(t, err)
	b, err := json.Marshal(c)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(a) + "." + base64.RawURLEncoding.EncodeToString(b)
}

var keys = jwt.Static(map[string]crypto.PublicKey{"rsa": &rsaKey.PublicKey, "ec": &ecKey.PublicKey, "ed": edPublic})

func identifier() security.Identifier {
	return jwt.New(jwt.Options{Issuer: issuer, Audience: audience, Keys: keys})
}

func identify(t *testing.T, of security.Identifier, token string) security.User {
	t.Helper()
	hr := httptest.NewRequest("GET", "/", nil)
	hr.Header.Set("Authorization", "Bearer "+token)
	user, err := of.Identify(web.Begin(nil, hr))
	require.NoError(t, err)
	return user
}

func TestValidTokens(t *testing.T) {
	t.Parallel()
	for name, token := range map[string]string{
		"RS256":     sign(t, "RS256", rsaKey, "rsa", nil, claims()),
		"ES256":     sign(t, "ES256", ecKey, "ec", nil, claims()),
		"EdDSA":     sign(t, "EdDSA", edKey, "ed", nil, claims()),
		"typ":       sign(t, "RS256", rsaKey, "rsa", map[string]any{"typ": "at+jwt"}, claims()),
		"audiences": sign(t, "RS256", rsaKey, "rsa", nil, claims("aud", []string{"https://other.example.com", audience})),
		"leeway":    sign(t, "RS256", rsaKey, "rsa", nil, claims("exp", time.Now().Unix()-30, "nbf", time.Now().Unix()+30)),
		"no nbf":    sign(t, "RS256", rsaKey, "rsa", nil, claims("nbf", nil, "iat", nil)),
	} {
		user := identify(t, identifier(), token)
		require.Equal(t, "alice", user.ID, name)
		assert.Equal(t, "bearer", user.Scheme)
		c := user.Credentials.(*jwt.Claims)
		assert.Equal(t, issuer, c.Issuer)
		assert.Contains(t, c.Audience, audience)
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	of := jwt.New(jwt.Options{Issuer: issuer, Audience: audience, Keys: keys, User: func(_ *web.Request, c *jwt.Claims) (security.User, error) {
		var more struct {
			Email string `json:"email"`
		}
		err := c.Decode(&more)
		if c.ID == "revoked" {
			return security.User{}, err
		}
		return security.User{ID: more.Email, Principals: c.Scopes}, err
	}})
	user := identify(t, of, sign(t, "RS256", rsaKey, "rsa", nil, claims("email", "alice@example.com", "scope", "read  write", "sub", nil)))
	assert.Equal(t, "alice@example.com", user.ID)
	assert.Equal(t, []string{"read", "write"}, user.Principals)
	assert.Empty(t, identify(t, of, sign(t, "RS256", rsaKey, "rsa", nil, claims("email", "a@b", "jti", "revoked"))))
}

// Each of these is refused by a rule of its own.
func TestRefusedTokens(t *testing.T) {
	t.Parallel()
	now := time.Now().Unix()
	good := sign(t, "RS256", rsaKey, "rsa", nil, claims())
	head, rest, _ := strings.Cut(good, ".")
	body, signature, _ := strings.Cut(rest, ".")
	der, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	require.NoError(t, err)
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	for name, token := range map[string]string{
		"issuer":          sign(t, "RS256", rsaKey, "rsa", nil, claims("iss", issuer+"/")),
		"no issuer":       sign(t, "RS256", rsaKey, "rsa", nil, claims("iss", nil)),
		"audience":        sign(t, "RS256", rsaKey, "rsa", nil, claims("aud", "https://other.example.com")),
		"no audience":     sign(t, "RS256", rsaKey, "rsa", nil, claims("aud", nil)),
		"empty audience":  sign(t, "RS256", rsaKey, "rsa", nil, claims("aud", []string{})),
		"expired":         sign(t, "RS256", rsaKey, "rsa", nil, claims("exp", now-61)),
		"no end":          sign(t, "RS256", rsaKey, "rsa", nil, claims("exp", nil)),
		"end is zero":     sign(t, "RS256", rsaKey, "rsa", nil, claims("exp", 0)),
		"end is text":     sign(t, "RS256", rsaKey, "rsa", nil, claims("exp", "tomorrow")),
		"not yet":         sign(t, "RS256", rsaKey, "rsa", nil, claims("nbf", now+120)),
		"from the future": sign(t, "RS256", rsaKey, "rsa", nil, claims("iat", now+120)),
		"no subject":      sign(t, "RS256", rsaKey, "rsa", nil, claims("sub", nil)),
		"other use":       sign(t, "RS256", rsaKey, "rsa", map[string]any{"typ": "logout+jwt"}, claims()),
		"unknown crit":    unsignedWith(t, map[string]any{"alg": "RS256", "kid": "rsa", "crit": []string{"b65"}, "b65": true}, claims()),

		"other key":       sign(t, "RS256", otherRSA, "rsa", nil, claims()),
		"unknown kid":     sign(t, "RS256", rsaKey, "rsa2", nil, claims()),
		"kid of another":  sign(t, "RS256", rsaKey, "ec", nil, claims()),
		"no kid":          sign(t, "RS256", rsaKey, "", nil, claims()),
		"kid as path":     sign(t, "RS256", rsaKey, "../rsa", nil, claims()),
		"not in the list": sign(t, "RS512", rsaKey, "rsa", nil, claims()),
		"PSS":             sign(t, "PS256", rsaKey, "rsa", nil, claims()),
		"embedded key":    embedded(t, otherRSA),
		"jku":             sign(t, "RS256", otherRSA, "rsa", map[string]any{"jku": "https://evil.example/jwks.json"}, claims()),

		"alg none":               unsigned(t, map[string]any{"alg": "none", "kid": "rsa"}, claims()) + ".",
		"alg None":               unsigned(t, map[string]any{"alg": "NONE", "kid": "rsa"}, claims()) + ".",
		"alg none, signed":       unsigned(t, map[string]any{"alg": "none", "kid": "rsa"}, claims()) + "." + signature,
		"no alg":                 unsigned(t, map[string]any{"kid": "rsa"}, claims()) + "." + signature,
		"no signature":           head + "." + body + ".",
		"HS256 with the PEM":     sign(t, "HS256", publicPEM, "rsa", nil, claims()),
		"HS256 with the DER":     sign(t, "HS256", der, "rsa", nil, claims()),
		"HS256 with the modulus": sign(t, "HS256", rsaKey.N.Bytes(), "rsa", nil, claims()),
		"HS256 with the kid":     sign(t, "HS256", []byte(strings.Repeat("rsa", 20)), "rsa", nil, claims()),

		"two parts":        head + "." + body,
		"four parts":       good + "." + signature,
		"five parts":       head + "." + body + "." + signature + "." + body + "." + signature,
		"other claims":     head + "." + strings.Split(sign(t, "RS256", otherRSA, "rsa", nil, claims("sub", "bob")), ".")[1] + "." + signature,
		"padding":          good + "=",
		"empty":            "..",
		"dots":             strings.Repeat(".", 8000),
		"oversized":        sign(t, "RS256", rsaKey, "rsa", nil, claims("x", strings.Repeat("x", 10000))),
		"not JSON":         base64.RawURLEncoding.EncodeToString([]byte("{")) + "." + body + "." + signature,
		"JSON serialising": base64.RawURLEncoding.EncodeToString([]byte(`{"payload":"` + body + `","protected":"` + head + `","signature":"` + signature + `"}`)),
	} {
		assert.Empty(t, identify(t, identifier(), token), name)
	}
	require.Equal(t, "alice", identify(t, identifier(), good).ID)
}

// unsignedWith returns a token with a header that no signer makes, and a true signature.
func unsignedWith(t *testing.T, header, c map[string]any) string {
	t.Helper()
	text := unsigned(t, header, c)
	hash := crypto.SHA256.New()
	hash.Write([]byte(text))
	sum, err := rsa.SignPKCS1v15(rand.Reader, rsaKey, crypto.SHA256, hash.Sum(nil))
	require.NoError(t, err)
	return text + "." + base64.RawURLEncoding.EncodeToString(sum)
}

// embedded returns a token that brings its own key along.
func embedded(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: "RS256", Key: key}, &jose.SignerOptions{EmbedJWK: true})
	require.NoError(t, err)
	text, err := json.Marshal(claims())
	require.NoError(t, err)
	signed, err := signer.Sign(text)
	require.NoError(t, err)
	token, err := signed.CompactSerialize()
	require.NoError(t, err)
	return token
}

// The signature covers every bit of header and claims.
func TestTokenChangedBitByBit(t *testing.T) {
	t.Parallel()
	of := identifier()
	token := sign(t, "EdDSA", edKey, "ed", nil, claims())
	require.Equal(t, "alice", identify(t, of, token).ID)
	for i := range len(token) {
		for bit := range 7 {
			changed := []byte(token)
			changed[i] ^= 1 << bit
			require.Empty(t, identify(t, of, string(changed)).ID, "byte %d, bit %d", i, bit)
		}
		require.Empty(t, identify(t, of, token[:i]).ID)
	}
}

func TestTokenEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		of := jwt.New(jwt.Options{Issuer: issuer, Audience: audience, Keys: keys, Leeway: -1})
		token := sign(t, "EdDSA", edKey, "ed", nil, claims())
		time.Sleep(599 * time.Second)
		assert.Equal(t, "alice", identify(t, of, token).ID)
		time.Sleep(time.Second)
		assert.Empty(t, identify(t, of, token).ID)
	})
}

func TestChallenge(t *testing.T) {
	t.Parallel()
	hr := httptest.NewRequest("GET", "/", nil)
	hr.Header.Set("Authorization", "Bearer x.y.z")
	challenges, err := identifier().(web.Challenger).Challenges(web.Begin(nil, hr))
	require.NoError(t, err)
	assert.Equal(t, []string{`Bearer realm="https://api.example.com", error="invalid_token", error_description="the token is unknown, expired or revoked"`}, challenges)
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	good := jwt.Options{Issuer: issuer, Audience: audience, Keys: keys}
	for want, change := range map[string]func(o *jwt.Options){
		"no Issuer":                             func(o *jwt.Options) { o.Issuer = "" },
		"no Audience":                           func(o *jwt.Options) { o.Audience = "" },
		"no Keys":                               func(o *jwt.Options) { o.Keys = nil },
		`algorithm "HS256": want some of RS256`: func(o *jwt.Options) { o.Algorithms = []string{"RS256", "HS256"} },
		`algorithm "none"`:                      func(o *jwt.Options) { o.Algorithms = []string{"none"} },
		"invalid realm":                         func(o *jwt.Options) { o.Realm = "\n" },
		"jwt.Static: no keys":                   func(o *jwt.Options) { o.Keys = jwt.Static(nil) },
		`key "a" is a []uint8: want a public key`: func(o *jwt.Options) { o.Keys = jwt.Static(map[string]crypto.PublicKey{"a": []byte("secret")}) },
		`key "a" is a *rsa.PrivateKey`:            func(o *jwt.Options) { o.Keys = jwt.Static(map[string]crypto.PublicKey{"a": rsaKey}) },
		`jwt.Remote: URL "http://example.com/x"`:  func(o *jwt.Options) { o.Keys = jwt.Remote(jwt.RemoteOptions{URL: "http://example.com/x"}) },
		`jwt.Remote: URL ""`:                      func(o *jwt.Options) { o.Keys = jwt.Remote(jwt.RemoteOptions{}) },
	} {
		o := good
		change(&o)
		p := security.New(security.Options{Identify: jwt.New(o)})
		assert.ErrorContains(t, p.Err(), want)
	}
	assert.NoError(t, security.New(security.Options{Identify: jwt.New(good)}).Err())
	_, err := jwt.New(jwt.Options{}).Identify(web.Begin(nil, httptest.NewRequest("GET", "/", nil)))
	assert.Error(t, err)
}

func TestErrorOfUser(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	of := jwt.New(jwt.Options{Issuer: issuer, Audience: audience, Keys: keys, User: func(*web.Request, *jwt.Claims) (security.User, error) {
		return security.User{ID: "eve"}, down
	}})
	hr := httptest.NewRequest("GET", "/", nil)
	hr.Header.Set("Authorization", "Bearer "+sign(t, "EdDSA", edKey, "ed", nil, claims()))
	user, err := of.Identify(web.Begin(nil, hr))
	require.ErrorIs(t, err, down)
	assert.Empty(t, user)
}

// Nothing but a signed token identifies anybody.
func FuzzToken(f *testing.F) {
	of := identifier()
	good := sign(f, "EdDSA", edKey, "ed", nil, claims())
	f.Add(good)
	f.Add("a.b.c")
	f.Add(unsigned(f, map[string]any{"alg": "none"}, claims()) + ".")
	f.Fuzz(func(t *testing.T, token string) {
		if strings.Trim(token, " ") == good {
			return
		}
		assert.Empty(t, identify(t, of, token))
	})
}

// A claim that is spelled in another case is another claim, and none may occur twice: so the subject
// is the one that the issuer means.
func TestNamesOfClaimsAreExact(t *testing.T) {
	t.Parallel()
	c := claims("Sub", "admin", "SCOPE", "everything", "scope", "read")
	user := identify(t, identifier(), sign(t, "EdDSA", edKey, "ed", nil, c))
	assert.Equal(t, "alice", user.ID)
	read := user.Credentials.(*jwt.Claims)
	assert.Equal(t, []string{"read"}, read.Scopes)
	var own struct {
		Subject string `json:"sub"`
	}
	require.NoError(t, read.Decode(&own))
	assert.Equal(t, "alice", own.Subject)

	for name, c := range map[string]map[string]any{
		"subject": claims("sub", nil, "Sub", "admin"), "issuer": claims("iss", nil, "Iss", issuer),
		"audience": claims("aud", nil, "AUD", audience), "end": claims("exp", nil, "Exp", time.Now().Unix()+600),
	} {
		assert.Empty(t, identify(t, identifier(), sign(t, "EdDSA", edKey, "ed", nil, c)).ID, name)
	}

	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: edKey}, new(jose.SignerOptions).WithHeader("kid", "ed"))
	require.NoError(t, err)
	text, err := json.Marshal(claims())
	require.NoError(t, err)
	signed, err := signer.Sign([]byte(strings.TrimSuffix(string(text), "}") + `,"sub":"admin"}`))
	require.NoError(t, err)
	token, err := signed.CompactSerialize()
	require.NoError(t, err)
	assert.Empty(t, identify(t, identifier(), token).ID, "a subject twice")
}
