package web

import (
	"net/url"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
)

// An application may be mounted below a prefix of a larger http.Handler. net/http
// has no place that tells the prefix: http.StripPrefix shortens URL.Path and says
// nothing. But it leaves RequestURI, the line that the client sent, as it was.
// So the prefix is what RequestURI has in front of URL.Path:
//
//	RequestURI "/my%20app/users/7?x=1"  URL.Path "/users/7"  ->  "/my%20app"
//
// Where the path is not the end of the line, a handler has rewritten it, and there
// is no prefix. Neither is what holds empty or dot segments: that was cleaned.

// mounted returns the escaped prefix that was taken off the path inside this
// process, "" if none was.
func (r *Request) mounted() string {
	line := r.RequestURI
	if rest, ok := strings.CutPrefix(line, r.URL.Path); ok && (rest == "" || rest[0] == '?') {
		return "" // nearly always
	}
	line, _, _ = strings.Cut(line, "?")
	if !strings.HasPrefix(line, "/") {
		_, authority, ok := strings.Cut(line, "://") // asked as of a proxy
		slash := strings.IndexByte(authority, '/')
		if !ok || slash < 0 {
			return ""
		}
		line = authority[slash:]
	}
	whole, err := url.PathUnescape(line)
	if err != nil || !strings.HasSuffix(whole, r.URL.Path) {
		return ""
	}
	end := 0
	for range len(whole) - len(r.URL.Path) {
		if line[end] == '%' {
			end += 2
		}
		end++
	}
	return cleanPrefix(line[:end])
}

// cleanPrefix gives an escaped prefix the form that URLs have here: "/a/b", each
// name escaped where it must be. What is no prefix becomes "".
func cleanPrefix(escaped string) string {
	escaped = strings.TrimRight(escaped, "/")
	names, ok := strings.CutPrefix(escaped, "/")
	if !ok {
		return ""
	}
	b := make([]byte, 0, len(escaped))
	for part := range strings.SplitSeq(names, "/") {
		name, err := traversal.Unquote(part)
		if err != nil || name == "" || name == "." || name == ".." {
			return ""
		}
		b = append(b, '/')
		b = appendEscaped(b, name, plainInName)
	}
	return string(b)
}

// plainPrefix is a prefix as it stands in paths: as Pyramid has it, unescaped. Only
// what would make another path of it stays escaped.
func plainPrefix(prefix string) string {
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
