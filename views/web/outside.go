package web

import (
	"net"
	"net/http"
	"strconv"
	"strings"
)

// What the client sees of the application (its scheme, host and prefix) is not
// what a server behind proxies sees of the request. A trusted proxy tells; see
// forwarded.go for whom we believe. Without one it is what the connection and the
// request line say.

// outside is where the application lies for its client.
type outside struct {
	scheme     string
	host, port string // an IPv6 address in brackets; port "" if the client named none
	prefix     string // escaped, "" or "/a/b"
}

// Scheme returns the scheme by which the client asks: "https" or "http". Behind a
// trusted proxy it is what the proxy says.
func (r *Request) Scheme() string {
	scheme, _, _ := r.forwardedOrigin()
	return scheme
}

// Authority returns the host by which the client asks, with the port unless it is
// the scheme's own. Behind a trusted proxy it is what the proxy says; the field
// Host is what stands in the request itself.
func (r *Request) Authority() string {
	o := r.outside()
	return o.host + portSuffix(o.scheme, o.port)
}

// Prefix returns the escaped path under which the client sees the application,
// "" at the top of the host. It is made of what trusted proxies took off the path
// (X-Forwarded-Prefix), and of what net/http took off it inside this process:
// under http.StripPrefix the path of the request is the end of its RequestURI,
// and the prefix is the rest.
func (r *Request) Prefix() string { return r.forwardedPrefix() + r.mounted() }

// ApplicationURL returns the URL under which the client sees the application,
// without a slash at the end: "https://example.com/prefix".
func (r *Request) ApplicationURL() string { return r.outside().url() }

func (r *Request) outside() outside {
	var o outside
	o.scheme, o.host, o.port = r.forwardedOrigin()
	o.prefix = r.Prefix()
	return o
}

func (o outside) url() string {
	return o.scheme + "://" + o.host + portSuffix(o.scheme, o.port) + o.prefix
}

// base is what stands in front of the path of a URL.
func (l *Link) base(r *Request) (string, error) {
	switch {
	case l.AppURL != nil:
		return *l.AppURL, nil
	case l.AsPath:
		return plainPrefix(r.Prefix()), nil
	}
	o := r.outside()
	if l.Scheme == "" && l.Host == "" && l.Port == 0 {
		return o.url(), nil
	}
	if err := l.checkOrigin(); err != nil {
		return "", err
	}
	port := ""
	if l.Port != 0 {
		port = strconv.Itoa(l.Port)
	} else {
		port = defaultPort(l.Scheme)
	}
	served := o.port
	if served == "" {
		served = defaultPort(o.scheme)
	}
	if l.Scheme != "" {
		o.scheme = l.Scheme
	}
	named := o.port
	if l.Host != "" {
		o.host, named = splitHost(l.Host)
	}
	switch {
	case port != "":
		o.port = port
	case named != "":
		o.port = named
	default:
		o.port = served
	}
	return o.url(), nil
}

// ownOrigin is what the request itself says, without any proxy.
func (r *Request) ownOrigin() (scheme, host, port string) {
	scheme = "http"
	switch {
	case r.TLS != nil:
		scheme = "https"
	case r.RequestURI == "" && r.URL.Scheme != "": // made by hand, it came over no wire
		scheme = r.URL.Scheme
	}
	authority := r.Host
	if authority == "" {
		authority = r.URL.Host
	}
	if authority == "" { // HTTP/1.0
		authority = "localhost"
		if addr, ok := r.Request.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && strings.HasPrefix(addr.Network(), "tcp") {
			authority = addr.String()
		}
	}
	host, port = splitHost(authority)
	return scheme, host, port
}

// splitHost parts a host from its port. An IPv6 address keeps its brackets.
func splitHost(authority string) (host, port string) {
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || strings.IndexByte(authority[i:], ']') >= 0 {
		return authority, ""
	}
	return authority[:i], authority[i+1:]
}

func defaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

// portSuffix is ":8080", or nothing for the port of the scheme.
func portSuffix(scheme, port string) string {
	if port == "" || port == defaultPort(scheme) {
		return ""
	}
	return ":" + port
}
