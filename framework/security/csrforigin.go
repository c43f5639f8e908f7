package security

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/framework/internal/hosts"
	"github.com/mastaba-go/mastaba/views/web"
)

// origin is a scheme and a host, which has a port unless it is the scheme's own. Both are in lower
// case. For a trusted origin the host may begin with a dot: then it is a domain with its
// subdomains.
type origin struct{ scheme, host string }

// sentOrigin reads an origin as browsers send it in the header Origin; false if text is not
// one. They leave out the port of the scheme. As in Pyramid, an origin with it is another one.
func sentOrigin(text string) (origin, bool) {
	scheme, host, ok := strings.Cut(text, "://")
	if !ok {
		return origin{}, false
	}
	return asSent(strings.ToLower(scheme), host)
}

func asSent(scheme, host string) (origin, bool) {
	o, ok := newOrigin(scheme, host)
	return o, ok && len(o.host) == len(host)
}

// newOrigin returns the origin of a scheme and a host with an optional port; false if they are
// invalid.
func newOrigin(scheme, host string) (origin, bool) {
	if scheme != "https" && scheme != "http" {
		return origin{}, false
	}
	name, port, ok := hosts.Split(host)
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if !ok || strings.Contains(name, "%") { // a zone means something on its own machine only
		return origin{}, false
	}
	if port == "" || scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		return origin{scheme, name}, true
	}
	return origin{scheme, name + ":" + port}, true
}

// refererOrigin returns the origin of a URL in the header Referer; false if it has none. The port
// of the scheme is treated as in sentOrigin.
func refererOrigin(text string) (origin, bool) {
	u, err := url.Parse(text)
	if err != nil || u.User != nil || u.Opaque != "" {
		return origin{}, false
	}
	return asSent(u.Scheme, u.Host)
}

// origins are trusted origins.
type origins struct {
	list []origin
	null bool // "null" is one of them
}

func parseOrigins(texts []string) (trusted origins, wrong error) {
	for _, text := range texts {
		if text == "null" {
			trusted.null = true
			continue
		}
		scheme, host, ok := strings.Cut(text, "://")
		if !ok {
			scheme, host = "https", text
		}
		name, wild := strings.CutPrefix(host, ".")
		o, ok := newOrigin(scheme, name)
		if !ok {
			wrong = errors.Join(wrong, fmt.Errorf("CSRFOptions: invalid trusted origin %q: want a host such as \"example.com\", "+
				"\".example.com\" or \"example.com:8443\", with \"http://\" before it for plain http, or \"null\"", text))
			continue
		}
		if wild {
			o.host = "." + o.host
		}
		trusted.list = append(trusted.list, o)
	}
	return trusted, wrong
}

// has reports whether o is one of the trusted origins.
func (t *origins) has(o origin) bool {
	for _, trusted := range t.list {
		if trusted.scheme != o.scheme {
			continue
		}
		if o.host == trusted.host || trusted.host[0] == '.' && (o.host == trusted.host[1:] || strings.HasSuffix(o.host, trusted.host)) {
			return true
		}
	}
	return false
}

// CheckOrigin returns a [*BadCSRFOrigin] if a page of another origin has sent the request, whatever
// its method. Check does the same for unsafe methods. A handler that opens a WebSocket needs it,
// since browsers let any page open one with a GET, and send the cookies along.
func (c *CSRF) CheckOrigin(r *web.Request) error {
	site, known := fetchSite(r)
	if site == "same-origin" || site == "none" {
		return nil
	}
	secure := r.Scheme() == "https"
	if !secure && !c.options.OriginOnly && !known {
		return nil // as in Pyramid: the headers of a plain connection prove nothing, the token decides
	}
	from, ok := lastValue(r.Request.Header["Origin"])
	if from == "null" {
		if c.trusted.null {
			return nil
		}
		return &BadCSRFOrigin{`the page hides its origin ("null"): a page with Referrer-Policy: no-referrer does, or one in a sandbox`}
	}
	parse := sentOrigin
	if !ok && secure {
		parse, from = refererOrigin, r.Referer()
	}
	if from == "" {
		switch {
		case known:
			return &BadCSRFOrigin{fmt.Sprintf("the browser says that another site sent the request (Sec-Fetch-Site: %s)", shown(site))}
		case c.options.AllowNoOrigin || !secure:
			return nil
		}
		return &BadCSRFOrigin{"neither Origin nor Referer says which page sent the request"}
	}
	sender, ok := parse(from)
	switch {
	case !ok:
		return &BadCSRFOrigin{fmt.Sprintf("%s is not an origin", shown(from))}
	case c.trusted.has(sender):
		return nil
	case secure && sender.scheme != "https":
		return &BadCSRFOrigin{fmt.Sprintf("%s is not on https, but this application is", shown(from))}
	case !known && isOwn(r, sender):
		return nil
	}
	return &BadCSRFOrigin{fmt.Sprintf("%s is not a trusted origin", shown(from))}
}

// isOwn reports whether an origin is the application's, as the client sees it. Where the
// application is on plain http, it may also be the https of a proxy that is not trusted.
func isOwn(r *web.Request, sender origin) bool {
	own, ok := newOrigin(r.Scheme(), r.Authority())
	return ok && own.host == sender.host
}

// fetchSite returns the header Sec-Fetch-Site; false if the browser sent none. No page can set it.
func fetchSite(r *web.Request) (string, bool) {
	switch values := r.Request.Header["Sec-Fetch-Site"]; len(values) {
	case 0:
		return "", false
	case 1:
		return values[0], values[0] != ""
	default:
		return "several values", true
	}
}

// lastValue returns the last of the values of a header, which servers on the way append, and
// whether the header is there.
func lastValue(lines []string) (string, bool) {
	if len(lines) == 0 {
		return "", false
	}
	last := lines[len(lines)-1]
	return last[strings.LastIndexByte(last, ' ')+1:], true
}

// shown quotes what a client sent, cut to a length that fits a line.
func shown(text string) string {
	const most = 100
	if len(text) > most {
		return strconv.QuoteToASCII(text[:most]) + "…"
	}
	return strconv.QuoteToASCII(text)
}
