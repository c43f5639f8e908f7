package web

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// URLOption says something about a URL that is to be made: see Params, With,
// Elements, Query, Anchor and their neighbours. A type of one's own may be an
// option too; its method changes the link.
type URLOption interface {
	URLOption(l *Link)
}

// urlOption is an option made of a function.
type urlOption func(l *Link)

var _ URLOption = urlOption(nil)

func (o urlOption) URLOption(l *Link) { o(l) }

// Params are values for the markers of a route: texts, numbers, bools, lists for
// a star, and whatever has MarshalText or String. Those for which the route has
// no marker do not count.
type Params map[string]any

var _ URLOption = Params(nil)

// URLOption gives the values.
func (p Params) URLOption(l *Link) {
	for name, value := range p {
		l.SetParam(name, value)
	}
}

// With gives the value for one marker of a route: see Params.
func With(name string, value any) URLOption { return linkParam{name: name, value: value} }

var _ URLOption = linkParam{}

func (p linkParam) URLOption(l *Link) { l.SetParam(p.name, p.value) }

// Elements puts names behind the path, each escaped alone: a slash in a name is
// no separator.
func Elements(names ...string) URLOption { return elements(names) }

type elements []string

var _ URLOption = elements(nil)

func (e elements) URLOption(l *Link) { l.Elements = append(l.Elements, e...) }

// Query gives the parameters of the query, names and values in turn, in the order
// in which they shall stand: Query("q", text, "page", 2). A nil gives an empty
// value, a list one parameter for each item. Several Query options add up. Query
// without arguments drops the query where there would be one (CurrentRouteURL).
func Query(pairs ...any) URLOption {
	return urlOption(func(l *Link) {
		query, err := queryPairs(pairs)
		if err != nil {
			l.fail(err)
			return
		}
		if l.Query == nil {
			l.Query = []QueryParam{}
		}
		l.Query = append(l.Query, query...)
	})
}

// KeepQuery gives the query that the request has, in which the named parameters
// are replaced: KeepQuery("page", 3) on the pages of a list. Names and values
// stand in turn, as for Query; nil and an empty list take a parameter out.
func KeepQuery(pairs ...any) URLOption {
	return urlOption(func(l *Link) {
		with, err := queryPairs(pairs)
		if err == nil {
			err = l.keepQuery(with)
		}
		if err != nil {
			l.fail(err)
		}
	})
}

// RawQuery gives the whole query as one text. What no query may hold is escaped,
// percent signs too: the text is not escaped yet. "" drops the query.
func RawQuery(text string) URLOption {
	return urlOption(func(l *Link) {
		if l.Query, l.RawQuery = nil, text; text == "" {
			l.Query = []QueryParam{}
		}
	})
}

// Anchor gives the part behind '#'.
func Anchor(text string) URLOption { return urlOption(func(l *Link) { l.Anchor = text }) }

// Scheme replaces the scheme. For http and https the port becomes the scheme's
// own, unless Port says otherwise. A path has no scheme, host and port, so these
// options do not count for it.
func Scheme(scheme string) URLOption { return urlOption(func(l *Link) { l.Scheme = scheme }) }

// Host replaces the host. The port of the request stays, unless the host names
// one ("example.org:8080") or Port does.
func Host(host string) URLOption { return urlOption(func(l *Link) { l.Host = host }) }

// Port replaces the port.
func Port(port int) URLOption { return urlOption(func(l *Link) { l.Port = port }) }

// AppURL puts url in front of the path, instead of scheme, host, port and prefix.
// It is taken as it is; "" gives a path without the prefix.
func AppURL(url string) URLOption { return urlOption(func(l *Link) { l.AppURL = &url }) }

// ViaRoute makes the URL of a resource lead through a route, whose star
// ("*traverse", or the marker named here) receives the way to the resource. Params
// are for the route's other markers. For CurrentRouteURL it is the route to take
// instead of the current one, with the same parameters.
func ViaRoute(route string, marker ...string) URLOption {
	return urlOption(func(l *Link) {
		l.via, l.rest = route, "traverse"
		if len(marker) > 0 {
			l.rest = marker[0]
		}
	})
}

// checkOrigin refuses a scheme, host or port that would make another URL than was meant.
func (l *Link) checkOrigin() error {
	switch {
	case l.Scheme != "" && !isScheme(l.Scheme):
		return fmt.Errorf("scheme %q is none: give https, not https://", l.Scheme)
	case l.Host != "" && !isHost(l.Host):
		return fmt.Errorf("host %q is none: give a name or an address, with or without a port", l.Host)
	case l.Port < 0 || l.Port > 65535:
		return fmt.Errorf("port %d is none", l.Port)
	}
	return nil
}

func isScheme(s string) bool {
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

// isHost admits a name or an address, with or without a port; no user part, and
// nothing that would be escaped.
func isHost(s string) bool {
	host, port := splitHost(s)
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
