package web

import (
	"net/netip"

	"github.com/mastaba-go/mastaba/views/web/internal/origin"
)

// TrustedProxies are the addresses of the proxies whose forwarding headers are believed:
// X-Forwarded-For and the like, Forwarded, X-Vhm-Root, X-Request-Id. Such a proxy must set these
// headers, or remove them from the client's request. The zero value trusts no proxy. The zero
// Prefix stands for Unix sockets.
type TrustedProxies []netip.Prefix

// ParseTrustedProxies parses addresses ("10.0.0.7"), ranges ("10.0.0.0/8", "fd00::/8"), and "unix"
// for connections over a Unix socket. The error names all invalid ones.
func ParseTrustedProxies(texts []string) (TrustedProxies, error) {
	trusted, err := origin.ParseTrusted(texts)
	return TrustedProxies(trusted), err
}

// Trusts reports whether remoteAddr, with or without a port as in http.Request.RemoteAddr, is a
// trusted proxy.
func (t TrustedProxies) Trusts(remoteAddr string) bool { return origin.Trusted(t).Has(remoteAddr) }

// FromTrustedProxy reports whether the connection comes from a trusted proxy, so that its
// forwarding headers can be believed.
func (r *Request) FromTrustedProxy() bool { return r.app.Trusted.Trusts(r.RemoteAddr) }

// ClientAddr returns the address of the client: that of the connection or, behind trusted proxies,
// the last one that is not a trusted proxy. If a trusted proxy gives no address ("unknown"), it is
// the address of the proxy. It is the zero Addr if the connection has no address, as in some tests.
func (r *Request) ClientAddr() netip.Addr { return r.claims().Client(r.RemoteAddr) }

// Scheme returns the scheme of the client's URL, "https" or "http", as a trusted proxy gives it, or
// else that of the connection.
func (r *Request) Scheme() string { return r.clientOrigin().Scheme }

// Authority returns the host of the client's URL, with the port unless it is the default port of
// the scheme. It is as a trusted proxy gives it, or else the Host field of the request.
func (r *Request) Authority() string { return r.clientOrigin().Authority() }

// Prefix returns the escaped path below which the client sees the application; "" at the root of
// the host. It is what trusted proxies removed from the path (X-Forwarded-Prefix), followed by what
// handlers in this process did: below http.StripPrefix, the RequestURI still has the whole path.
func (r *Request) Prefix() string {
	return r.claimsIn("X-Forwarded-Prefix").Prefix() + origin.Mounted(r.RequestURI, r.URL.Path)
}

// ApplicationURL returns the URL of the application as the client sees it, without a slash at the
// end: "https://example.com/prefix".
func (r *Request) ApplicationURL() string { return r.clientOrigin().String() + r.Prefix() }

// clientOrigin returns the scheme, host and port of the client's URL.
func (r *Request) clientOrigin() origin.Origin { return r.claims().Origin(origin.Of(r.Request)) }

// claims returns what a trusted proxy says about the request; nil if it comes from elsewhere. It is
// read once, unless the headers change.
func (r *Request) claims() *origin.Claims {
	if len(r.app.Trusted) == 0 {
		return nil
	}
	if x := r.root().extras.Load(); x != nil {
		if claims := x.claims.Of(r.Request); claims != nil {
			return claims
		}
	}
	if !r.FromTrustedProxy() {
		return nil
	}
	return r.more().claims.Keep(origin.Trusted(r.app.Trusted).Read(r.Request))
}

// claimsIn is claims if the request has a header of this name, else nil: most requests do not.
func (r *Request) claimsIn(name string) *origin.Claims {
	if len(r.app.Trusted) == 0 || len(r.Request.Header[name]) == 0 {
		return nil
	}
	return r.claims()
}
