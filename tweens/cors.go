package tweens

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// CORSOptions say which pages of other origins may use the application from a browser. Origins or
// OriginFunc is required; everything else has a default.
type CORSOptions struct {
	// Origins are the allowed origins: "https://example.org" exactly, "https://*.example.org" for
	// its subdomains of any depth (not itself), or "*" alone for all origins; the response then
	// also says "*".
	Origins []string
	// OriginFunc decides about origins that are not among Origins. It gets the header as it was
	// sent, which may be "null".
	OriginFunc func(r *web.Request, origin string) bool
	// Methods are the allowed methods. Nil means those in the Allow header of the application's own
	// response to OPTIONS.
	Methods []string
	// Headers are the allowed request headers beyond those that are always allowed; "*" alone
	// allows any. Nil means Content-Type, which JSON needs. A token in a header needs
	// Authorization.
	Headers []string
	// Expose are the response headers that a page may read beyond those that it always may.
	Expose []string
	// Credentials allows cookies and HTTP authentication. It cannot be combined with the origin
	// "*".
	Credentials bool
	// MaxAge is how long a browser may cache the response to a preflight. 0 leaves it to the
	// browser (5 seconds), a negative value forbids it.
	MaxAge time.Duration
	// PrivateNetwork allows pages from public networks to use an application in a private one.
	PrivateNetwork bool
}

// CORS lets pages of other origins use the application, within the limits of the options (the CORS
// protocol of the Fetch standard). It responds to preflights itself, because browsers send them
// without credentials, so that permissions and authentication in inner tweens and views do not stop
// them. To other responses, errors included, it adds the headers that let the browser give the
// response to the page. It refuses only preflights: other requests are handled, and the browser
// keeps the response from the page. To stop forged requests, use a CSRF check.
//
// Without Methods, a preflight sends OPTIONS to the application, which calls a view that handles
// every method. If the response has no Allow header (because it asks for credentials, say), the
// requested method is allowed: the application decides when the request itself comes.
//
// Vary names Origin wherever the response depends on that header, even if the request does not have
// it, so that caches keep the responses apart.
//
// Place it outside whatever may refuse a request, its place by default; there it sees errors as
// responses.
func CORS(o CORSOptions) Factory {
	c, err := newCORS(o)
	return New(func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		decorated := onEvery(next, c.decorate)
		return func(r *web.Request) (*web.Response, error) {
			if r.Method == http.MethodOptions && len(r.Header["Origin"]) > 0 && len(r.Header["Access-Control-Request-Method"]) > 0 {
				return c.preflight(next, r)
			}
			return decorated(r)
		}, nil
	}).Named(callText("CORS", o)).WithErr(err)
}

// cors holds the options in the form that requests need.
type cors struct {
	CORSOptions
	all       bool // origins, by "*"
	exact     map[string]bool
	wildcards []wildcard
	methods   string
	headers   string
	anyHeader bool
	expose    string
	maxAge    string
}

// wildcard is an origin with a star, split at it.
type wildcard struct{ before, after string }

func newCORS(o CORSOptions) (*cors, error) {
	c := &cors{CORSOptions: o, exact: map[string]bool{}}
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf("cors: "+format, args...)) }
	if len(o.Origins) == 0 && o.OriginFunc == nil {
		fail("no origins: set Origins or OriginFunc")
	}
	for _, origin := range o.Origins {
		if err := c.addOrigin(origin); err != nil {
			errs = append(errs, err)
		}
	}
	if c.all && o.Credentials {
		fail(`Credentials with origin "*" would let any page act as the user: name the origins, or leave Credentials out`)
	}
	if c.all && (len(o.Origins) > 1 || o.OriginFunc != nil) {
		fail(`origin "*" allows all: leave the others out`)
	}
	for _, m := range o.Methods {
		switch {
		case !isToken(m):
			fail("invalid method %q", m)
		case slices.Contains([]string{"CONNECT", "TRACE", "TRACK"}, strings.ToUpper(m)):
			fail("method %q: no browser lets a page use it", m)
		}
	}
	c.methods = strings.Join(o.Methods, ", ")
	c.anyHeader = len(o.Headers) == 1 && o.Headers[0] == "*"
	if o.Headers == nil {
		o.Headers = []string{"Content-Type"}
	}
	for _, name := range slices.Concat(o.Headers, o.Expose) {
		if !isToken(name) || name == "*" && !c.anyHeader {
			fail("invalid header %q", name)
		}
	}
	c.headers, c.expose = strings.Join(o.Headers, ", "), strings.Join(o.Expose, ", ")
	switch {
	case o.MaxAge > 0:
		c.maxAge = strconv.FormatInt(int64(o.MaxAge/time.Second), 10)
	case o.MaxAge < 0:
		c.maxAge = "0"
	}
	return c, errors.Join(errs...)
}

