// Package origin finds out where clients see an application: scheme, host, port and path prefix,
// from the request itself and from what trusted proxies say.
package origin

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Origin is the scheme, host and port of a URL. An IPv6 address has brackets; the port is "" if
// none was given.
type Origin struct{ Scheme, Host, Port string }

// Authority returns the host, with the port unless it is the default port of the scheme.
func (o Origin) Authority() string {
	if o.Port == "" || o.Port == DefaultPort(o.Scheme) {
		return o.Host
	}
	return o.Host + ":" + o.Port
}

// String returns "https://example.com".
func (o Origin) String() string { return o.Scheme + "://" + o.Authority() }

// With returns the origin with another scheme, host or port; "" and 0 keep what is there. With http
// and https the port becomes the default port of the scheme; it stays the same with another host
// that has none. It is an error if one of them is invalid.
func (o Origin) With(scheme, host string, port int) (Origin, error) {
	switch {
	case scheme != "" && !IsScheme(scheme):
		return o, fmt.Errorf("invalid scheme %q: want one such as https, without ://", scheme)
	case host != "" && !IsHost(host):
		return o, fmt.Errorf("invalid host %q: want a name or an address, with or without a port", host)
	case port < 0 || port > 65535:
		return o, fmt.Errorf("invalid port %d", port)
	}
	explicit := DefaultPort(scheme)
	if port != 0 {
		explicit = strconv.Itoa(port)
	}
	served := o.Port
	if served == "" {
		served = DefaultPort(o.Scheme)
	}
	if scheme != "" {
		o.Scheme = scheme
	}
	named := o.Port
	if host != "" {
		o.Host, named = SplitHost(host)
	}
	switch {
	case explicit != "":
		o.Port = explicit
	case named != "":
		o.Port = named
	default:
		o.Port = served
	}
	return o, nil
}

// SplitHost separates a host from its port. The host becomes lower case, since it is compared (RFC
// 9110, 4.2.3); an IPv6 address keeps its brackets.
func SplitHost(authority string) (host, port string) {
	authority = lower(authority)
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || strings.IndexByte(authority[i:], ']') >= 0 {
		return authority, ""
	}
	return authority[:i], authority[i+1:]
}

// lower returns s with its ASCII letters in lower case. All other bytes stay as they are, so that
// different hosts stay different: strings.ToLower turns the Kelvin sign into a k.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if c := b[i]; 'A' <= c && c <= 'Z' {
					b[i] = c - 'A' + 'a'
				}
			}
			return string(b)
		}
	}
	return s
}

// DefaultPort returns the port of http and https; "" for other schemes.
func DefaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

// IsScheme reports whether s is a valid URL scheme.
func IsScheme(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return s != ""
}

// IsHost reports whether s is a name or an address, with or without a port: without user
// information, and without anything that would have to be escaped.
func IsHost(s string) bool {
	host, port := SplitHost(s)
	if strings.HasSuffix(s, ":") || port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return false
		}
	}
	if inside, ok := strings.CutPrefix(host, "["); ok {
		inside, ok = strings.CutSuffix(inside, "]")
		addr, err := netip.ParseAddr(inside)
		return ok && err == nil && addr.Is6() && addr.Zone() == ""
	}
	for i := range len(host) {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c >= 0x80:
		case c == '-' || c == '.' || c == '_' || c == '~':
		default:
			return false
		}
	}
	return host != "" && utf8.ValidString(host)
}
