package cli

import (
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/mastaba-go/mastaba/framework/internal/hosts"
)

// devHosts are the hosts that serve --dev responds to. Any website can point its own name at
// this machine and then read, in the browser of its visitor, what the server responds under that
// name. It cannot do so with an IP address or a name of this machine.
type devHosts struct{ list *hosts.List } // nil for a unix socket, which no browser reaches

// devHosts returns the hosts of an address to listen on and of the settings. checkServer reports
// invalid settings.
func (p *program) devHosts(addr string) devHosts {
	if strings.HasPrefix(addr, "unix:") {
		return devHosts{}
	}
	names := []string{".localhost"}
	if host, _, err := net.SplitHostPort(addr); err == nil && host != "" && !strings.Contains(host, "%") {
		names = append(names, host)
	}
	for _, setting := range []string{"dev_hosts", "allowed_hosts"} {
		patterns, _ := p.env.Settings[setting].([]string)
		for _, pattern := range patterns {
			if _, err := hosts.Parse([]string{pattern}); err == nil {
				names = append(names, pattern)
			}
		}
	}
	list, err := hosts.Parse(names)
	if err != nil { // by the name in addr, which the server then reports
		list, _ = hosts.Parse(names[:1])
	}
	return devHosts{list.WithAddresses()}
}

// accepts reports whether a Host header names one of the hosts. A request without one is not
// from a browser.
func (h devHosts) accepts(host string) bool {
	return h.list == nil || host == "" || h.list.Allows("http", host)
}

// guard refuses requests to other hosts.
func (h devHosts) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		if h.accepts(hr.Host) {
			next.ServeHTTP(w, hr)
			return
		}
		text := fmt.Sprintf("421 Misdirected Request: serve --dev does not respond to the host %.100q: "+
			"use localhost, or add the name to the setting dev_hosts", hr.Host)
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, text, http.StatusMisdirectedRequest)
	})
}
