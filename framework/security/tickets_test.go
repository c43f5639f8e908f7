package security_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

const ticketCookie = "__Host-ticket"

func tickets(secrets ...string) security.Identifier {
	return security.Tickets(security.TicketOptions{Secrets: secrets})
}

// ticketOf returns the cookie of a user who has just logged in.
func ticketOf(t *testing.T, of security.Identifier, user string) string {
	t.Helper()
	b := newBrowser(t, application(t, of))
	b.get("/login?user=" + user)
	return b.cookie(ticketCookie)
}

func userOfTicket(t *testing.T, of security.Identifier, ticket string) string {
	t.Helper()
	return identify(t, of, request("Cookie", ticketCookie+"="+ticket), nil).ID
}

func TestTicket(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, application(t, tickets(secret)))
	resp, _ := b.send("GET", "/", "")
	assert.Equal(t, "Cookie", resp.Header.Get("Vary"), "the page differs from user to user")
	resp, _ = b.send("GET", "/login?user=al%C3%AFce+b", "")
	require.Len(t, resp.Cookies(), 1)
	c := resp.Cookies()[0]
	assert.Equal(t, ticketCookie, c.Name)
	assert.True(t, c.Secure)
	assert.True(t, c.HttpOnly)
	assert.Equal(t, http.SameSiteLaxMode, c.SameSite)
	assert.Equal(t, "/", c.Path)
	assert.Empty(t, c.Domain, "hosts below this one may belong to others")
	assert.Zero(t, c.MaxAge, "it ends with the browser")
	assert.Equal(t, "alïce b", b.get("/"))
	assert.Equal(t, "private", b.get("/private"))

	resp, _ = b.send("GET", "/logout", "")
	require.Len(t, resp.Cookies(), 1)
	assert.Equal(t, -1, resp.Cookies()[0].MaxAge)
	assert.Empty(t, b.get("/"))
}

// The signature covers every bit of a ticket.
func TestTicketChangedBitByBit(t *testing.T) {
	t.Parallel()
	of := tickets(secret)
	ticket := ticketOf(t, of, "alice")
	require.Equal(t, "alice", userOfTicket(t, of, ticket))
	for i := range len(ticket) {
		for bit := range 8 {
			changed := []byte(ticket)
			changed[i] ^= 1 << bit
			if c := changed[i]; c == ';' || c == '"' || c == ',' {
				continue // they end the cookie, or are removed from it
			}
			require.Empty(t, userOfTicket(t, of, string(changed)), "byte %d, bit %d", i, bit)
		}
	}
}

func TestTicketCut(t *testing.T) {
	t.Parallel()
	of := tickets(secret)
	ticket := ticketOf(t, of, "alice")
	for i := range len(ticket) {
		assert.Empty(t, userOfTicket(t, of, ticket[:i]), "%d bytes", i)
		assert.Empty(t, userOfTicket(t, of, ticket[i+1:]), "without %d bytes", i+1)
	}
	for _, more := range []string{"A", "AA", "=", "==", ".", ticket} {
		assert.Empty(t, userOfTicket(t, of, ticket+more))
		assert.Empty(t, userOfTicket(t, of, more+ticket))
	}
}

// A huge cookie is not even decoded.
func TestTicketOversized(t *testing.T) {
	t.Parallel()
	of := tickets(secret)
	assert.Empty(t, userOfTicket(t, of, strings.Repeat("A", 1<<20)))

	app := application(t, of)
	resp, _ := newBrowser(t, app).send("GET", "/login?user="+strings.Repeat("x", 4096), "")
	assert.Equal(t, 500, resp.StatusCode)
	assert.Empty(t, resp.Cookies(), "browsers would drop it silently")
}

// Old secrets go on checking while they are in the list. A removed one does not.
func TestTicketRotation(t *testing.T) {
	t.Parallel()
	old := ticketOf(t, tickets(secret), "alice")
	rotated := tickets(otherSecret, secret)
	assert.Equal(t, "alice", userOfTicket(t, rotated, old), "retired")
	fresh := ticketOf(t, rotated, "alice")
	assert.Equal(t, "alice", userOfTicket(t, tickets(otherSecret), fresh), "the first secret signs")
	assert.Empty(t, userOfTicket(t, tickets(otherSecret), old), "removed")
	assert.Empty(t, userOfTicket(t, tickets(secret), fresh))
}

// A ticket is valid under the name of its cookie only, so that two applications with the same secret,
// or two kinds of users of one, do not take each other's.
func TestTicketOfAnotherCookie(t *testing.T) {
	t.Parallel()
	staff := security.Tickets(security.TicketOptions{Secrets: []string{secret}, Name: "staff"})
	member := ticketOf(t, tickets(secret), "alice")
	assert.Empty(t, identify(t, staff, request("Cookie", "__Host-staff="+member), nil).ID)
}

func TestTicketTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		of := security.Tickets(security.TicketOptions{Secrets: []string{secret}, Timeout: time.Hour, RenewAfter: -1})
		ticket := ticketOf(t, of, "alice")
		time.Sleep(time.Hour - time.Second)
		assert.Equal(t, "alice", userOfTicket(t, of, ticket))
		time.Sleep(time.Second)
		assert.Empty(t, userOfTicket(t, of, ticket), "expired")
	})
}

func TestTicketReissue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		of := security.Tickets(security.TicketOptions{Secrets: []string{secret}, Timeout: time.Hour, Lifetime: 3 * time.Hour, MaxAge: time.Hour})
		config := configure(framework.Options{Security: security.New(security.Options{Identify: of, Authorize: security.AnyUser})})
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			_, err := r.UserID()
			resp := r.Text("for everybody")
			resp.SetHeader("Cache-Control", "public, max-age=60")
			return resp, err
		}), views.Name("public"))
		b := newBrowser(t, build(t, config))
		resp, _ := b.send("GET", "/login?user=alice", "")
		assert.Equal(t, 3600, resp.Cookies()[0].MaxAge)

		time.Sleep(6 * time.Minute)
		resp, _ = b.send("GET", "/", "")
		assert.Empty(t, resp.Cookies(), "a tenth of the timeout is not over")
		time.Sleep(time.Second)
		resp, _ = b.send("GET", "/public", "")
		assert.Empty(t, resp.Cookies(), "a shared cache would give the ticket to others")
		resp, _ = b.send("GET", "/private", "")
		assert.Len(t, resp.Cookies(), 1, "once per response, though the identity is read several times")
		resp, _ = b.send("GET", "/", "")
		assert.Empty(t, resp.Cookies())

		for range 3 { // an active user stays logged in
			time.Sleep(50 * time.Minute)
			require.Equal(t, "alice", b.get("/"))
		}
		time.Sleep(10 * time.Minute)
		assert.Equal(t, "alice", b.get("/"))
		time.Sleep(15 * time.Minute)
		assert.Empty(t, b.get("/"), "the lifetime counts from the login")
	})
}

// A shared cache that kept the response of a login would log others in.
func TestTicketIsNotForSharedCaches(t *testing.T) {
	t.Parallel()
	config := configure(framework.Options{Security: security.New(security.Options{Identify: tickets(secret)})})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Text("welcome")
		resp.SetHeader("Cache-Control", "public, max-age=60")
		return resp, r.Remember("alice")
	}), views.Name("welcome"))
	resp, _ := newBrowser(t, build(t, config)).send("GET", "/welcome", "")
	assert.Len(t, resp.Cookies(), 1)
	assert.NotContains(t, resp.Header.Get("Cache-Control"), "public")
	assert.Contains(t, resp.Header.Get("Cache-Control"), "private")
}

// Logging out, or in, in the request in which the ticket would be reissued, wins.
func TestTicketIsNotReissuedAfterLogout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		of := tickets(secret)
		config := configure(framework.Options{Security: security.New(security.Options{Identify: of, Authorize: security.AnyUser})})
		for name, change := range map[string]func(r *framework.Request) error{
			"forget":   (*framework.Request).Forget,
			"remember": func(r *framework.Request) error { return r.Remember("bob") },
		} {
			for _, readFirst := range []bool{true, false} {
				path := name
				if readFirst {
					path += "-after-reading"
				}
				config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
					if readFirst {
						if _, err := r.UserID(); err != nil {
							return nil, err
						}
					}
					err := change(r)
					id, _ := r.UserID()
					return r.Text(id), err
				}), views.Name(path))
			}
		}
		app := build(t, config)
		for path, want := range map[string]string{"/forget": "", "/forget-after-reading": "", "/remember": "bob", "/remember-after-reading": "bob"} {
			b := newBrowser(t, app)
			b.get("/login?user=alice")
			time.Sleep(2 * time.Hour)
			resp, body := b.send("GET", path, "")
			assert.Equal(t, "alice", body, path)
			assert.Len(t, resp.Cookies(), 1, path)
			assert.Equal(t, want, b.get("/"), path)
		}
	})
}

