package jwt

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
	josejwt "github.com/go-jose/go-jose/v4/jwt"

	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views/web"
)

// Options are the options of [New]. Issuer, Audience and Keys are required.
type Options struct {
	// Issuer is who makes the tokens: the claim "iss", letter by letter.
	Issuer string
	// Audience is whom the tokens are for: one of the claim "aud".
	Audience string
	// Keys check the signatures.
	Keys Keys
	// Algorithms are those that a token may have; none: RS256, ES256 and EdDSA. Others are PS256,
	// and the forms with 384 and 512 bits.
	Algorithms []string
	// Leeway is how far the clocks may differ; zero: one minute, below zero: not at all.
	Leeway time.Duration
	// Realm is that of the challenge; "": the Audience.
	Realm string
	// User returns the user of a token that is valid, the zero User if it does not count, for
	// example since it was revoked; nil: the subject is the id.
	User func(r *web.Request, claims *Claims) (security.User, error)
}

// Claims are what a valid token says.
type Claims struct {
	Issuer, Subject, ID         string
	Audience                    []string
	Expiry, NotBefore, IssuedAt time.Time // zero if the token does not say
	// Scopes are the words of the claim "scope" (RFC 8693, 4.2).
	Scopes []string

	text json.RawMessage
}

// Decode decodes all claims of the token, as JSON, into a pointer. Names count letter by letter, so
// a field of a struct needs a tag with the name of its claim.
func (c *Claims) Decode(into any) error { return json.Unmarshal(c.text, into) }

// Keys find the public keys for the id in the header of a token, which is "" if it has none. They
// must be safe for concurrent use. An unknown id is not an error: Find then returns no keys. An
// error means that the keys cannot be read, and becomes that of the request.
type Keys interface {
	Find(ctx context.Context, id string) ([]jose.JSONWebKey, error)
}

// asymmetric are the algorithms that may be used.
var asymmetric = []string{
	"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
}

// New returns an identifier for security.New and for its combinations.
func New(o Options) security.Identifier {
	err := o.check()
	if o.Leeway == 0 {
		o.Leeway = time.Minute
	}
	o.Leeway = max(o.Leeway, 0)
	if o.Algorithms == nil {
		o.Algorithms = []string{"RS256", "ES256", "EdDSA"}
	}
	if o.Realm == "" {
		o.Realm = o.Audience
	}
	c := &checker{Options: o}
	for _, name := range o.Algorithms {
		c.algorithms = append(c.algorithms, jose.SignatureAlgorithm(name))
	}
	return &identifier{Identifier: security.BearerToken(o.Realm, c.find), err: err}
}

