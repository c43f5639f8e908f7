package session

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Options are the options of New. Either Secrets or Store is required; everything else has a safe
// default.
type Options struct {
	// Secrets encrypt and authenticate the cookie that holds the session. The first one seals new
	// cookies, all of them open cookies. To rotate, put a new secret in front, and remove the old
	// one after Timeout. Each is a random text of at least 32 bytes, such as the output of
	// `openssl rand -base64 32`, and the same on all machines that serve the application. Do not
	// use it with a Store.
	Secrets []string
	// Store keeps the sessions on the server; the cookie then has only a random id. Nil keeps them
	// in the cookie.
	Store Store

	// Timeout is how long a session lasts after it was last used; 20 minutes by default, as in
	// Pyramid. Negative means as long as Lifetime.
	Timeout time.Duration
	// Lifetime is how long a session lasts at most, however often it is used; 30 days by default.
	// Negative means without a limit, which a Store does not allow if Timeout is negative too.
	Lifetime time.Duration
	// RenewAfter is how old the stamp of the last use may become before a request that changes
	// nothing renews it (Pyramid's reissue_time); a tenth of Timeout by default. So a session may
	// end that much earlier than Timeout says, and most requests write nothing. Negative means
	// that only changes renew it.
	RenewAfter time.Duration

	// Name is the name of the cookie, by default "session". The prefix __Host- is added if Path and
	// Domain are not set, else __Secure-: browsers then refuse the cookie from insecure pages, and
	// with __Host- also from other hosts (RFC 6265bis, 4.1.3).
	Name string
	// MaxAge is how long the browser keeps the cookie, from the last time that it was sent. The
	// default is until the browser closes.
	MaxAge time.Duration
	// Path limits the cookie to URLs below it; "/" by default. It is no protection against other
	// applications on the same host.
	Path string
	// Domain sends the cookie to all hosts below this one too, so that they share sessions. The
	// default is the host alone.
	Domain string
	// SameSite is http.SameSiteLaxMode by default. http.SameSiteNoneMode also sends the cookie with
	// requests from pages of other sites.
	SameSite http.SameSite

	// DiscardOnError saves nothing if an error view, or no view, answered the request (Pyramid's
	// set_on_exception=False).
	DiscardOnError bool
	// StoreTimeout limits each call of the Store; 5 seconds by default.
	StoreTimeout time.Duration
	// RetryAfter is what a 503 advises the client, if the Store is down; 5 seconds by default.
	RetryAfter time.Duration
}

// withDefaults returns the options with the defaults filled in, or all mistakes in them.
func (o Options) withDefaults() (Options, error) {
	var invalid []error
	fail := func(format string, args ...any) { invalid = append(invalid, fmt.Errorf(format, args...)) }

	o.Timeout = cmp.Or(o.Timeout, 20*time.Minute)
	o.Lifetime = cmp.Or(o.Lifetime, 30*24*time.Hour)
	o.RenewAfter = cmp.Or(o.RenewAfter, max(o.Timeout, 0)/10)
	o.StoreTimeout = cmp.Or(o.StoreTimeout, 5*time.Second)
	o.RetryAfter = cmp.Or(o.RetryAfter, 5*time.Second)
	if o.Timeout < 0 && o.RenewAfter == 0 {
		o.RenewAfter = -1 // nothing to renew
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"Timeout", o.Timeout}, {"Lifetime", o.Lifetime}, {"MaxAge", o.MaxAge}} {
		if d.value > 0 && d.value < time.Second {
			fail("%s of %v: want at least 1s, since stamps are whole seconds", d.name, d.value)
		}
	}
	if o.MaxAge < 0 {
		fail("MaxAge of %v: want a positive duration, or 0 for a cookie that ends with the browser", o.MaxAge)
	}
	if o.Timeout > 0 && o.RenewAfter >= o.Timeout {
		fail("RenewAfter of %v: want less than the Timeout of %v, or sessions in use end", o.RenewAfter, o.Timeout)
	}
	if o.Store == nil {
		if len(o.Secrets) == 0 {
			fail("neither Secrets nor a Store: for sessions in a cookie, set Secrets to the output of `openssl rand -base64 32`, kept outside the program")
		}
	} else {
		if len(o.Secrets) > 0 {
			fail("both Secrets and a Store: a stored session needs no secret")
		}
		if o.Timeout < 0 && o.Lifetime < 0 {
			fail("Timeout and Lifetime are both negative: the store would keep every session for ever")
		}
		if o.StoreTimeout < 0 {
			fail("StoreTimeout of %v: want a positive duration", o.StoreTimeout)
		}
	}
	invalid = append(invalid, o.cookieDefaults())
	return o, errors.Join(invalid...)
}

// cookieDefaults fills in the attributes of the cookie.
func (o *Options) cookieDefaults() error {
	if o.Name == "" {
		o.Name = "session"
	}
	o.Name = strings.TrimPrefix(strings.TrimPrefix(o.Name, hostPrefix), securePrefix)
	if o.Path == "" {
		o.Path = "/"
	}
	if o.SameSite == 0 || o.SameSite == http.SameSiteDefaultMode {
		o.SameSite = http.SameSiteLaxMode
	}
	if strings.HasPrefix(o.Domain, ".") {
		return fmt.Errorf("Domain %q: want it without the dot in front", o.Domain)
	}
	if !strings.HasPrefix(o.Path, "/") {
		return fmt.Errorf("Path %q: want it to begin with a slash", o.Path)
	}
	cookie := http.Cookie{Name: hostPrefix + o.Name, Value: "x", Path: o.Path, Domain: o.Domain}
	return cookie.Valid()
}