// A store that knows when a user has logged out stops copies of the ticket.
func TestTicketReplayedAfterLogout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		loggedOut := map[string]time.Time{}
		var down error
		of := security.Tickets(security.TicketOptions{Secrets: []string{secret}, Valid: func(_ *web.Request, ticket *security.Ticket) (bool, error) {
			return ticket.LoggedIn.After(loggedOut[ticket.UserID]), down
		}})
		stolen := ticketOf(t, of, "alice")
		require.Equal(t, "alice", userOfTicket(t, of, stolen))
		loggedOut["alice"] = time.Now()
		assert.Empty(t, userOfTicket(t, of, stolen))
		time.Sleep(time.Second)
		assert.Equal(t, "alice", userOfTicket(t, of, ticketOf(t, of, "alice")), "the next login")

		down = errors.New("the store is down")
		_, err := of.Identify(web.Begin(nil, request("Cookie", ticketCookie+"="+stolen)))
		assert.ErrorIs(t, err, down, "not anonymous, and not alice")
	})
}

func TestTicketTokens(t *testing.T) {
	t.Parallel()
	var tokens []string
	of := security.Tickets(security.TicketOptions{Secrets: []string{secret}, Tokens: func(*web.Request, string) ([]string, error) { return tokens, nil }})
	read := func() []string {
		user := identify(t, of, request("Cookie", ticketCookie+"="+ticketOf(t, of, "alice")), nil)
		return user.Credentials.(*security.Ticket).Tokens
	}
	assert.Empty(t, read(), "no tokens are no tokens, and not one empty one")
	tokens = []string{"a", "Foo-bar_1+2"}
	assert.Equal(t, tokens, read())
	for _, bad := range []string{"", "1", "-a", "a b", "ä", "a,b", "a!"} {
		tokens = []string{bad}
		b := newBrowser(t, application(t, of))
		resp, _ := b.send("GET", "/login?user=alice", "")
		assert.Equal(t, 500, resp.StatusCode, "%q", bad)
		assert.Empty(t, resp.Cookies())
	}
}

// Over plain http, only serve --dev leaves out Secure, and says so once.
func TestTicketOverPlainHTTP(t *testing.T) {
	t.Parallel()
	for _, development := range []bool{false, true} {
		log := new(frameworktest.Log)
		config := configure(framework.Options{
			Security: security.New(security.Options{
				Identify: security.Tickets(security.TicketOptions{Secrets: []string{secret}, SameSite: http.SameSiteStrictMode}),
			}),
			Logger: log.Logger(),
		})
		if development {
			config.SetDevelopment()
		}
		app := build(t, config)
		b := newBrowser(t, app)
		b.before = func(hr *http.Request) { hr.TLS = nil }
		for range 2 {
			resp, _ := b.send("GET", "/login?user=alice", "")
			c := resp.Cookies()[0]
			assert.Equal(t, !development, c.Secure)
			assert.True(t, c.HttpOnly)
			assert.Equal(t, http.SameSiteStrictMode, c.SameSite)
			assert.Equal(t, map[bool]string{false: ticketCookie, true: "ticket"}[development], c.Name)
			assert.Equal(t, "alice", b.get("/"))
		}
		warnings := strings.Count(fmt.Sprint(log.Lines()), "the cookie of the login has no Secure attribute")
		assert.Equal(t, map[bool]int{false: 0, true: 1}[development], warnings)

		b.before = nil // over https
		assert.Equal(t, map[bool]string{false: "alice", true: ""}[development], b.get("/"), "an insecure ticket is not a secure one")
	}
}

func TestTicketMistakes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		o    security.TicketOptions
		want string
	}{
		"no secret":    {security.TicketOptions{}, "security.Tickets: no Secrets: want at least one"},
		"short secret": {security.TicketOptions{Secrets: []string{secret, "x"}}, "secret 2: has 1 bytes: want at least 32"},
		"poor secret":  {security.TicketOptions{Secrets: []string{strings.Repeat("ab", 20)}}, "secret 1: is not random: it has only 2 different bytes"},
		"same secret":  {security.TicketOptions{Secrets: []string{secret, secret}}, "secret 2: same as secret 1"},
		"reissue":      {security.TicketOptions{Secrets: []string{secret}, Timeout: time.Hour, RenewAfter: time.Hour}, "RenewAfter of 1h0m0s: want less than the Timeout of 1h0m0s"},
		"name":         {security.TicketOptions{Secrets: []string{secret}, Name: "a b"}, "invalid Cookie.Name"},
		"age":          {security.TicketOptions{Secrets: []string{secret}, MaxAge: -1}, "MaxAge of -1ns: want a positive duration"},
	} {
		_, err := configure(framework.Options{Security: security.New(security.Options{Identify: security.Tickets(tc.o)})}).App()
		require.ErrorContains(t, err, tc.want, name)
		require.ErrorContains(t, err, "helpers_test.go:", name)
		assert.NotContains(t, err.Error(), secret, name)
	}
}
