package web

// A URL escapes each of its parts by rules of its own, those that Pyramid has
// and RFC 3986 allows. Letters, digits and -._~ stand for themselves everywhere.
//
//	names, elements, values of markers   !$&'()*+,;=:@        (as traversal.Quote)
//	texts for a star                     !$&'()*+,;=:@/
//	anchors, queries given as a text     !$&'()*+,;=:@/?
//	names and values of a query          nothing else, and a space is a plus sign

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
	plainInName   = bytesOf("-._~!$&'()*+,;=:@")
	plainInPair   = bytesOf("-._~")
	plainInAnchor = bytesOf("-._~!$&'()*+,;=:@/?")
)

// appendEscaped appends s with all bytes escaped that are not plain.
func appendEscaped(b []byte, s string, plain *byteSet) []byte {
	for i := range len(s) {
		if c := s[i]; plain[c] {
			b = append(b, c)
		} else {
			b = append(b, '%', upperhex[c>>4], upperhex[c&15])
		}
	}
	return b
}

// appendPair appends a name or a value of a query.
func appendPair(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case plainInPair[c]:
			b = append(b, c)
		case c == ' ':
			b = append(b, '+')
		default:
			b = append(b, '%', upperhex[c>>4], upperhex[c&15])
		}
	}
	return b
}
