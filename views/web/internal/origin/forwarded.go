package origin

import (
	"net/http"
	"net/netip"
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

// client returns what X-Forwarded-For says: the address of the client behind trusted proxies, of
// which the nearest has the address remote. It is the last address that is not a trusted proxy. If
// a proxy gives no address ("unknown"), it is the address of that proxy.
func (t Trusted) client(lines []string, remote netip.Addr) netip.Addr {
	list, client := header.NewBackwards(lines), remote
	for range maxProxies {
		element, ok := list.Next()
		if !ok {
			return client
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

// forwarded returns what Forwarded says: the client as client does, and the origin, for which the
// outermost trusted proxy takes precedence.
func (t Trusted) forwarded(lines []string, remote netip.Addr) (client netip.Addr, joined header.Forwarded) {
	list, client := header.NewBackwards(lines), remote
	for range maxProxies {
		element, ok := list.Next()
		if !ok {
			break
		}
		f, ok := header.ParseForwarded(element)
		if !ok {
			break
		}
		if f.Host != "" {
			joined.Host = f.Host
		}
		if f.Proto != "" {
			joined.Proto = f.Proto
		}
		before, ok := ParseAddr(f.For)
		if !ok {
			break
		}
		if client = before; !t.hasAddr(client) {
			break
		}
	}
	return client, joined
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
