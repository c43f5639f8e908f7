package web

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// TrustedProxies are the addresses whose forwarding headers (X-Request-Id,
// X-Vhm-Root, …) are believed. The zero value trusts nobody.
type TrustedProxies []netip.Prefix

// ParseTrustedProxies reads addresses ("10.0.0.7") and ranges ("10.0.0.0/8", "fd00::/8").
func ParseTrustedProxies(texts []string) (TrustedProxies, error) {
	var trusted TrustedProxies
	for _, text := range texts {
		text = strings.TrimSpace(text)
		if addr, err := netip.ParseAddr(text); err == nil {
			addr = addr.Unmap().WithZone("")
			trusted = append(trusted, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %q: neither an address (10.0.0.7) nor a range (10.0.0.0/8)", text)
		}
		if a := prefix.Addr(); a.Is4In6() && prefix.Bits() >= 96 {
			prefix = netip.PrefixFrom(a.Unmap(), prefix.Bits()-96)
		}
		trusted = append(trusted, prefix.Masked())
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
	return ok && t.trustsAddr(addr)
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
