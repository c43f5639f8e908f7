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

// pagePolicy is what the pages may do: no scripts at all, nothing from
// elsewhere, nowhere in a frame.
const pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// protect is a tween that gives every response the headers without which a
// browser might take a file for something else, or hand it to another site.
func protect(next framework.Handler) framework.Handler {
	return func(r *framework.Request) (*framework.Response, error) {
		response, err := next(r)
		if err != nil {
			return nil, err
		}
		response.SetHeader("X-Content-Type-Options", "nosniff")
		response.SetHeader("Cross-Origin-Resource-Policy", "same-origin")
		response.SetHeader("Referrer-Policy", "same-origin")
		if strings.HasPrefix(response.ContentType(), "text/html") && response.Header("Content-Security-Policy") == "" {
			response.SetHeader("Content-Security-Policy", pagePolicy)
		}
		return response, nil
	}
}

// checkHost is a tween for a server that listens on this machine alone. A page
// of any site may give its own name our address (DNS rebinding), and would then
// be allowed to read our answers; so only names of this machine are answered to,
// and those in hosts. A server that listens for others takes every name.
func checkHost(hosts []string) func(framework.Handler) framework.Handler {
	return func(next framework.Handler) framework.Handler {
		return func(r *framework.Request) (*framework.Response, error) {
			if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && isLoopback(local.String()) {
				name := strings.ToLower(hostname(r.Host))
				if name != "localhost" && !strings.HasSuffix(name, ".localhost") && !isLoopback(r.Host) && !slices.Contains(hosts, name) {
					return nil, web.MisdirectedRequest("this server answers to localhost and what --hosts names")
				}
			}
			return next(r)
		}
	}
}

// hostname is a host without its port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(hostname(host))
	return err == nil && address.Unmap().IsLoopback()
}
