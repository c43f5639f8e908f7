package header

import (
	"net/http"
	"strings"
)

// WithCookie returns the lines of Set-Cookie with one more cookie, in place of the one with the
// same name, domain and path.
func WithCookie(lines []string, c *http.Cookie) []string {
	kept := make([]string, 0, len(lines)+1)
	for _, line := range lines {
		was, err := http.ParseSetCookie(line)
		if err != nil || was.Name != c.Name || was.Path != c.Path || was.Domain != strings.TrimPrefix(c.Domain, ".") {
			kept = append(kept, line)
		}
	}
	return append(kept, c.String())
}
