package origin

import (
	"net"
	"net/http"
	"strings"
)

// Of returns the origin according to r itself, whatever proxies say: by its connection and its Host
// field. A request without a host has that of the local address, or else localhost.
func Of(r *http.Request) (o Origin) {
	o.Scheme = "http"
	switch {
	case r.TLS != nil:
		o.Scheme = "https"
	case r.RequestURI == "" && r.URL.Scheme != "": // made by a program, not received by a server
		o.Scheme = r.URL.Scheme
	}
	authority := r.Host
	if authority == "" {
		authority = r.URL.Host
	}
	if authority == "" { // HTTP/1.0
		authority = "localhost"
		addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		if ok && strings.HasPrefix(addr.Network(), "tcp") {
			authority = addr.String()
		}
	}
	o.Host, o.Port = SplitHost(authority)
	return o
}
