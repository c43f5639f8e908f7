package origin

import (
	"net/url"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
)

// An application can be mounted below a prefix of a larger http.Handler. net/http does not record
// the prefix: http.StripPrefix shortens URL.Path. But it leaves RequestURI, the target of the
// request line, as it was. So the prefix is what precedes URL.Path in RequestURI:
//
//	RequestURI "/my%20app/users/7?x=1"  URL.Path "/users/7"  ->  "/my%20app"
//
// If the target does not end with the path, some handler has rewritten it, and there is no prefix.
// Nor is there one if it contains empty or dot segments: then the path was cleaned.

// Mounted returns the escaped prefix that handlers in this process removed from the path; "" if
// none did.
func Mounted(requestURI, path string) string {
	target := requestURI
	if rest, ok := strings.CutPrefix(target, path); ok && (rest == "" || rest[0] == '?') {
		return "" // nearly always
	}
	target, _, _ = strings.Cut(target, "?")
	if !strings.HasPrefix(target, "/") {
		_, authority, ok := strings.Cut(target, "://") // an absolute URL, as sent to proxies
		slash := strings.IndexByte(authority, '/')
		if !ok || slash < 0 {
			return ""
		}
		target = authority[slash:]
	}
	whole, err := url.PathUnescape(target)
	if err != nil || !strings.HasSuffix(whole, path) {
		return ""
	}
	end := 0
	for range len(whole) - len(path) {
		if target[end] == '%' {
			end += 2
		}
		end++
	}
	return cleanPrefix(target[:end])
}

// cleanPrefix returns an escaped prefix as generated URLs have it: "/a/b", with each segment
// escaped where necessary. An invalid prefix becomes "".
func cleanPrefix(escaped string) string {
	escaped = strings.TrimRight(escaped, "/")
	segments, ok := strings.CutPrefix(escaped, "/")
	if !ok {
		return ""
	}
	b := make([]byte, 0, len(escaped))
	for part := range strings.SplitSeq(segments, "/") {
		name, err := traversal.Unquote(part)
		if err != nil || name == "" || name == "." || name == ".." {
			return ""
		}
		b = append(b, '/')
		b = append(b, traversal.Quote(name)...)
	}
	return string(b)
}

// PlainPrefix returns a prefix from this package as it stands in a path without origin: unescaped,
// as in Pyramid, except for characters that would change the path.
func PlainPrefix(prefix string) string {
	if strings.IndexByte(prefix, '%') < 0 {
		return prefix
	}
	b := make([]byte, 0, len(prefix))
	for i := 0; i < len(prefix); i++ {
		if prefix[i] == '%' {
			c := unhex(prefix[i+1])<<4 | unhex(prefix[i+2])
			if c > 0x1f && c != 0x7f && strings.IndexByte("%?#/\\\"<>", c) < 0 {
				b = append(b, c)
				i += 2
				continue
			}
		}
		b = append(b, prefix[i])
	}
	return string(b)
}

// unhex returns the value of a hexadecimal digit in upper case.
func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c - 'A' + 10
}
