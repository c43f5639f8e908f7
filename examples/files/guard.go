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
// and those in hosts. Without any Host it is no browser. The site's own assets
// are no secret, and the page of the refusal needs them.
//
// A server that listens for others takes every name, unless hosts says which: see
// listensEverywhere. One that listens on a single address has connections to that
// alone.
func checkHost(hosts []string) func(framework.Handler) framework.Handler {
	known := make([]string, 0, len(hosts))
	for _, host := range hosts {
		known = append(known, hostname(host))
	}
	answersTo := func(host string) bool {
		name := hostname(host)
		return host == "" || name == "localhost" || strings.HasSuffix(name, ".localhost") || isLoopback(name) || slices.Contains(known, name)
	}
	return func(next framework.Handler) framework.Handler {
		return func(r *framework.Request) (*framework.Response, error) {
			if cameFromHere(r) && !answersTo(r.Host) && !asksForAsset(r) {
				return nil, web.Status(http.StatusMisdirectedRequest, "This server answers to localhost and what --hosts names.")
			}
			return next(r)
		}
	}
}

// cameFromHere tells whether a connection is one within this machine, as those of
// its browser are.
func cameFromHere(r *framework.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && isLoopback(hostname(local.String()))
}

func asksForAsset(r *framework.Request) bool {
	return isAsset(r.URL.Path) && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// listensEverywhere tells whether the address to listen on is that of all
// interfaces. Connections may come over this machine's own then, too, as from a
// proxy. Without an address it is the framework's, which is this machine's.
func listensEverywhere(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.Unmap().IsUnspecified()
}

// hostname is a host in small letters, without its port and the dot that may end
// a name.
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
