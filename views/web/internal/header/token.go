// Package header reads and checks the values of HTTP headers: tokens, the media ranges of Accept,
// lists to which proxies append, and headers of which a response has one value only. It also holds
// the headers of a response, see [Set].
package header

import (
	"fmt"
	"strings"
)

// tokens are the bytes of a token (RFC 9110, 5.6.2).
var tokens = func() (is [256]bool) {
	for c := range is {
		is[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c < 128 && strings.IndexByte("!#$%&'*+-.^_`|~", byte(c)) >= 0
	}
	return is
}()

// Check returns an error if a header would end early or begin another one.
func Check(name, value string) error {
	for i := range len(name) {
		if !tokens[name[i]] {
			return fmt.Errorf("invalid character %q in header name %q", name[i], name)
		}
	}
	if name == "" {
		return fmt.Errorf("header with value %q has no name", value)
	}
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return fmt.Errorf("header %s: line break or control character in value %q", name, value)
		}
	}
	return nil
}

// HasElement reports whether list, the elements of a header separated by commas, contains element,
// ignoring case.
func HasElement(list, element string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(part), element) {
			return true
		}
	}
	return false
}

// WithVary returns the value vary of a Vary header with those of the names added that it lacks. It
// does not allocate if none is missing.
func WithVary(vary string, names []string) string {
	for _, name := range names {
		switch {
		case vary == "":
			vary = name
		case HasElement(vary, name), HasElement(vary, "*"):
		default:
			vary += ", " + name
		}
	}
	return vary
}

// unescape removes the backslashes of a quoted string.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
