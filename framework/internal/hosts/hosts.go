// Package hosts decides by its host whether a request is for this application.
//
// The client chooses the Host header of a request. An application that trusts it writes foreign
// hosts into links, mails and caches. It also responds under the name of a website that has pointed
// that name at its address, to read its responses in the browsers of visitors (DNS rebinding).
package hosts

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// List is a list of hosts. It is immutable and safe for concurrent use. Checking a host takes one
// or two map lookups, and one comparison for each pattern with subdomains.
type List struct {
	exact     map[host]bool
	below     []host // with subdomains; the names begin with a dot
	first     string // the first exact host
	addresses bool
}

// host is a name or an address, and a port; "" is any port.
type host struct{ name, port string }

// Parse parses patterns: "example.com" or "10.0.0.7" is this host on any port, "example.com:8443"
// or "[::1]:8443" on this one, "*.example.com" are its subdomains of any depth, and ".example.com"
// is the host with its subdomains. Case and a dot at the end do not matter. The error joins one for
// each invalid pattern.
func Parse(patterns []string) (*List, error) {
	l := &List{exact: map[host]bool{}}
	var invalid []error
	for _, pattern := range patterns {
		if err := l.add(pattern); err != nil {
			invalid = append(invalid, fmt.Errorf("invalid host %q: %w", pattern, err))
		}
	}
	if len(invalid) > 0 {
		return nil, errors.Join(invalid...)
	}
	return l, nil
}

// WithAddresses returns the list with all IP addresses added. No website can point a name at them.
func (l *List) WithAddresses() *List {
	with := *l
	with.addresses = true
	return &with
}

// First returns the first host that is not only a pattern, with its port if it has one; "" if there
// is none.
func (l *List) First() string { return l.first }

func (l *List) add(pattern string) error {
	text, below := pattern, false
	if rest, ok := strings.CutPrefix(pattern, "*"); ok {
		if !strings.HasPrefix(rest, ".") {
			return errors.New(`a star stands for subdomains, as in "*.example.com"; without any hosts, all are allowed`)
		}
		text = rest
	}
	if rest, ok := strings.CutPrefix(text, "."); ok {
		text, below = rest, true
	}
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is6() {
		text = "[" + text + "]" // only URLs need the brackets
	}
	h, ok := split(text)
	switch {
	case strings.Contains(text, "/"):
		return errors.New(`want a host without scheme and path, such as "example.com"`)
	case strings.Contains(text, "*"):
		return errors.New(`a star stands for subdomains, and only at the beginning, as in "*.example.com"`)
	case strings.ContainsFunc(text, func(c rune) bool { return c >= 0x80 }):
		return errors.New(`browsers send it as ASCII (punycode): want it in that form, such as "xn--bcher-kva.example"`)
	case !ok:
		return errors.New(`want something like "example.com", "example.com:8443", "10.0.0.7", "*.example.com" or ".example.com"`)
	case below && isAddr(h.name):
		return errors.New("an address has no subdomains")
	}
	if below {
		l.below = append(l.below, host{"." + h.name, h.port})
	}
	if pattern[0] != '*' {
		l.exact[h] = true
		if l.first == "" {
			l.first = h.String()
		}
	}
	return nil
}

// Allows reports whether the list has the host of a URL: scheme is "http" or "https", and authority
// the host, with the port unless it is the default port of the scheme. A host that no URL could
// have, such as an IPv6 address without brackets, is in no list.
func (l *List) Allows(scheme, authority string) bool {
	h, ok := split(authority)
	if !ok {
		return false
	}
	if h.port == "" {
		h.port = defaultPort(scheme)
	}
	if l.exact[host{h.name, ""}] || l.exact[h] {
		return true
	}
	if isAddr(h.name) {
		return l.addresses
	}
	for _, p := range l.below {
		if strings.HasSuffix(h.name, p.name) && len(h.name) > len(p.name) && (p.port == "" || p.port == h.port) {
			return true
		}
	}
	return false
}

// String returns the host as a URL has it.
func (h host) String() string {
	name := h.name
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if h.port == "" {
		return name
	}
	return name + ":" + h.port
}

// split separates a host from its port, and makes it comparable: as Split does, without a final
// dot.
func split(authority string) (h host, ok bool) {
	h.name, h.port, ok = Split(authority)
	h.name = strings.TrimSuffix(h.name, ".")
	return h, ok
}

// Split separates a host from its port, "" without one, as the authority of a URL has them. The
// name is in lower case; a final dot stays. An IPv6 address has no brackets and its shortest form,
// a port no leading zeros. It returns false if the authority is invalid.
func Split(authority string) (name, port string, ok bool) {
	rest := ""
	if inside, found := strings.CutPrefix(authority, "["); found {
		if name, rest, found = strings.Cut(inside, "]"); !found {
			return "", "", false
		}
		addr, err := netip.ParseAddr(name)
		if err != nil || !addr.Is6() {
			return "", "", false
		}
		name = addr.String()
	} else {
		name = authority
		if i := strings.IndexByte(authority, ':'); i >= 0 {
			name, rest = authority[:i], authority[i:]
		}
		if !isAddr(name) {
			if !isName(strings.TrimSuffix(name, ".")) {
				return "", "", false
			}
			name = strings.ToLower(name) // all ASCII
		}
	}
	if rest == "" {
		return name, "", true
	}
	port, found := strings.CutPrefix(rest, ":")
	n, err := strconv.ParseUint(port, 10, 16)
	if !found || err != nil || n == 0 {
		return "", "", false
	}
	return name, strconv.FormatUint(n, 10), true
}

// isName reports whether s consists of labels of letters, digits, hyphens and underscores.
func isName(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return false
		}
	}
	return true
}

// isAddr reports whether a name is an IP address. For most names the last character decides.
func isAddr(name string) bool {
	if name == "" || !strings.Contains(name, ":") && (name[len(name)-1] < '0' || name[len(name)-1] > '9') {
		return false
	}
	_, err := netip.ParseAddr(name)
	return err == nil
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}
