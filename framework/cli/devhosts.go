package cli

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// devHosts are the hosts that serve --dev responds to. Any website can point its own name at
// this machine and then read, in the browser of its visitor, what the server responds under that
// name. It cannot do so with an IP address or a name of this machine.
type devHosts struct {
	any   bool // of a unix socket, which no browser reaches
	names []string
}

// devHosts returns the hosts of an address to listen on and of the setting.
func (p *program) devHosts(addr string) *devHosts {
	if strings.HasPrefix(addr, "unix:") {
		return &devHosts{any: true}
	}
	names, _ := p.env.Settings["dev_hosts"].([]string)
	h := &devHosts{names: []string{"localhost"}}
	for _, name := range append([]string{addr}, names...) {
		if name = hostName(name); name != "" {
			h.names = append(h.names, name)
		}
	}
	return h
}

// accepts reports whether a Host header names one of the hosts. A request without one is not
// from a browser.
func (h *devHosts) accepts(host string) bool {
	name := hostName(host)
	if _, err := netip.ParseAddr(name); h.any || host == "" || err == nil || strings.HasSuffix(name, ".localhost") {
		return true
	}
	for _, own := range h.names {
		if name == own {
			return true
		}
	}
	return false
}

// guard refuses requests to other hosts.
func (h *devHosts) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		if h.accepts(hr.Host) {
			next.ServeHTTP(w, hr)
			return
		}
		text := fmt.Sprintf("421 Misdirected Request: serve --dev does not respond to the host %q: "+
			"use localhost, or add the name to the setting dev_hosts", hostName(hr.Host))
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, text, http.StatusMisdirectedRequest)
	})
}

// hostName returns a host in lower case, without its port and final dot, and an IPv6 address
// without its brackets.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil && !strings.HasPrefix(host, "[") {
		host = name
	} else if inside, port, ok := strings.Cut(strings.TrimPrefix(host, "["), "]"); ok && (port == "" || port[0] == ':') {
		if addr, err := netip.ParseAddr(inside); err == nil && addr.Is6() {
			return addr.String()
		}
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
