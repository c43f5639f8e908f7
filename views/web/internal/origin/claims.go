package origin

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/segments"
)

// Claims are what trusted proxies say about one request. They are immutable. The methods of nil
// return what the request itself says.
type Claims struct {
	client       netip.Addr
	scheme, host string
	port         string
	prefix       string
	virtualRoot  []string

	// What was read: lines are those of the headers in names, counts is how many each has.
	remoteAddr string
	lines      []string
	counts     [len(names)]int
}

// names are the headers that are read.
var names = [...]string{
	"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Vhm-Root",
}

// Read reads the headers of hr, which comes from a trusted proxy. It takes time linear in their
// size.
func (t Trusted) Read(hr *http.Request) *Claims {
	h := hr.Header
	c := &Claims{remoteAddr: hr.RemoteAddr}
	total := 0
	for i, name := range names {
		c.counts[i] = len(h[name])
		total += len(h[name])
	}
	c.lines = make([]string, 0, total)
	for _, name := range names {
		c.lines = append(c.lines, h[name]...) // a copy: lines can be changed in place
	}
	remote, _ := ParseAddr(hr.RemoteAddr)
	if hasXForwarded(h) {
		c.client = t.client(h["X-Forwarded-For"], remote)
		c.scheme, c.host = header.LastElement(h["X-Forwarded-Proto"]), header.LastElement(h["X-Forwarded-Host"])
		c.port = header.LastElement(h["X-Forwarded-Port"])
	} else {
		client, f := t.forwarded(h["Forwarded"], remote)
		c.client, c.scheme, c.host = client, f.Proto, f.Host
	}
	c.scheme = httpScheme(c.scheme)
	if !IsHost(c.host) {
		c.host = ""
	}
	if n, err := strconv.ParseUint(c.port, 10, 16); err != nil || n == 0 {
		c.port = ""
	}
	if prefix := header.LastElement(h["X-Forwarded-Prefix"]); prefix != "" {
		c.prefix = cleanPrefix(prefix)
	}
	if roots := h["X-Vhm-Root"]; len(roots) > 0 {
		c.virtualRoot = segments.Clean(roots[len(roots)-1]) // a proxy appends its own to those of the client
	}
	return c
}

// of reports whether c was read from what hr has now.
func (c *Claims) of(hr *http.Request) bool {
	if c == nil || c.remoteAddr != hr.RemoteAddr {
		return false
	}
	rest := c.lines
	for i, name := range names {
		n := c.counts[i]
		if lines := hr.Header[name]; len(lines) != n || !slices.Equal(lines, rest[:n]) {
			return false
		}
		rest = rest[n:]
	}
	return true
}

// Client returns the address of the client: the last one that is not a trusted proxy. own is that
// of the request itself.
func (c *Claims) Client(own string) netip.Addr {
	if c == nil {
		addr, _ := ParseAddr(own)
		return addr
	}
	return c.client
}

// Origin returns the origin that the client used; own is that of the request itself.
func (c *Claims) Origin(own Origin) Origin {
	if c == nil {
		return own
	}
	o := own
	if c.scheme != "" {
		if c.scheme != o.Scheme && o.Port == DefaultPort(o.Scheme) {
			o.Port = ""
		}
		o.Scheme = c.scheme
	}
	if c.host != "" {
		o.Host, o.Port = SplitHost(c.host)
	}
	if c.port != "" && o.Port == "" {
		o.Port = c.port
	}
	return o
}

// Prefix returns the escaped prefix that a trusted proxy removed from the path; "" if none did.
func (c *Claims) Prefix() string {
	if c == nil {
		return ""
	}
	return c.prefix
}

// VirtualRoot returns the path of the virtual root, nil without one. The caller must not change it.
func (c *Claims) VirtualRoot() []string {
	if c == nil {
		return nil
	}
	return c.virtualRoot
}

// Kept keeps the Claims of one request. The zero value keeps nothing. It is safe for concurrent
// use.
type Kept struct{ claims atomic.Pointer[Claims] }

// Of returns the Claims of hr if they were read already, and hr has not changed since; else nil.
func (k *Kept) Of(hr *http.Request) *Claims {
	if c := k.claims.Load(); c.of(hr) {
		return c
	}
	return nil
}

// Keep keeps c, and returns it.
func (k *Kept) Keep(c *Claims) *Claims {
	k.claims.Store(c)
	return c
}
