package origin

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Trusted are the addresses of trusted proxies. The zero Prefix stands for Unix sockets.
type Trusted []netip.Prefix

// ParseTrusted reads addresses, ranges and "unix". The error joins one for each invalid text.
func ParseTrusted(texts []string) (Trusted, error) {
	var trusted Trusted
	var invalid []error
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
			invalid = append(invalid, fmt.Errorf("invalid trusted proxy %q: want an address (10.0.0.7), a range (10.0.0.0/8), or unix", text))
			continue
		}
		if a := prefix.Addr(); a.Is4In6() && prefix.Bits() >= 96 {
			prefix = netip.PrefixFrom(a.Unmap(), prefix.Bits()-96)
		}
		trusted = append(trusted, prefix.Masked())
	}
	if len(invalid) > 0 {
		return nil, errors.Join(invalid...)
	}
	return trusted, nil
}

// Has reports whether remoteAddr, with or without a port, is a trusted proxy.
func (t Trusted) Has(remoteAddr string) bool {
	if len(t) == 0 {
		return false
	}
	addr, ok := ParseAddr(remoteAddr)
	if !ok {
		// net/http has "@" or a path for the other end of a Unix socket.
		onSocket := strings.HasPrefix(remoteAddr, "@") || strings.HasPrefix(remoteAddr, "/")
		return onSocket && slices.Contains(t, netip.Prefix{})
	}
	return t.hasAddr(addr)
}

func (t Trusted) hasAddr(addr netip.Addr) bool {
	for _, prefix := range t {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// ParseAddr reads an address with or without a port; one of IPv6 may have brackets, and has them
// before a port.
func ParseAddr(text string) (netip.Addr, bool) {
	host := text
	if strings.HasPrefix(host, "[") {
		inside, port, closed := strings.Cut(host[1:], "]")
		if !closed || port != "" && port[0] != ':' {
			return netip.Addr{}, false
		}
		host = inside
	} else if colon := strings.IndexByte(host, ':'); colon >= 0 && colon == strings.LastIndexByte(host, ':') {
		host = host[:colon]
	}
	addr, err := netip.ParseAddr(host)
	return addr.Unmap().WithZone(""), err == nil
}
