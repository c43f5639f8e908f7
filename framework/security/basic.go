package security

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/views/web"
)

// Basic returns an Identifier for HTTP Basic authentication (RFC 7617). check reports whether a
// password is that of a user; password.Checker has such a method, for files of passwords and for
// hashes from anywhere else.
//
//	security.Basic("wiki", passwords.Check)
//
// An anonymous client that is denied a permission is challenged for a user of the realm, in UTF-8.
// Credentials in Latin-1, which old clients send, are accepted too. A client with malformed
// credentials or with several Authorization headers is anonymous.
//
// Every request brings the password again, so check must be fast, or remember what it has checked,
// as password.Checker does. Browsers keep the password until they are closed, so there is no
// logout. Responses to requests whose user was looked up vary on Authorization.
func Basic(realm string, check func(ctx context.Context, user, password string) (bool, error)) Identifier {
	err := checkRealm("Basic", realm)
	if check == nil {
		err = errors.Join(err, errors.New("security.Basic: the function is nil: want one that checks a password"))
	}
	return &basic{challenge: []string{"Basic realm=" + quoted(realm) + `, charset="UTF-8"`}, check: check, err: err}
}

type basic struct {
	challenge []string
	check     func(ctx context.Context, user, password string) (bool, error)
	err       error
}

var (
	_ Identifier     = (*basic)(nil)
	_ web.Challenger = (*basic)(nil)
)

func (b *basic) Err() error { return b.err }

func (b *basic) Identify(r *web.Request) (User, error) {
	if b.err != nil {
		return User{}, b.err
	}
	r.AddResponseCallback(varyOnAuthorization)
	credentials, _ := authorization(r, "basic")
	user, password, ok := parseBasic(credentials)
	if !ok {
		return User{}, nil
	}
	if ok, err := b.check(r.Context(), user, password); err != nil || !ok {
		return User{}, err
	}
	return User{ID: user, Scheme: "basic"}, nil
}

func (b *basic) Challenges(*web.Request) ([]string, error) { return b.challenge, b.err }

// parseBasic returns user and password of Basic credentials: base64 of "user:password".
func parseBasic(credentials string) (user, password string, ok bool) {
	if credentials == "" {
		return "", "", false
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(credentials)
	if err != nil {
		return "", "", false
	}
	text := string(raw)
	if !utf8.Valid(raw) {
		text = latin1(raw)
	}
	user, password, ok = strings.Cut(text, ":")
	if !ok || user == "" || strings.ContainsFunc(text, isControl) {
		return "", "", false
	}
	return user, password, true
}

func isControl(c rune) bool { return c < ' ' || c == 0x7f }

func latin1(raw []byte) string {
	text := make([]rune, len(raw))
	for i, c := range raw {
		text[i] = rune(c)
	}
	return string(text)
}
