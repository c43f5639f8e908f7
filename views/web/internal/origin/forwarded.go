package origin

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// A trusted proxy may say for whom it connects, with
//
//	X-Forwarded-For, -Proto, -Host, -Port, -Prefix    or    Forwarded (RFC 7239)
//
// From any other address these headers are a client's claims, and are ignored. Even a trusted proxy
// passes on what the client wrote, and appends its own elements, so these lists are read from their
// end:
//
//   - In X-Forwarded-For, addresses count from the right as long as they are trusted proxies; the
//     first other one is the client.
//   - In X-Forwarded-Proto and the like only the last value counts, that of the nearest proxy.
//   - In Forwarded, host and proto come from the outermost trusted proxy that gave them.
//
// If a request has both kinds, Forwarded is ignored: many proxies that write X-Forwarded-For pass a
// client's Forwarded on unchanged.

// maxProxies is how many elements of a list count, so that a client cannot make reading it
// expensive.
const maxProxies = 50

// Client returns the address of the client behind trusted proxies, of which the nearest has the
// address remote: the last address that is not a trusted proxy. If a proxy gives no address
// ("unknown"), it is the address of that proxy.
func (t Trusted) Client(h http.Header, remote netip.Addr) netip.Addr {
	list := header.NewBackwards(h["X-Forwarded-For"])
	forwarded := !hasXForwarded(h)
	if forwarded {
		list = header.NewBackwards(h["Forwarded"])
	}
	client := remote
	for range maxProxies {
		element, ok := list.Next()
		if !ok {
			return client
		}
		if forwarded {
			f, ok := header.ParseForwarded(element)
			if !ok {
				return client
			}
			element = f.For
		}
		before, ok := ParseAddr(element)
		if !ok {
			return client
		}
		if client = before; !t.hasAddr(client) {
			return client
		}
	}
	return client
}

// Origin returns the origin that the client used, as trusted proxies give it; own is that of the
// request itself.
func (t Trusted) Origin(h http.Header, own Origin) Origin {
	var f header.Forwarded
	port := ""
	if hasXForwarded(h) {
		f.Proto, f.Host = header.LastElement(h["X-Forwarded-Proto"]), header.LastElement(h["X-Forwarded-Host"])
		port = header.LastElement(h["X-Forwarded-Port"])
	} else {
		f = t.outermost(h["Forwarded"])
	}
	o := own
	if s := httpScheme(f.Proto); s != "" {
		if s != o.Scheme && o.Port == DefaultPort(o.Scheme) {
			o.Port = ""
		}
		o.Scheme = s
	}
	if f.Host != "" && IsHost(f.Host) {
		o.Host, o.Port = SplitHost(f.Host)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err == nil && n > 0 && o.Port == "" {
		o.Port = port
	}
	return o
}

// ForwardedPrefix returns the escaped prefix that a trusted proxy removed from the path; "" if none
// did.
func ForwardedPrefix(h http.Header) string {
	if prefix := header.LastElement(h["X-Forwarded-Prefix"]); prefix != "" {
		return cleanPrefix(prefix)
	}
	return ""
}

func hasXForwarded(h http.Header) bool {
	return h["X-Forwarded-For"] != nil || h["X-Forwarded-Proto"] != nil || h["X-Forwarded-Host"] != nil ||
		h["X-Forwarded-Port"] != nil
}

func httpScheme(proto string) string {
	switch {
	case strings.EqualFold(proto, "https"), strings.EqualFold(proto, "wss"):
		return "https"
	case strings.EqualFold(proto, "http"), strings.EqualFold(proto, "ws"):
		return "http"
	}
	return ""
}

// outermost joins what trusted proxies say in Forwarded; the outermost of them takes precedence.
func (t Trusted) outermost(lines []string) (joined header.Forwarded) {
	list := header.NewBackwards(lines)
	for range maxProxies {
		element, ok := list.Next()
		if !ok {
			return joined
		}
		f, ok := header.ParseForwarded(element)
		if !ok {
			return joined
		}
		if f.Host != "" {
			joined.Host = f.Host
		}
		if f.Proto != "" {
			joined.Proto = f.Proto
		}
		if !t.Has(f.For) {
			return joined
		}
	}
	return joined
}
