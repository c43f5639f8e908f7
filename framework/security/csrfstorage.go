package security

import (
	"net/http"
	"time"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
	"github.com/mastaba-go/mastaba/views/web"
)

// CSRFStorage keeps one text for each client: its CSRF token. It is safe for concurrent use.
type CSRFStorage interface {
	// Token returns the text, also one that SetToken was called with during the same request; "" if
	// there is none.
	Token(r *web.Request) (string, error)
	// SetToken keeps a text in place of the present one.
	SetToken(r *web.Request, text string) error
}

// CSRFInSession keeps the token in the session, under [web.CSRFTokenKey]. It goes with the session,
// and when the session is renewed.
func CSRFInSession() CSRFStorage { return sessionTokens{} }

type sessionTokens struct{}

func (sessionTokens) Token(r *web.Request) (string, error) {
	session, err := r.Session()
	if err != nil {
		return "", err
	}
	return textOf(session, web.CSRFTokenKey)
}

func (sessionTokens) SetToken(r *web.Request, text string) error {
	session, err := r.Session()
	if err != nil {
		return err
	}
	return session.Set(web.CSRFTokenKey, text)
}

// CSRFCookie are the attributes of the cookie of [CSRFInCookie]. The zero value is a cookie for the
// time that the browser runs.
type CSRFCookie struct {
	// Name is the name of the cookie after the prefix __Host-, with which no other host, such as a
	// sibling, can set it; "": csrf_token.
	Name string
	// Lifetime is how long the browser keeps it; 0: until it is closed.
	Lifetime time.Duration
	// Readable lets scripts read the cookie, and send what they read in the header X-CSRF-Token.
	Readable bool
}

// CSRFInCookie keeps the token in a cookie of its own, for applications without sessions: the
// double submit cookie. It is Secure, SameSite=Lax, bound to the host, and HttpOnly unless it is
// readable. Over plain http, Secure and the prefix are left out only in development
// (web.Application.Development).
func CSRFInCookie(o CSRFCookie) CSRFStorage {
	if o.Name == "" {
		o.Name = "csrf_token"
	}
	return &cookieTokens{options: o, changed: web.NewKey[string]("csrf cookie", nil)}
}

type cookieTokens struct {
	options  CSRFCookie
	changed  *web.Key[string] // what SetToken was called with
	insecure insecureWarning
}

var (
	_ CSRFStorage = sessionTokens{}
	_ CSRFStorage = (*cookieTokens)(nil)
)

func (s *cookieTokens) readable() bool { return s.options.Readable }

func (s *cookieTokens) Token(r *web.Request) (string, error) {
	if text, ok := s.changed.Peek(r); ok {
		return text, nil
	}
	s.onResponse(r)
	name := s.name(r)
	values := cookies.Named(r.Request.Header, name)
	for _, text := range values.All() {
		if _, ok := parseToken(text); ok {
			return text, nil
		}
	}
	return "", nil
}

func (s *cookieTokens) SetToken(r *web.Request, text string) error {
	s.onResponse(r)
	s.changed.Set(r, text)
	return nil
}

// usedKey marks a request whose response depends on the cookie.
var usedKey = web.NewKey[bool]("csrf cookie used", nil)

// onResponse makes the response vary on the cookie and set a changed one.
func (s *cookieTokens) onResponse(r *web.Request) {
	if used, _ := usedKey.Peek(r); used {
		return
	}
	usedKey.Set(r, true)
	r.AddResponseCallback(func(r *web.Request, resp *web.Response) error {
		resp.AddVary("Cookie")
		if text, ok := s.changed.Peek(r); ok {
			cookie := &http.Cookie{
				Name: s.name(r), Value: text, Path: "/", MaxAge: int(s.options.Lifetime / time.Second),
				Secure: secureCookies(r), HttpOnly: !s.options.Readable, SameSite: http.SameSiteLaxMode,
			}
			s.insecure.check(r, cookie)
			setPrivate(resp, cookie)
		}
		return nil
	})
}

func (s *cookieTokens) name(r *web.Request) string {
	if secureCookies(r) {
		return "__Host-" + s.options.Name
	}
	return s.options.Name
}

// secureCookies reports whether cookies are Secure: always, except in development over plain http.
func secureCookies(r *web.Request) bool {
	return r.Scheme() == "https" || !r.Application().Development
}
