package security

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"html"
	"html/template"
	"sync"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// A token has 32 random bytes. A page gets it masked: 32 other random bytes, then the token XOR
// these. So the text differs in each response, and what a compressed response reveals about it
// (BREACH) is worth nothing for the next one.
const tokenSize = 32

type token [tokenSize]byte

func newToken() (t token) {
	_, _ = rand.Read(t[:]) // it never fails
	return t
}

// masked returns the text of the token for one response.
func (t token) masked() string {
	var b [2 * tokenSize]byte
	_, _ = rand.Read(b[:tokenSize])
	subtle.XORBytes(b[tokenSize:], b[:tokenSize], t[:])
	return cookies.Encode(b[:])
}

// unmasked reads a text that masked returned; false if it is malformed.
func unmasked(text string) (t token, ok bool) {
	var b [2 * tokenSize]byte
	if !cookies.Decode(b[:], text) {
		return t, false
	}
	subtle.XORBytes(t[:], b[:tokenSize], b[tokenSize:])
	return t, true
}

// String returns the text of the token in a storage.
func (t token) String() string { return cookies.Encode(t[:]) }

// parseToken reads a text that String returned; false if it is malformed.
func parseToken(text string) (t token, ok bool) {
	ok = cookies.Decode(t[:], text)
	return t, ok
}

// Token returns the token of the client for one page or script, masked. It is made when it is first
// asked for, so clients without forms get no session for it.
func (c *CSRF) Token(r *web.Request) (string, error) {
	if c.err != nil {
		return "", fmt.Errorf("csrf: %w", c.err)
	}
	if c.options.OriginOnly {
		return "", nil
	}
	making, err := makingKey.Get(r)
	if err != nil {
		return "", err
	}
	making.Lock()
	defer making.Unlock()
	t, ok, err := c.stored(r)
	if err != nil {
		return "", err
	}
	if !ok {
		t = newToken()
		if err := c.options.Storage.SetToken(r, t.String()); err != nil {
			return "", fmt.Errorf("keep the CSRF token: %w", err)
		}
	}
	return t.masked(), nil
}

// makingKey holds a lock, so that parts of a page which are rendered at once get one token.
var makingKey = web.NewKey("csrf token", func(*web.Request) (*sync.Mutex, error) { return new(sync.Mutex), nil })

// stored returns the token of the client; false if it has none.
func (c *CSRF) stored(r *web.Request) (t token, ok bool, err error) {
	text, err := c.options.Storage.Token(r)
	if err != nil {
		return t, false, fmt.Errorf("read the CSRF token: %w", err)
	}
	t, ok = parseToken(text)
	return t, ok, nil
}

// Field returns the name of the form field in which a token is sent: see [CSRFField].
func (c *CSRF) Field() string { return c.options.Field }

// Rotate replaces the token of a client that has one.
func (c *CSRF) Rotate(r *web.Request) error {
	if c.options.OriginOnly {
		return nil
	}
	if _, ok, err := c.stored(r); err != nil || !ok {
		return err
	}
	return c.options.Storage.SetToken(r, newToken().String())
}

// header returns the token in the header; "" without one.
func (c *CSRF) header(r *web.Request) string {
	if lines := r.Request.Header[c.canonical]; len(lines) > 0 {
		return lines[0]
	}
	return ""
}

func (c *CSRF) checkToken(r *web.Request) error {
	sent := c.header(r)
	if sent == "" {
		form, err := r.Parameters()
		if err != nil {
			return err
		}
		sent, _ = form.Posted(c.options.Field)
	}
	if sent == "" {
		return c.noToken(r)
	}
	want, ok, err := c.stored(r)
	switch {
	case err != nil:
		return err
	case !ok:
		return &BadCSRFToken{"there is no token for this client: its session has ended, or it sends no cookies"}
	}
	got, ok := unmasked(sent)
	if plain, is := c.options.Storage.(interface{ readable() bool }); !ok && is && plain.readable() {
		got, ok = parseToken(sent) // a script has read it from the cookie
	}
	if !ok || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		return &BadCSRFToken{"the token is not that of this client, or no longer: load the page again"}
	}
	return nil
}

// noToken returns the error of a request without a token. In development it says how to send one.
func (c *CSRF) noToken(r *web.Request) error {
	reason := fmt.Sprintf("the request has no token, neither in the header %s nor in the form field %s", c.options.Header, c.options.Field)
	if !r.Application().Development {
		return &BadCSRFToken{reason}
	}
	hint := fmt.Sprintf("send the header %s, with what security.CSRFToken returns", c.options.Header)
	switch web.Drive(r).ContentType() {
	case "application/x-www-form-urlencoded", "multipart/form-data":
		hint = fmt.Sprintf(`write {{csrf}} right after <form method="post"> in the template, before any field for a file, or the result of `+
			"security.CSRFField without package views/templates; a script may send the header instead (%s)", hint)
	}
	r.Log().Warn().Str("path", r.URL.Path).Msg("development: " + reason + ": " + hint)
	return &BadCSRFToken{reason + ": " + hint}
}

// CSRFToken returns a token for the forms and scripts of the page that this request gets: a script
// sends it in the header X-CSRF-Token. It is "" if the application's policy has no tokens.
func CSRFToken(r *web.Request) (string, error) {
	policy, err := tokensOf(r)
	if err != nil {
		return "", err
	}
	return policy.Token(r)
}

// CSRFField returns a hidden field with a token, to write into each form with method="post":
//
//	<form method="post">{{.Field}}…</form>
//
// It is "" if the application's policy has no tokens.
func CSRFField(r *web.Request) (template.HTML, error) {
	policy, err := tokensOf(r)
	if err != nil {
		return "", err
	}
	text, err := policy.Token(r)
	if err != nil || text == "" {
		return "", err
	}
	return template.HTML(`<input type="hidden" name="` + html.EscapeString(policy.options.Field) + `" value="` + text + `">`), nil
}

func tokensOf(r *web.Request) (*CSRF, error) {
	if r.Registry() != nil {
		if policy, ok := registry.Lookup[web.CSRFPolicy](r.Registry()); ok {
			if c, ok := policy.(*CSRF); ok {
				return c, nil
			}
			return nil, fmt.Errorf("the CSRF policy of the application is a %T, not a *security.CSRF: ask it for a token", policy)
		}
	}
	return nil, errors.New("the application has no CSRF policy: set framework.Options.CSRF, for example to security.NewCSRF")
}

// AddCSRFVars gives templates two variables, which they call: csrf_token and csrf_field, for
// [CSRFToken] and [CSRFField].
//
//	{{call .csrf_field}}
//
// They are functions, so that a page without a form makes no token.
func AddCSRFVars(c registry.Recorder) {
	registry.Subscribe(c.Directive(), func(e *web.BeforeRender) error {
		r := e.Request
		e.Vars["csrf_token"] = func() (string, error) { return CSRFToken(r) }
		e.Vars["csrf_field"] = func() (template.HTML, error) { return CSRFField(r) }
		return nil
	})
}
