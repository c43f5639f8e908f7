// Package urls builds URLs out of values, and reads values and query strings back.
//
// Each part of a URL is escaped by its own rules, which are Pyramid's and allowed by RFC 3986.
// Letters, digits and -._~ are never escaped. Neither are
//
//	!$&'()*+,;=:@      in path segments (traversal.Quote)
//	!$&'()*+,;=:@/?    in fragments, and in queries given as one text
//
// In names and values of a query everything else is escaped, and a space becomes a plus sign.
package urls

type byteSet [256]bool

func bytesOf(others string) *byteSet {
	var set byteSet
	for c := range set {
		set[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
	}
	for i := range len(others) {
		set[others[i]] = true
	}
	return &set
}

var (
	plainInPair     = bytesOf("-._~")
	plainInFragment = bytesOf("-._~!$&'()*+,;=:@/?")
)

const upperhex = "0123456789ABCDEF"

func appendEscape(b []byte, c byte) []byte { return append(b, '%', upperhex[c>>4], upperhex[c&15]) }

// appendFragment appends s, escaped for a fragment or a whole query.
func appendFragment(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; plainInFragment[c] {
			b = append(b, c)
		} else {
			b = appendEscape(b, c)
		}
	}
	return b
}

// appendPair appends s, escaped for a name or a value of a query.
func appendPair(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case plainInPair[c]:
			b = append(b, c)
		case c == ' ':
			b = append(b, '+')
		default:
			b = appendEscape(b, c)
		}
	}
	return b
}

// Location escapes what the header Location cannot hold: spaces, control characters, and all bytes
// outside ASCII. Everything else stays as it is, so that an escaped reference is not escaped again.
func Location(url string) string {
	odd := 0
	for i := range len(url) {
		if c := url[i]; c <= ' ' || c >= 0x7f {
			odd++
		}
	}
	if odd == 0 {
		return url
	}
	b := make([]byte, 0, len(url)+2*odd)
	for i := range len(url) {
		if c := url[i]; c <= ' ' || c >= 0x7f {
			b = appendEscape(b, c)
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}
