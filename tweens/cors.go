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

// CORSOptions say which pages of other origins may use the application from within a browser. Origins or OriginFunc have to
// be given; all else has defaults.
type CORSOptions struct {
	// Origins are the origins that may: "https://example.org" exactly, "https://*.example.org" for its subdomains of any depth
	// (not itself), or "*" alone for all, which then is what the answer says.
	Origins []string
	// OriginFunc decides about what is not among Origins. It is asked with the header as it came, which may be "null".
	OriginFunc func(r *web.Request, origin string) bool
	// Methods are those that may be used. None: what the application itself answers to OPTIONS, in Allow.
	Methods []string
	// Headers are the request headers that may be used beside those that always may; "*" alone admits whatever is asked for.
	// Nil: Content-Type, which JSON needs. A token in a header needs Authorization.
	Headers []string
	// Expose are the response headers that a page may read beside those that it always may.
	Expose []string
	// Credentials admits cookies and HTTP authentication. It cannot go with the origin "*".
	Credentials bool
	// MaxAge is how long a browser may remember the answer to a preflight. 0: the browser decides (5 seconds); less: not at all.
	MaxAge time.Duration
	// PrivateNetwork admits pages from public networks to an application in a private one.
	PrivateNetwork bool
}

// CORS lets pages of other origins use the application, within the bounds of the options (the CORS protocol of the Fetch
// standard). It answers preflights itself, so that no permission and no authentication further in stands in their way: a
// browser sends them without credentials. To other requests it adds the headers that let the browser hand the answer on, to
// errors too. It refuses nothing but preflights: requests from elsewhere are answered, and the browser keeps the answer
// from the page. Against forged requests a CSRF check is what helps.
//
// Without Methods a preflight asks the application what it would answer to OPTIONS, which calls a view that answers every
// method. If that is nothing of use (it wants to know who is asking, say) the method that was asked for is admitted: whom the
// application lets in is decided when the request itself comes.
//
// Vary names Origin wherever the answer depends on it, also where there was none, so that caches keep the answers apart.
//
// Place it outside of whatever may refuse a request, where it lands by itself; it sees errors there as responses.
func CORS(o CORSOptions) Factory {
	c, err := newCORS(o)
	return New(func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		if err != nil {
			return nil, err
		}
		return func(r *web.Request) (*web.Response, error) {
			if r.Method == http.MethodOptions && len(r.Header["Origin"]) > 0 && len(r.Header["Access-Control-Request-Method"]) > 0 {
				return c.preflight(next, r)
			}
			resp, err := next(r)
			if resp == nil || err != nil {
				r.AddResponseCallback(c.decorate) // whatever becomes of the error
				return resp, err
			}
			return resp, c.decorate(r, resp)
		}, nil
	}).Named(callText("CORS", o))
}

// cors are the options in the form in which they are needed.
type cors struct {
	CORSOptions
	all       bool // every origin, by "*"
	exact     map[string]bool
	wildcards []wildcard
	methods   string
	headers   string
	anyHeader bool
	expose    string
	maxAge    string
}

// wildcard is an origin with a star: what comes before it, and after.
type wildcard struct{ before, after string }

