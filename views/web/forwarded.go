package web

import (
	"net/netip"
	"strconv"
	"strings"
)

// Whom we believe. A connection from a trusted proxy may tell who is behind it, by
//
//	X-Forwarded-For, -Proto, -Host, -Port, -Prefix    or    Forwarded (RFC 7239)
//
// Nobody else may: from any other address these headers are a client's claims, and
// are not looked at. Even a trusted proxy passes on what a client wrote in front of
// its own words, so these lists are read from their end, where the proxies write:
//
//   - of a list in X-Forwarded-For, the entries count from the right as long as they
//     are trusted proxies; the first that is none is the client.
//   - of X-Forwarded-Proto and the like only the last value counts: that of the nearest proxy.
//   - of Forwarded, the element written by the outermost trusted proxy that says host
//     or proto counts for it.
//
// Should a request have both kinds, Forwarded is not looked at: proxies that write
// X-Forwarded-For and let a client's Forwarded pass are many, the others few.

// ClientAddr returns the address of the client: of the connection, or behind
// trusted proxies the nearest address that is not theirs. Where a trusted proxy
// does not tell an address ("unknown"), it is the proxy's own. It is the zero Addr
// if the connection has no address, as in a test without one.
func (r *Request) ClientAddr() netip.Addr {
	addr, _ := parseRemote(r.RemoteAddr)
	if !r.FromTrustedProxy() {
		return addr
	}
	list := newBackwards(r.Request.Header["X-Forwarded-For"])
	read := parseRemote
	if !r.hasXForwarded() {
		list = newBackwards(r.Request.Header["Forwarded"])
		read = func(element string) (netip.Addr, bool) {
			e, ok := parseForwarded(element)
			if !ok {
				return netip.Addr{}, false
			}
			return parseRemote(e.client)
		}
	}
	for {
		entry, ok := list.next()
		if !ok {
			return addr
		}
		before, ok := read(entry)
		if !ok {
			return addr
		}
		if addr = before; !r.app.Trusted.trustsAddr(addr) {
			return addr
		}
	}
}

// forwardedOrigin is what the client asked for: its scheme, host and port.
func (r *Request) forwardedOrigin() (scheme, host, port string) {
	scheme, host, port = r.ownOrigin()
	if len(r.app.Trusted) == 0 || !r.FromTrustedProxy() {
		return scheme, host, port
	}
	var said forwarded
	var saidPort string
	if r.hasXForwarded() {
		said.proto, said.host = r.lastOf("X-Forwarded-Proto"), r.lastOf("X-Forwarded-Host")
		saidPort = r.lastOf("X-Forwarded-Port")
	} else {
		said = r.outermost()
	}
	if s := schemeSaid(said.proto); s != "" {
		if s != scheme && port == defaultPort(scheme) {
			port = ""
		}
		scheme = s
	}
	if said.host != "" && isHost(said.host) {
		host, port = splitHost(said.host)
	}
	if n, err := strconv.ParseUint(saidPort, 10, 16); err == nil && n > 0 && port == "" {
		port = saidPort
	}
	return scheme, host, port
}

// forwardedPrefix is what trusted proxies took off the path.
func (r *Request) forwardedPrefix() string {
	if len(r.app.Trusted) == 0 {
		return ""
	}
	prefix := r.lastOf("X-Forwarded-Prefix")
	if prefix == "" || !r.FromTrustedProxy() {
		return ""
	}
	return cleanPrefix(prefix)
}

func (r *Request) hasXForwarded() bool {
	h := r.Request.Header
	return h["X-Forwarded-For"] != nil || h["X-Forwarded-Proto"] != nil || h["X-Forwarded-Host"] != nil || h["X-Forwarded-Port"] != nil
}

// lastOf returns the last value of a header that is a list.
func (r *Request) lastOf(name string) string {
	lines := r.Request.Header[name]
	if len(lines) == 0 {
		return ""
	}
	line := lines[len(lines)-1]
	return strings.TrimSpace(line[strings.LastIndexByte(line, ',')+1:])
}

func schemeSaid(proto string) string {
	switch {
	case strings.EqualFold(proto, "https"), strings.EqualFold(proto, "wss"):
		return "https"
	case strings.EqualFold(proto, "http"), strings.EqualFold(proto, "ws"):
		return "http"
	}
	return ""
}

// forwarded is one element of the Forwarded header.
type forwarded struct{ client, host, proto string }

// outermost joins what trusted proxies say in Forwarded: the outermost of them wins.
func (r *Request) outermost() (said forwarded) {
	list := newBackwards(r.Request.Header["Forwarded"])
	for {
		element, ok := list.next()
		if !ok {
			return said
		}
		e, ok := parseForwarded(element)
		if !ok {
			return said
		}
		if e.host != "" {
			said.host = e.host
		}
		if e.proto != "" {
			said.proto = e.proto
		}
		if !r.app.Trusted.Trusts(e.client) {
			return said
		}
	}
}

// parseForwarded reads one element: pairs name=value parted by semicolons, values
// tokens or quoted.
func parseForwarded(element string) (e forwarded, ok bool) {
	for rest := strings.TrimSpace(element); rest != ""; {
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			return e, false
		}
		var value string
		if strings.HasPrefix(after, `"`) {
			if value, rest, ok = cutQuoted(after[1:]); !ok {
				return e, false
			}
			rest = strings.TrimSpace(rest)
			if rest != "" {
				if rest, ok = strings.CutPrefix(rest, ";"); !ok {
					return e, false
				}
			}
		} else {
			value, rest, _ = strings.Cut(after, ";")
		}
		value, rest = strings.TrimSpace(value), strings.TrimSpace(rest)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "for":
			e.client = value
		case "host":
			e.host = value
		case "proto":
			e.proto = value
		}
	}
	return e, true
}

// cutQuoted reads a quoted string up to its closing quote.
func cutQuoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

// backwards goes through the entries of a header that is a list, the last first. A
// comma inside quotes parts nothing; quotes are counted from the end, so a quote
// that a client left open cannot swallow what a proxy wrote behind it.
type backwards struct {
	lines []string
	line  string
	more  bool // line may hold another entry
}

func newBackwards(lines []string) backwards { return backwards{lines: lines} }

func (b *backwards) next() (entry string, ok bool) {
	for {
		if !b.more {
			if len(b.lines) == 0 {
				return "", false
			}
			b.line, b.more = b.lines[len(b.lines)-1], true
			b.lines = b.lines[:len(b.lines)-1]
		}
		cut, quoted := -1, false
		for i := len(b.line) - 1; i >= 0 && cut < 0; i-- {
			switch b.line[i] {
			case '"':
				if !escapedAt(b.line, i) {
					quoted = !quoted
				}
			case ',':
				if !quoted {
					cut = i
				}
			}
		}
		entry = strings.TrimSpace(b.line[cut+1:])
		if cut < 0 {
			b.more = false
		} else {
			b.line = b.line[:cut]
		}
		if entry != "" {
			return entry, true
		}
	}
}

// escapedAt reports whether an odd number of backslashes stands before s[i].
func escapedAt(s string, i int) bool {
	n := 0
	for i--; i >= 0 && s[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}
