package web

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// TrustedProxies are the addresses whose forwarding headers are believed:
// X-Forwarded-For and its kin, Forwarded, X-Vhm-Root, X-Request-Id. The zero value
// trusts nobody. A proxy that is trusted must set these headers, or remove what a
// client wrote there. The zero Prefix among them stands for unix sockets.
type TrustedProxies []netip.Prefix

// ParseTrustedProxies reads addresses ("10.0.0.7"), ranges ("10.0.0.0/8",
// "fd00::/8"), and "unix" for whatever connects over a unix socket. The error names
// all that are none of these.
func ParseTrustedProxies(texts []string) (TrustedProxies, error) {
	var trusted TrustedProxies
	var wrong []error
	for _, text := range texts {
		text = strings.TrimSpace(text)
		if text == "unix" {
			trusted = append(trusted, netip.Prefix{})
			continue
		}
		if addr, err := netip.ParseAddr(text); err == nil {
			addr = addr.Unmap().WithZone("")
			trusted = append(trusted, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("trusted proxy %q: neither an address (10.0.0.7), nor a range (10.0.0.0/8), nor unix", text))
			continue
		}
		if a := prefix.Addr(); a.Is4In6() && prefix.Bits() >= 96 {
			prefix = netip.PrefixFrom(a.Unmap(), prefix.Bits()-96)
		}
		trusted = append(trusted, prefix.Masked())
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return trusted, nil
}

// Trusts reports whether remoteAddr, as http.Request.RemoteAddr has it (with or
// without a port), is a trusted proxy.
func (t TrustedProxies) Trusts(remoteAddr string) bool {
	if len(t) == 0 {
		return false
	}
	addr, ok := parseRemote(remoteAddr)
	if !ok {
		// net/http has "@" or a path for the other end of a unix socket.
		onSocket := strings.HasPrefix(remoteAddr, "@") || strings.HasPrefix(remoteAddr, "/")
		return onSocket && slices.Contains(t, netip.Prefix{})
	}
	return t.trustsAddr(addr)
}

func (t TrustedProxies) trustsAddr(addr netip.Addr) bool {
	for _, prefix := range t {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

func parseRemote(remoteAddr string) (netip.Addr, bool) {
	host := remoteAddr
	if h, _, err := net.SplitHostPort(remoteAddr); err == nil {
		host = h
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

// FromTrustedProxy reports whether the connection comes from a trusted proxy, so
// that its forwarding headers may be believed.
func (r *Request) FromTrustedProxy() bool { return r.app.Trusted.Trusts(r.RemoteAddr) }
