package security

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
	"github.com/mastaba-go/mastaba/views/web"
)

// TicketOptions are the options of [Tickets]. Only Secrets is required.
type TicketOptions struct {
	// Secrets sign the tickets: at least 32 random bytes each, such as the output of `openssl rand
	// -base64 32`. The first signs; tickets that another one signed are valid too. To change the
	// secret, put a new one in front, and remove the old one once Lifetime is over, or at once to
	// log everybody out. Secrets may be the same as those of sessions.
	Secrets []string
	// Name is the name of the cookie, by default "ticket". It gets the prefix __Host-, with which
	// browsers refuse it from insecure pages and from other hosts (RFC 6265bis, 4.1.3).
	Name string
	// Timeout is how long a ticket lasts after it was issued; 12 hours by default. Negative means
	// as long as Lifetime.
	Timeout time.Duration
	// Lifetime is how long a login lasts at most, however often its ticket is reissued; 30 days by
	// default. Negative means without a limit.
	Lifetime time.Duration
	// RenewAfter is how old a ticket may become before a new one is sent, so that a user who stays
	// active stays logged in (Pyramid's reissue_time); a tenth of Timeout by default. Negative
	// means never.
	RenewAfter time.Duration
	// MaxAge is how long the browser keeps the cookie, from the last time that it was sent. The
	// default is until the browser closes.
	MaxAge time.Duration
	// SameSite is http.SameSiteLaxMode by default.
	SameSite http.SameSite
	// Tokens returns words to put into the ticket of a user at login; nil: none. A token has a
	// letter, then letters, digits, "+", "_" and "-".
	Tokens func(r *web.Request, userID string) ([]string, error)
	// Valid reports whether a ticket still counts, for example whether it was issued after the last
	// change of the password, or the last logout; nil: all do. Without it, a copy of a ticket works
	// after its user has logged out, until it ends: nothing but the cookie knows of the login.
	Valid func(r *web.Request, t *Ticket) (bool, error)
}

// Tickets returns an Identifier that keeps the user in a signed cookie, without a store, as
// Pyramid's AuthTktCookieHelper does. The Credentials of the [User] are a [*Ticket].
//
// The cookie is sent once per response at most. It is Secure, HttpOnly and SameSite=Lax, and
// belongs to the host alone. Only in development, over plain http, it is not Secure and has no
// prefix, and the log says so. It is signed with HMAC-SHA-256 and not encrypted: its user can read
// it. A ticket that has a wrong signature, is malformed or has ended is ignored. Responses to
// requests whose user was looked up vary on Cookie. A response that caches may share
// (Cache-Control: public) brings no new ticket; the next one does.
func Tickets(o TicketOptions) Identifier {
	t := &tickets{options: o, settled: web.NewKey[bool]("ticket settled", nil)}
	t.err = t.defaults()
	return t
}

type tickets struct {
	options   TicketOptions
	secure    ticketCookie
	plain     ticketCookie // in development over plain http
	plainOnce sync.Once
	insecure  insecureWarning
	settled   *web.Key[bool] // Remember or Forget was called, so there is nothing to renew
	err       error
}

// ticketCookie is the cookie, with its name and its keys: a ticket is valid under its name alone.
type ticketCookie struct {
	name   string
	secure bool
	keys   *keyring
}

var (
	_ Identifier     = (*tickets)(nil)
	_ web.Rememberer = (*tickets)(nil)
)

func (t *tickets) defaults() error {
	o := &t.options
	if o.Name == "" {
		o.Name = "ticket"
	}
	o.Timeout = cmp.Or(o.Timeout, 12*time.Hour)
	o.Lifetime = cmp.Or(o.Lifetime, 30*24*time.Hour)
	o.RenewAfter = cmp.Or(o.RenewAfter, max(o.Timeout, 0)/10)
	if o.SameSite == 0 {
		o.SameSite = http.SameSiteLaxMode
	}
	t.secure = ticketCookie{name: "__Host-" + o.Name, secure: true}
	t.plain = ticketCookie{name: o.Name}
	var errs []error
	for _, c := range []*ticketCookie{&t.secure, &t.plain} {
		keys, err := newKeyring(o.Secrets, "mastaba ticket v1 "+c.name)
		if c.keys = keys; err == nil {
			err = t.cookie(c, "", 0).Valid()
		}
		if err != nil {
			errs = append(errs, err)
			break // the other has the same mistake
		}
	}
	if o.Timeout > 0 && o.RenewAfter >= o.Timeout {
		errs = append(errs, fmt.Errorf("RenewAfter of %v: want less than the Timeout of %v, or tickets in use end", o.RenewAfter, o.Timeout))
	}
	if o.MaxAge < 0 {
		errs = append(errs, fmt.Errorf("MaxAge of %v: want a positive duration, or 0 for a cookie that ends with the browser", o.MaxAge))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("security.Tickets: %w", err)
	}
	return nil
}

func (t *tickets) Err() error { return t.err }