func (o *Options) check() error {
	var errs []error
	if o.Issuer == "" {
		errs = append(errs, errors.New("no Issuer: want the value of the claim iss, such as https://login.example.com"))
	}
	if o.Audience == "" {
		errs = append(errs, errors.New("no Audience: want the value of the claim aud; otherwise tokens for other services would count"))
	}
	if o.Keys == nil {
		errs = append(errs, errors.New("no Keys: want jwt.Remote or jwt.Static"))
	} else if made, ok := o.Keys.(interface{ Err() error }); ok {
		errs = append(errs, made.Err())
	}
	for _, name := range o.Algorithms {
		if !slices.Contains(asymmetric, name) {
			errs = append(errs, fmt.Errorf("algorithm %q: want some of %s", name, strings.Join(asymmetric, ", ")))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("jwt.New: %w", err)
	}
	return nil
}

// identifier is the bearer identifier with the mistakes of the options.
type identifier struct {
	security.Identifier
	err error
}

var (
	_ security.Identifier = (*identifier)(nil)
	_ web.Challenger      = (*identifier)(nil)
)

func (i *identifier) Err() error {
	if i.err != nil {
		return i.err
	}
	return i.Identifier.(interface{ Err() error }).Err()
}

func (i *identifier) Identify(r *web.Request) (security.User, error) {
	if i.err != nil {
		return security.User{}, i.err
	}
	return i.Identifier.Identify(r)
}

func (i *identifier) Challenges(r *web.Request) ([]string, error) {
	return i.Identifier.(web.Challenger).Challenges(r)
}

// checker reads tokens.
type checker struct {
	Options
	algorithms []jose.SignatureAlgorithm
}

func (c *checker) find(r *web.Request, token string) (security.User, error) {
	claims, err := c.read(r.Context(), token)
	if err != nil {
		if invalid, ok := errors.AsType[*invalidError](err); ok {
			r.Log().Debug().Err(invalid).Msg("bearer token refused")
			return security.User{}, nil
		}
		return security.User{}, err
	}
	user := security.User{ID: claims.Subject}
	if c.User != nil {
		if user, err = c.User(r, claims); err != nil || user.ID == "" {
			return security.User{}, err
		}
	}
	if user.Credentials == nil {
		user.Credentials = claims
	}
	return user, nil
}

// invalidError says why a token does not count.
type invalidError struct{ err error }

func (e *invalidError) Error() string { return e.err.Error() }
func (e *invalidError) Unwrap() error { return e.err }

func invalid(format string, args ...any) error {
	return &invalidError{fmt.Errorf(format, args...)}
}

// read returns the claims of a valid token. Any other is an *invalidError.
func (c *checker) read(ctx context.Context, token string) (*Claims, error) {
	if !isCanonical(token) {
		return nil, invalid("not base64url in its only form")
	}
	signed, err := jose.ParseSignedCompact(token, c.algorithms)
	if err != nil {
		return nil, &invalidError{err}
	}
	if len(signed.Signatures) != 1 {
		return nil, invalid("%d signatures", len(signed.Signatures))
	}
	header := signed.Signatures[0].Protected
	if !slices.Contains(c.algorithms, jose.SignatureAlgorithm(header.Algorithm)) {
		return nil, invalid("algorithm %q", header.Algorithm) // the parser has checked it already
	}
	if typ, _ := header.ExtraHeaders[jose.HeaderType].(string); typ != "" && !strings.EqualFold(typ, "JWT") && !strings.EqualFold(strings.TrimPrefix(strings.ToLower(typ), "application/"), "at+jwt") {
		return nil, invalid("type %q", typ) // of another use, RFC 8725, 3.11
	}
	keys, err := c.Keys.Find(ctx, header.KeyID)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if !fits(&key, header.Algorithm) {
			continue
		}
		if payload, err := signed.Verify(key.Key); err == nil {
			return c.claims(payload)
		}
	}
	return nil, invalid("no key with id %q for %s has signed it", header.KeyID, header.Algorithm)
}

// isCanonical reports whether each part of a token is base64url without bits that do not count.
// go-jose accepts such bits, in the header and the claims too, since it encodes them again before
// it checks the signature. Then one token would have several texts, and a list of revoked texts
// would miss the others.
func isCanonical(token string) bool {
	strict := base64.RawURLEncoding.Strict()
	for part := range strings.SplitSeq(token, ".") {
		if raw, err := strict.DecodeString(part); err != nil || strict.EncodedLen(len(raw)) != len(part) {
			return false
		}
	}
	return true
}

// fits reports whether a key may check signatures of an algorithm. It must be a public key: a
// secret could be a public key that somebody has taken for one.
func fits(key *jose.JSONWebKey, algorithm string) bool {
	if !key.Valid() || !key.IsPublic() || key.Use != "" && key.Use != "sig" {
		return false
	}
	return key.Algorithm == "" || key.Algorithm == algorithm
}

func (c *checker) claims(payload []byte) (*Claims, error) {
	var read struct {
		josejwt.Claims
		Scope string `json:"scope"`
	}
	// go-jose's package json takes no "Sub" for "sub", and refuses a name that occurs twice (RFC
	// 7519, 4 and 10.1.1). encoding/json accepts both, and the last one counts: so somebody who may
	// choose a further claim of their token would choose its subject.
	if err := json.Unmarshal(payload, &read); err != nil {
		return nil, &invalidError{err}
	}
	switch expected := (josejwt.Expected{Issuer: c.Issuer, AnyAudience: josejwt.Audience{c.Audience}, Time: time.Now()}); {
	case read.Expiry == nil:
		return nil, invalid("it has no end (exp)")
	case !expected.Time.Add(-c.Leeway).Before(read.Expiry.Time()):
		return nil, invalid("it has ended at %v", read.Expiry.Time().UTC())
	case read.Subject == "" && c.User == nil:
		return nil, invalid("it has no subject (sub)")
	default:
		if err := read.ValidateWithLeeway(expected, c.Leeway); err != nil {
			return nil, &invalidError{err}
		}
	}
	return &Claims{
		Issuer: read.Issuer, Subject: read.Subject, ID: read.ID, Audience: read.Audience,
		Expiry: at(read.Expiry), NotBefore: at(read.NotBefore), IssuedAt: at(read.IssuedAt),
		Scopes: strings.Fields(read.Scope), text: payload,
	}, nil
}

func at(d *josejwt.NumericDate) time.Time {
	if d == nil {
		return time.Time{}
	}
	return d.Time()
}
