package frameworktest

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Browser sends requests as a browser does: over https, it keeps cookies by the rules of RFC 6265,
// with their domains, paths, Secure and SameSite, and sends Origin and Sec-Fetch-Site. It ignores
// cookies that browsers ignore, such as one named __Host-… that has a Domain. It is safe for
// concurrent use.
//
// It does not run scripts, nor follow redirects by itself: see Response.Follow. Sites are compared
// by the last two labels of their hosts, without a list of public suffixes.
type Browser struct {
	app *App
	url *url.URL // of the application
	*browsing
}

// browsing is what a browser remembers.
type browsing struct {
	jar *cookiejar.Jar

	mu       sync.Mutex               // guards all below
	sameSite map[string]http.SameSite // by the name of the cookie
	visited  bool
}

// Browser returns a browser without cookies. The host of the application is its Host, or
// example.com if it has none.
func (a *App) Browser() *Browser {
	jar, _ := cookiejar.New(nil) // it never fails
	host := a.Host()
	if host == "" {
		host = "example.com"
	}
	return &Browser{
		app: a, url: &url.URL{Scheme: "https", Host: host, Path: "/"},
		browsing: &browsing{jar: jar, sameSite: map[string]http.SameSite{}},
	}
}

// In returns the same browser for a subtest, with its cookies.
func (b *Browser) In(t T) *Browser {
	return &Browser{app: b.app.In(t), url: b.url, browsing: b.browsing}
}

// Get sends a GET request for target, a path with an optional query or a URL.
func (b *Browser) Get(target string, options ...RequestOption) *Response {
	b.app.t.Helper()
	return b.Request(http.MethodGet, target, options...)
}

// Post sends a POST request.
func (b *Browser) Post(target string, options ...RequestOption) *Response {
	b.app.t.Helper()
	return b.Request(http.MethodPost, target, options...)
}

// Request sends a request with any method. The first one is as if its URL had been typed
// (Sec-Fetch-Site: none); later ones come from a page of the application, unless the option From
// names another.
func (b *Browser) Request(method, target string, options ...RequestOption) *Response {
	b.app.t.Helper()
	to := *b.url
	if strings.Contains(target, "://") {
		u, err := url.Parse(target)
		if err != nil {
			b.app.t.Fatalf("%s %q: %v", method, target, err)
		}
		to.Scheme, to.Host = u.Scheme, u.Host
	} else if !strings.HasPrefix(target, "/") {
		b.app.t.Fatalf("%s %q: want a path such as /wiki/Front?edit=1", method, target)
	} else {
		target = to.Scheme + "://" + to.Host + target
	}
	r, invalid := newRequest(b.app.t.Context(), method, target)
	if invalid != nil {
		b.app.t.Fatalf("%s %q: %v: want a method and a path such as /wiki/Front?edit=1", method, target, invalid)
	}
	for _, option := range options {
		option(b.app.t, r)
	}
	if r.Host != to.Host { // by the option Header
		to.Host = r.Host
	}
	b.addOrigin(r, &to)
	b.addCookies(r, &to)
	resp := b.app.Send(r)
	b.keep(&to, resp)
	resp.browser = b
	return resp
}

// From says that a request of a Browser comes from a page of another origin, such as
// "https://evil.example": a form or a link there. The browser then sends that Origin, and only the
// cookies whose SameSite allows it.
func From(origin string) RequestOption {
	return func(_ T, r *http.Request) {
		Header("Origin", origin)(nil, r)
	}
}

// addOrigin sets the headers that say where a request comes from. Browsers send an Origin with all
// methods but GET and HEAD.
func (b *Browser) addOrigin(r *http.Request, to *url.URL) {
	b.mu.Lock()
	first := !b.visited
	b.visited = true
	b.mu.Unlock()
	own := to.Scheme + "://" + to.Host
	from := r.Header.Get("Origin")
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	site := ""
	switch {
	case from == "" && first && safe:
		site = "none"
	case from == "" || from == own:
		site, from = "same-origin", own
	default:
		site = "cross-site"
		if u, err := url.Parse(from); err == nil && u.Scheme == to.Scheme && siteOf(u.Hostname()) == siteOf(to.Hostname()) {
			site = "same-site"
		}
	}
	r.Header.Del("Origin")
	if !safe {
		r.Header.Set("Origin", from)
	}
	if r.Header.Get("Sec-Fetch-Site") == "" {
		r.Header.Set("Sec-Fetch-Site", site)
		r.Header.Set("Sec-Fetch-Mode", "navigate")
		r.Header.Set("Sec-Fetch-Dest", "document")
	}
}

// siteOf returns the last two labels of a host.
func siteOf(host string) string {
	labels := strings.Split(host, ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}

// addCookies adds the cookies for a URL. From another site come those without SameSite=Strict, and
// those with Lax or no SameSite only when the method is safe (RFC 6265bis, 5.8.3).
func (b *Browser) addCookies(r *http.Request, to *url.URL) {
	to = &url.URL{Scheme: to.Scheme, Host: to.Host, Path: r.URL.Path}
	cross := r.Header.Get("Sec-Fetch-Site") == "cross-site"
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, cookie := range b.jar.Cookies(to) {
		switch b.sameSite[cookie.Name] {
		case http.SameSiteNoneMode:
		case http.SameSiteStrictMode:
			if cross {
				continue
			}
		default:
			if cross && !safe {
				continue
			}
		}
		r.AddCookie(cookie)
	}
}

// keep keeps the cookies of a response.
func (b *Browser) keep(from *url.URL, resp *Response) {
	from = &url.URL{Scheme: from.Scheme, Host: from.Host, Path: resp.request.URL.Path}
	cookies := slices.DeleteFunc(resp.Cookies(), func(c *http.Cookie) bool { return ignores(from, c) })
	b.jar.SetCookies(from, cookies)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, cookie := range cookies {
		b.sameSite[cookie.Name] = cookie.SameSite
	}
}

// ignores reports whether a browser ignores a cookie that a page sets (RFC 6265bis, 5.7), by the
// rules that the jar does not have.
func ignores(from *url.URL, c *http.Cookie) bool {
	name := strings.ToLower(c.Name)
	switch {
	case c.Secure && from.Scheme != "https":
		return true
	case !c.Secure && (c.SameSite == http.SameSiteNoneMode || strings.HasPrefix(name, "__secure-") || strings.HasPrefix(name, "__host-")):
		return true
	case strings.HasPrefix(name, "__host-") && (c.Domain != "" || c.Path != "/"):
		return true
	case c.Domain != "" && !strings.Contains(strings.Trim(c.Domain, "."), "."): // a top-level domain
		return true
	}
	return len(c.Name)+len(c.Value) > 4096
}

// Cookies returns the cookies that the browser would send to the path of the application.
func (b *Browser) Cookies(path string) []*http.Cookie {
	to := *b.url
	to.Path = path
	return b.jar.Cookies(&to)
}
