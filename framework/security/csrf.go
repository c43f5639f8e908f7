package security

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/mastaba-go/mastaba/views/web"
)

// CSRFOptions are the rules of a [CSRF] policy. The zero value is Pyramid's: a token in the
// session, and the origin on https.
type CSRFOptions struct {
	// Storage keeps the token of each client; nil: [CSRFInSession].
	Storage CSRFStorage
	// OriginOnly checks the origin alone, also on plain http, and asks for no token: see
	// [CrossOrigin].
	OriginOnly bool
	// Header is the request header with the token; "": X-CSRF-Token. If the header is there and not
	// empty, it decides.
	Header string
	// Field is the field of a form with the token; "": csrf_token. It counts in a form in the body,
	// multipart forms included, and never in the query string, which ends up in logs.
	Field string
	// SafeMethods are the methods that change nothing, so that requests with them are not checked;
	// nil: GET, HEAD, OPTIONS and TRACE.
	SafeMethods []string
	// TrustedOrigins are further origins whose pages may send requests: "example.com" or
	// "example.com:8443" on https, ".example.com" for the host and its subdomains, "http://" before
	// one for plain http, and "null" for pages that hide their origin.
	TrustedOrigins []string
	// DisableOriginCheck leaves out the check of the origin. A token is required all the same.
	DisableOriginCheck bool
	// AllowNoOrigin accepts requests on https with neither Origin nor Referer, which no browser
	// sends.
	AllowNoOrigin bool
	// Skip reports whether a request is not to be checked, such as one with a bearer token: a
	// browser sends cookies by itself, but no such header. nil checks all.
	Skip func(r *web.Request) (bool, error)
}

// CSRF protects against cross-site request forgery: a page of another site must not make a browser
// send requests that change something, with the cookies of its user. It is immutable and safe for
// concurrent use. Set it with framework.Options.CSRF; then it checks every view without the option
// views.CSRF(false).
//
// A request with an unsafe method has to come from a page of this application, as far as its
// headers say, and has to have the token of the client ([CSRFToken], [CSRFField]). Otherwise the
// response is a 400 with a reason: [BadCSRFOrigin] or [BadCSRFToken].
//
//   - Sec-Fetch-Site, which browsers send on https and to localhost, has to be same-origin or none,
//     or the origin has to be trusted.
//   - On https the last value of Origin, or without one the Referer, has to be this application or
//     a trusted origin. What this application is, trusted proxies say: see web.Request.Authority.
//     It is on https, so http://example.com is another origin than https://example.com.
//   - The token is that of the client, masked anew in each response (against BREACH). It changes at
//     login and logout.
//
// A page of the application must not have Referrer-Policy: no-referrer, since its forms then send
// "Origin: null". Where the browser sends no Sec-Fetch-Site, they are refused.
type CSRF struct {
	options   CSRFOptions
	canonical string // Header, as net/http spells it
	trusted   origins
	err       error
}

var (
	_ web.CSRFPolicy  = (*CSRF)(nil)
	_ web.CSRFRotator = (*CSRF)(nil)
	_ web.CSRFTokener = (*CSRF)(nil)
)

// NewCSRF returns a policy with these rules. If something is wrong with them, the application is
// not built: see [CSRF.Err].
func NewCSRF(o CSRFOptions) *CSRF {
	c := &CSRF{options: o}
	c.options.TrustedOrigins = slices.Clone(o.TrustedOrigins)
	c.trusted, c.err = parseOrigins(o.TrustedOrigins)
	if o.OriginOnly && o.DisableOriginCheck {
		c.err = errors.Join(c.err, errors.New("CSRFOptions: OriginOnly and DisableOriginCheck leave nothing to check: remove one"))
	}
	if o.Storage == nil {
		c.options.Storage = CSRFInSession()
	}
	if o.Header == "" {
		c.options.Header = "X-CSRF-Token"
	}
	c.canonical = http.CanonicalHeaderKey(c.options.Header)
	if o.Field == "" {
		c.options.Field = "csrf_token"
	}
	if o.SafeMethods == nil {
		c.options.SafeMethods = []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}
	}
	return c
}

// CrossOrigin returns a policy without tokens, for applications whose users have current browsers.
// It refuses requests with unsafe methods that a page of another origin sent, sibling domains and
// other ports included, by the rules of http.CrossOriginProtection: Sec-Fetch-Site decides, or else
// Origin has to be the host of the request. Requests with neither are not from a browser. Unlike
// it, the policy knows the host that a trusted proxy was asked for, and exempts views by
// views.CSRF(false), never by a pattern of paths. trusted is as in [CSRFOptions].
func CrossOrigin(trusted ...string) *CSRF {
	return NewCSRF(CSRFOptions{OriginOnly: true, AllowNoOrigin: true, TrustedOrigins: trusted})
}

// Err returns what is wrong with the options; nil if nothing is. The framework calls it when the
// application is built. A policy with a mistake refuses every request.
func (c *CSRF) Err() error { return c.err }

// NeedsSessions reports whether the tokens are in the session, which the application then needs.
func (c *CSRF) NeedsSessions() bool {
	_, ok := c.options.Storage.(sessionTokens)
	return ok && !c.options.OriginOnly
}

// Check returns an error if the request may be forged: a [*BadCSRFOrigin], a [*BadCSRFToken], or
// what went wrong with the session or the body.
func (c *CSRF) Check(r *web.Request) error {
	if c.err != nil {
		return fmt.Errorf("csrf: %w", c.err)
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	if slices.Contains(c.options.SafeMethods, method) {
		return nil
	}
	if c.options.Skip != nil {
		if skip, err := c.options.Skip(r); skip || err != nil {
			return err
		}
	}
	if !c.options.DisableOriginCheck {
		if err := c.CheckOrigin(r); err != nil {
			return err
		}
	}
	if c.options.OriginOnly {
		return nil
	}
	return c.checkToken(r)
}

// BadCSRFOrigin is the error of a request from a page of another origin. Its status is 400.
type BadCSRFOrigin struct {
	Reason string // for people; clients see it
}

// BadCSRFToken is the error of a request without the right token. Its status is 400.
type BadCSRFToken struct {
	Reason string // for people; clients see it
}

var (
	_ web.StatusError = (*BadCSRFOrigin)(nil)
	_ web.StatusError = (*BadCSRFToken)(nil)
)

// Error gives the reason.
func (e *BadCSRFOrigin) Error() string { return "origin check failed: " + e.Reason }

// Status returns 400.
func (e *BadCSRFOrigin) Status() int { return http.StatusBadRequest }

// Message returns the text for clients: it has translations without the reason.
func (e *BadCSRFOrigin) Message() web.Message {
	return web.Message{ID: "csrf-origin", Domain: "mastaba", Default: e.Error()}
}

// Error gives the reason.
func (e *BadCSRFToken) Error() string { return "CSRF check failed: " + e.Reason }

// Status returns 400.
func (e *BadCSRFToken) Status() int { return http.StatusBadRequest }

// Message returns the text for clients: it has translations without the reason.
func (e *BadCSRFToken) Message() web.Message {
	return web.Message{ID: "csrf-token", Domain: "mastaba", Default: e.Error()}
}
