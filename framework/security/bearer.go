package security

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// NewToken returns a random token of 256 bits for a client, to show once, and its hash, to keep.
// See [HashToken].
func NewToken() (token, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, HashToken(token)
}

// HashToken returns the hash of a random token or key: SHA-256 in hexadecimal digits. Store the
// hash, so that somebody who reads the table cannot use the tokens. Looking one up takes no time
// that depends on how much of a guess is right. Passwords, which can be guessed, need package
// password.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// TokenLookup returns the user of a token by its hash (see [HashToken]), the zero User if the hash
// is not known or the token has expired. It must be safe for concurrent use.
type TokenLookup func(r *web.Request, hash string) (User, error)

// Bearer returns an Identifier for bearer tokens (RFC 6750) that a lookup knows. Only the header
// Authorization counts; tokens in URLs end up in logs. For tokens that say themselves whose they
// are, use package security/jwt.
//
// An anonymous client that is denied a permission is challenged for a token of the realm. The
// challenge says invalid_token if the client sent a token that the lookup does not know, and
// invalid_request if its header is malformed. Responses to requests whose user was looked up vary
// on Authorization.
func Bearer(realm string, lookup TokenLookup) Identifier {
	if lookup == nil {
		return &bearer{err: errors.New("security.Bearer: the lookup is nil: want a function that finds the user of a token")}
	}
	return BearerToken(realm, func(r *web.Request, token string) (User, error) { return lookup(r, HashToken(token)) })
}

// BearerToken is [Bearer] for a function that reads the token itself, for example one that is
// signed. Most applications need Bearer instead, or package security/jwt. The token has the
// characters that RFC 6750 allows, and at most 8 KiB.
func BearerToken(realm string, find func(r *web.Request, token string) (User, error)) Identifier {
	err := checkRealm("Bearer", realm)
	if find == nil {
		err = errors.Join(err, errors.New("security.BearerToken: the function is nil: want one that finds the user of a token"))
	}
	return &bearer{realm: "Bearer realm=" + quoted(realm), find: find, err: err}
}

type bearer struct {
	realm string // the challenge without an error
	find  func(r *web.Request, token string) (User, error)
	err   error
}

var (
	_ Identifier     = (*bearer)(nil)
	_ web.Challenger = (*bearer)(nil)
)

func (b *bearer) Err() error { return b.err }

func (b *bearer) Identify(r *web.Request) (User, error) {
	if b.err != nil {
		return User{}, b.err
	}
	r.AddResponseCallback(varyOnAuthorization)
	token, _ := authorization(r, "bearer")
	if !isToken68(token) {
		return User{}, nil
	}
	user, err := b.find(r, token)
	if err != nil || user.ID == "" {
		return User{}, err
	}
	if user.Scheme == "" {
		user.Scheme = "bearer"
	}
	return user, nil
}

// Challenges returns the challenge of RFC 6750, section 3: with an error code if there was a token.
func (b *bearer) Challenges(r *web.Request) ([]string, error) {
	challenge := b.realm
	switch token, sent := authorization(r, "bearer"); {
	case sent && isToken68(token):
		challenge += `, error="invalid_token", error_description="the token is unknown, expired or revoked"`
	case sent:
		challenge += `, error="invalid_request", error_description="want one header: Authorization: Bearer TOKEN"`
	}
	return []string{challenge}, b.err
}

// isToken68 reports whether a text is a token of RFC 6750 (b64token) and RFC 9110 (token68).
func isToken68(text string) bool {
	body := strings.TrimRight(text, "=")
	for i := range len(body) {
		switch c := body[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~+/", c) >= 0:
		default:
			return false
		}
	}
	return body != ""
}

// APIKey returns an Identifier for keys in a request header of their own, such as "X-API-Key", that
// a lookup knows. The rules are those of [Bearer], but without a challenge, since no standard
// defines one, and responses vary on the header.
func APIKey(header string, lookup TokenLookup) Identifier {
	k := &apiKey{header: http.CanonicalHeaderKey(header), lookup: lookup}
	switch {
	case lookup == nil:
		k.err = errors.New("security.APIKey: the lookup is nil: want a function that finds the user of a key")
	case !isHeaderName(header):
		k.err = fmt.Errorf("security.APIKey: invalid header name %q: want for example X-API-Key", header)
	}
	return k
}

type apiKey struct {
	header string
	lookup TokenLookup
	err    error
}

var _ Identifier = (*apiKey)(nil)

func (k *apiKey) Err() error { return k.err }

func (k *apiKey) Identify(r *web.Request) (User, error) {
	if k.err != nil {
		return User{}, k.err
	}
	r.AddResponseCallback(k.vary)
	key, ok := onlyValue(r, k.header)
	if !ok {
		return User{}, nil
	}
	user, err := k.lookup(r, HashToken(key))
	if err != nil || user.ID == "" {
		return User{}, err
	}
	if user.Scheme == "" {
		user.Scheme = "key"
	}
	return user, nil
}

func (k *apiKey) vary(_ *web.Request, resp *web.Response) error {
	resp.AddVary(k.header)
	return nil
}

// onlyValue returns the value of a header that occurs once, is not empty and not too long.
func onlyValue(r *web.Request, header string) (string, bool) {
	lines := r.Request.Header[header]
	if len(lines) != 1 || lines[0] == "" || len(lines[0]) > maxCredentials {
		return "", false
	}
	return lines[0], true
}

// isHeaderName reports whether a name is a token (RFC 9110, 5.6.2).
func isHeaderName(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return name != ""
}