// addOrigin adds one of the origins, which must be written as browsers send it.
func (c *cors) addOrigin(origin string) error {
	if origin == "*" {
		c.all = true
		return nil
	}
	refuse := func(why string) error { return fmt.Errorf("cors: origin %q: %s", origin, why) }
	if origin == "null" {
		return refuse("any page can have this origin: allow it with OriginFunc if you must")
	}
	scheme, host, ok := strings.Cut(origin, "://")
	switch name, port, _ := strings.Cut(host, ":"); {
	case !ok || scheme == "" || host == "":
		return refuse(`want it as browsers send it, such as "https://example.org"`)
	case strings.ContainsAny(host, "/?#@"):
		return refuse("an origin has only a scheme, a host and a port")
	case origin != strings.ToLower(origin):
		return refuse("browsers send it in lower case")
	case scheme == "https" && port == "443", scheme == "http" && port == "80":
		return refuse("browsers leave out the default port")
	case !strings.Contains(host, "*"):
		c.exact[origin] = true
		return nil
	case !strings.HasPrefix(host, "*.") || strings.Count(host, "*") > 1:
		return refuse(`a star stands for subdomains, as in "https://*.example.org"`)
	case !strings.Contains(name[2:], "."):
		return refuse("would allow a whole top-level domain")
	}
	c.wildcards = append(c.wildcards, wildcard{scheme + "://", host[1:]})
	return nil
}

// allows reports whether pages of an origin may use the application.
func (c *cors) allows(r *web.Request, origin string) bool {
	if c.all || c.exact[origin] {
		return true
	}
	for _, w := range c.wildcards {
		if w.matches(origin) {
			return true
		}
	}
	return c.OriginFunc != nil && c.OriginFunc(r, origin)
}

func (w wildcard) matches(origin string) bool {
	if len(origin) <= len(w.before)+len(w.after) || !strings.HasPrefix(origin, w.before) || !strings.HasSuffix(origin, w.after) {
		return false
	}
	for label := range strings.SplitSeq(origin[len(w.before):len(origin)-len(w.after)], ".") {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}

// setOrigin sets the headers that say who may read the response, and reports whether the request's
// origin may.
func (c *cors) setOrigin(r *web.Request, resp *web.Response) (allowed bool) {
	if c.all {
		resp.SetHeader("Access-Control-Allow-Origin", "*")
		return true
	}
	resp.AddVary("Origin")
	origin := r.Header["Origin"]
	if len(origin) != 1 || !c.allows(r, origin[0]) {
		return false
	}
	resp.SetHeader("Access-Control-Allow-Origin", origin[0])
	if c.Credentials {
		resp.SetHeader("Access-Control-Allow-Credentials", "true")
	}
	return true
}

// decorate sets the headers of a response. It has the signature of a response callback.
func (c *cors) decorate(r *web.Request, resp *web.Response) error {
	if c.setOrigin(r, resp) && c.expose != "" {
		resp.SetHeader("Access-Control-Expose-Headers", c.expose)
	}
	return nil
}

// preflight returns the response to a preflight request.
func (c *cors) preflight(next web.Handler, r *web.Request) (*web.Response, error) {
	resp := web.Respond(http.StatusNoContent)
	vary := []string{"Access-Control-Request-Method", "Access-Control-Request-Headers"}
	if c.PrivateNetwork {
		vary = append(vary, "Access-Control-Request-Private-Network")
	}
	defer func() { resp.AddVary(vary...) }()
	if !c.setOrigin(r, resp) {
		resp.SetStatus(http.StatusForbidden)
		resp.SetText("requests from pages of this origin are not allowed\n")
		return resp, nil
	}
	resp.SetHeader("Access-Control-Allow-Methods", c.allowedMethods(next, r))
	if requested := r.Header["Access-Control-Request-Headers"]; len(requested) > 0 {
		headers := c.headers
		if c.anyHeader {
			headers = strings.Join(requested, ", ")
		}
		if headers != "" && isList(headers) {
			resp.SetHeader("Access-Control-Allow-Headers", headers)
		}
	}
	if c.maxAge != "" {
		resp.SetHeader("Access-Control-Max-Age", c.maxAge)
	}
	if c.PrivateNetwork && r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		resp.SetHeader("Access-Control-Allow-Private-Network", "true")
	}
	return resp, nil
}

// allowedMethods returns the methods of the options, or those of the application, or else the
// requested one.
func (c *cors) allowedMethods(next web.Handler, r *web.Request) string {
	if c.methods != "" {
		return c.methods
	}
	if allow := allowOf(next, r); allow != "" {
		return allow
	}
	switch requested := r.Header.Get("Access-Control-Request-Method"); requested {
	case http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost, http.MethodPut:
		return requested
	}
	return "GET, HEAD, POST"
}

// allowOf returns the Allow header of the application's own response, such as a 405, or "".
func allowOf(next web.Handler, r *web.Request) string {
	resp, err := web.Guard(next)(r)
	if err != nil {
		if e, ok := errors.AsType[*web.HTTPError](err); ok {
			return e.Header("Allow")
		}
		return ""
	}
	if resp == nil {
		return ""
	}
	_ = resp.Close()
	return resp.Header("Allow")
}

// isToken reports whether s is a valid name of a header or a method: a token, as net/http requires
// of the name of a cookie.
func isToken(s string) bool { return (&http.Cookie{Name: s}).Valid() == nil }

// isList reports whether s is a list of header names of at most 4096 bytes.
func isList(s string) bool {
	if len(s) > 4096 {
		return false
	}
	for name := range strings.SplitSeq(s, ",") {
		if name = strings.Trim(name, " \t"); name != "" && !isToken(name) {
			return false
		}
	}
	return true
}
