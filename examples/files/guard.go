package main

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

// pagePolicy forbids scripts, anything from other origins, and showing the pages in a frame.
const pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// protect is a tween that sets security headers on every response. Without them a browser might
// guess another content type, or let another site read a file. It sets them in a
// callback, which also gets the response to an error that no view handles.
func protect(next framework.Handler) framework.Handler {
	return func(r *framework.Request) (*framework.Response, error) {
		r.AddResponseCallback(setSecurityHeaders)
		return next(r)
	}
}

func setSecurityHeaders(_ *framework.Request, response *framework.Response) error {
	response.SetHeader("X-Content-Type-Options", "nosniff")
	response.SetHeader("Cross-Origin-Resource-Policy", "same-origin")
	response.SetHeader("Referrer-Policy", "same-origin")
	if strings.HasPrefix(response.ContentType(), "text/html") && response.Header("Content-Security-Policy") == "" {
		response.SetHeader("Content-Security-Policy", pagePolicy)
	}
	return nil
}

// checkHost is a tween for a server that listens on loopback only. Any site can point its own name
// to our address (DNS rebinding), and its pages could then read our responses. So the server
// accepts only names of this machine and those in hosts. A request without Host is not from a
// browser. The site's own assets are public, and the error page needs them.
//
// A server that listens on all interfaces accepts every name unless hosts lists some: see
// listensEverywhere.
func checkHost(hosts []string) func(framework.Handler) framework.Handler {
	known := make([]string, 0, len(hosts))
	for _, host := range hosts {
		known = append(known, hostname(host))
	}
	accepts := func(host string) bool {
		name := hostname(host)
		return host == "" || name == "localhost" || strings.HasSuffix(name, ".localhost") || isLoopback(name) || slices.Contains(known, name)
	}
	return func(next framework.Handler) framework.Handler {
		return func(r *framework.Request) (*framework.Response, error) {
			if isLocalConnection(r) && !accepts(r.Host) && !isForAsset(r) {
				return nil, web.Status(http.StatusMisdirectedRequest, "This server accepts localhost and the host names in --hosts.")
			}
			return next(r)
		}
	}
}

// isLocalConnection reports whether the request came over a loopback connection, as from a browser
// on this machine.
func isLocalConnection(r *framework.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && isLoopback(hostname(local.String()))
}

func isForAsset(r *framework.Request) bool {
	return isAsset(r.URL.Path) && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// listensEverywhere reports whether the address to listen on means all interfaces. Then other
// machines' requests can also arrive over loopback, for example through a proxy. The default
// address, "", is a loopback one.
func listensEverywhere(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.Unmap().IsUnspecified()
}

// hostname returns a host in lower case, without its port and trailing dot.
func hostname(host string) string {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	return strings.TrimSuffix(strings.ToLower(name), ".")
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