// cookieFor returns the cookie for a request: the secure one, except in development over plain
// http.
func (t *tickets) cookieFor(r *web.Request) *ticketCookie {
	if r.Application().Development && r.TLS == nil && r.Scheme() != "https" {
		t.plainOnce.Do(func() {
			r.Log().Warn().Str("cookie", t.plain.name).Msg("development: over plain http the cookie of the login has no Secure attribute")
		})
		return &t.plain
	}
	return &t.secure
}

func (t *tickets) Identify(r *web.Request) (User, error) {
	if t.err != nil {
		return User{}, t.err
	}
	r.AddResponseCallback(varyOnCookie)
	c := t.cookieFor(r)
	now := time.Now()
	ticket := t.read(c, r, now)
	if ticket == nil {
		return User{}, nil
	}
	if t.options.Valid != nil {
		if valid, err := t.options.Valid(r, ticket); err != nil || !valid {
			return User{}, err
		}
	}
	if t.options.RenewAfter > 0 && now.Sub(ticket.Issued) > t.options.RenewAfter {
		again := &Ticket{UserID: ticket.UserID, Tokens: ticket.Tokens, LoggedIn: ticket.LoggedIn, Issued: now}
		r.AddResponseCallback(func(r *web.Request, resp *web.Response) error { return t.renew(r, resp, again) })
	}
	return User{ID: ticket.UserID, Scheme: "ticket", Credentials: ticket}, nil
}

func varyOnCookie(_ *web.Request, resp *web.Response) error {
	resp.AddVary("Cookie")
	return nil
}

// read returns the ticket of a request, nil if it has none that is valid and has not ended.
func (t *tickets) read(c *ticketCookie, r *web.Request, now time.Time) *Ticket {
	values := cookies.Named(r.Request.Header, c.name)
	for _, value := range values.All() {
		payload, ok := c.keys.open(value)
		if !ok {
			continue
		}
		ticket, err := parseTicket(payload)
		switch o := &t.options; {
		case err != nil,
			o.Timeout > 0 && now.Sub(ticket.Issued) >= o.Timeout,
			o.Lifetime > 0 && now.Sub(ticket.LoggedIn) >= o.Lifetime:
			continue
		}
		return ticket
	}
	return nil
}

func (t *tickets) renew(r *web.Request, resp *web.Response, ticket *Ticket) error {
	if settled, _ := t.settled.Peek(r); settled || isShared(resp) {
		return nil
	}
	cookie, err := t.issue(t.cookieFor(r), ticket)
	if err == nil {
		setPrivate(resp, cookie)
	}
	return err
}

// setPrivate sets a cookie. No shared cache may keep the response, which would give it to others.
func setPrivate(resp *web.Response, cookie *http.Cookie) {
	resp.SetCookie(cookie)
	resp.KeepPrivate()
}

// isShared reports whether Cache-Control lets a shared cache keep a response, with its cookies.
func isShared(resp *web.Response) bool {
	control := strings.ToLower(strings.Join(resp.HeaderValues("Cache-Control"), ","))
	return strings.Contains(control, "public") || strings.Contains(control, "s-maxage")
}

func (t *tickets) Remember(r *web.Request, userID string) (func(*web.Response), error) {
	now := time.Now()
	ticket := &Ticket{UserID: userID, LoggedIn: now, Issued: now}
	if t.options.Tokens != nil {
		var err error
		if ticket.Tokens, err = t.options.Tokens(r, userID); err != nil {
			return nil, err
		}
	}
	for _, token := range ticket.Tokens {
		if err := checkToken(token); err != nil {
			return nil, err
		}
	}
	cookie, err := t.issue(t.cookieFor(r), ticket)
	if err == nil {
		t.insecure.check(r, cookie)
	}
	return t.settle(r, cookie, err)
}

func (t *tickets) Forget(r *web.Request) (func(*web.Response), error) {
	return t.settle(r, t.cookie(t.cookieFor(r), "", -1), t.err)
}

// settle returns what sets a cookie in place of that of a renewed ticket.
func (t *tickets) settle(r *web.Request, cookie *http.Cookie, err error) (func(*web.Response), error) {
	if err != nil {
		return nil, err
	}
	t.settled.Set(r, true)
	return func(resp *web.Response) { setPrivate(resp, cookie) }, nil
}

// issue returns the cookie of a ticket.
func (t *tickets) issue(c *ticketCookie, ticket *Ticket) (*http.Cookie, error) {
	if t.err != nil {
		return nil, t.err
	}
	cookie := t.cookie(c, c.keys.sign(ticket.payload()), int(t.options.MaxAge/time.Second))
	if size := len(cookie.Name) + len(cookie.Value); size > cookies.MaxSize {
		return nil, fmt.Errorf("the ticket of user %q has %d bytes, and browsers refuse a cookie above %d: use a shorter id, fewer tokens or security.Session", ticket.UserID, size, cookies.MaxSize)
	}
	return cookie, nil
}

func (t *tickets) cookie(c *ticketCookie, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: c.name, Value: value, Path: "/", MaxAge: maxAge,
		Secure: c.secure, HttpOnly: true, SameSite: t.options.SameSite,
	}
}