func newCORS(o CORSOptions) (*cors, error) {
	c := &cors{CORSOptions: o, exact: map[string]bool{}}
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf("cors: "+format, args...)) }
	if len(o.Origins) == 0 && o.OriginFunc == nil {
		fail("no origins: give Origins or OriginFunc")
	}
	for _, origin := range o.Origins {
		if err := c.addOrigin(origin); err != nil {
			errs = append(errs, err)
		}
	}
	if c.all && o.Credentials {
		fail("credentials for every origin would hand the users of the application to any page: name the origins, or leave Credentials out")
	}
	if c.all && (len(o.Origins) > 1 || o.OriginFunc != nil) {
		fail(`origin "*" admits all: leave the others out`)
	}
	for _, m := range o.Methods {
		switch {
		case !isToken(m):
			fail("method %q is none", m)
		case slices.Contains([]string{"CONNECT", "TRACE", "TRACK"}, strings.ToUpper(m)):
			fail("method %q is one that no browser lets a page use", m)
		}
	}
	c.methods = strings.Join(o.Methods, ", ")
	c.anyHeader = len(o.Headers) == 1 && o.Headers[0] == "*"
	if o.Headers == nil {
		o.Headers = []string{"Content-Type"}
	}
	for _, name := range slices.Concat(o.Headers, o.Expose) {
		if !isToken(name) || name == "*" && !c.anyHeader {
			fail("header %q is none", name)
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

// addOrigin reads one of the origins. It has to be written as browsers write it, for that is what it is compared with.
func (c *cors) addOrigin(origin string) error {
	if origin == "*" {
		c.all = true
		return nil
	}
	refuse := func(why string) error { return fmt.Errorf("cors: origin %q: %s", origin, why) }
	if origin == "null" {
		return refuse("any page can make itself that; if it has to be, OriginFunc can admit it")
	}
	scheme, host, ok := strings.Cut(origin, "://")
	switch name, port, _ := strings.Cut(host, ":"); {
	case !ok || scheme == "" || host == "":
		return refuse(`write it as a browser does: "https://example.org"`)
	case strings.ContainsAny(host, "/?#@"):
		return refuse("an origin has no path, and nothing behind the host and port")
	case origin != strings.ToLower(origin):
		return refuse("browsers write it in lower case")
	case scheme == "https" && port == "443", scheme == "http" && port == "80":
		return refuse("browsers leave the usual port out")
	case !strings.Contains(host, "*"):
		c.exact[origin] = true
		return nil
	case !strings.HasPrefix(host, "*.") || strings.Count(host, "*") > 1:
		return refuse(`a star stands for subdomains: "https://*.example.org"`)
	case !strings.Contains(name[2:], "."):
		return refuse("would admit a whole top-level domain")
	}
	c.wildcards = append(c.wildcards, wildcard{scheme + "://", host[1:]})
	return nil
}

// admits tells whether pages of an origin may use the application.
func (c *cors) admits(r *web.Request, origin string) bool {
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

// admit says who may read the answer.
func (c *cors) admit(r *web.Request, resp *web.Response) (admitted bool) {
	if c.all {
		resp.SetHeader("Access-Control-Allow-Origin", "*")
		return true
	}
	resp.AddVary("Origin")
	origin := r.Header["Origin"]
	if len(origin) != 1 || !c.admits(r, origin[0]) {
		return false
	}
	resp.SetHeader("Access-Control-Allow-Origin", origin[0])
	if c.Credentials {
		resp.SetHeader("Access-Control-Allow-Credentials", "true")
	}
	return true
}

// decorate lets the browser hand an answer on. It has the shape of a response callback.
func (c *cors) decorate(r *web.Request, resp *web.Response) error {
	if c.admit(r, resp) && c.expose != "" {
		resp.SetHeader("Access-Control-Expose-Headers", c.expose)
	}
	return nil
}

// preflight answers what a browser asks before it sends a request.
func (c *cors) preflight(next web.Handler, r *web.Request) (*web.Response, error) {
	resp := web.Respond(http.StatusNoContent)
	vary := []string{"Access-Control-Request-Method", "Access-Control-Request-Headers"}
	if c.PrivateNetwork {
		vary = append(vary, "Access-Control-Request-Private-Network")
	}
	defer func() { resp.AddVary(vary...) }()
	if !c.admit(r, resp) {
		resp.SetStatus(http.StatusForbidden)
		resp.SetText("pages of this origin may not use this application\n")
		return resp, nil
	}
	resp.SetHeader("Access-Control-Allow-Methods", c.allowed(next, r))
	if asked := r.Header["Access-Control-Request-Headers"]; len(asked) > 0 {
		headers := c.headers
		if c.anyHeader {
			headers = strings.Join(asked, ", ")
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

// allowed are the methods that may be used here: by the options, by the application, or else the one that was asked for.
func (c *cors) allowed(next web.Handler, r *web.Request) string {
	if c.methods != "" {
		return c.methods
	}
	if allow := allowOf(next, r); allow != "" {
		return allow
	}
	switch asked := r.Header.Get("Access-Control-Request-Method"); asked {
	case http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost, http.MethodPut:
		return asked
	}
	return "GET, HEAD, POST"
}

// allowOf is the Allow of the application's own answer, a 405 among them; "" without.
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

// isToken reports whether s can be the name of a header or a method.
func isToken(s string) bool {
	const others = "!#$%&'*+-.^_`|~"
	for i := range len(s) {
		c := s[i]
		if (c|0x20 < 'a' || 'z' < c|0x20) && (c < '0' || '9' < c) && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return s != ""
}

// isList reports whether s is a list of header names of a decent length.
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
