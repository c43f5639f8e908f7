package traversal

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A path is split while it is still escaped, and each name is decoded alone. So "%2F" stays inside
// a name; but a name that is "." or ".." after decoding counts as such, like everywhere else on
// the web: "/a/%2E%2E/b" is "/b".

// PathError says that a path cannot be read: a bad escape, bytes that are not UTF-8, or NUL.
type PathError struct {
	Path   string // the path, or the one name, as it was given
	Reason string
}

var _ error = (*PathError)(nil)

// Error quotes the path and says what is wrong with it.
func (e *PathError) Error() string { return fmt.Sprintf("path %q: %s", e.Path, e.Reason) }

// Status is 400: it is the client's mistake.
func (e *PathError) Status() int { return 400 }

// Split reads an escaped path, such as url.URL.EscapedPath gives, into its names. Empty segments
// and "." vanish, ".." takes the name before it away, if there is one. The names are never nil;
// the error is a [*PathError].
func Split(escaped string) ([]string, error) {
	var r Result
	if err := r.addEscaped(escaped); err != nil {
		return nil, err
	}
	return slices.Clone(r.allNames()), nil
}

// SplitText is Split for a path that is not escaped, where "%" means itself: a header, a
// setting, a path parameter that was decoded already. Most callers have an escaped path and need
// [Split].
func SplitText(text string) ([]string, error) {
	var r Result
	if err := r.addNames(strings.Split(text, "/")); err != nil {
		return nil, &PathError{Path: text, Reason: err.(*PathError).Reason}
	}
	return slices.Clone(r.allNames()), nil
}

// Join is the escaped absolute path of names, "/" if there are none. Split(Join(names)) gives the
// names back, unless one of them is empty, "." or "..", which no path can hold.
func Join(names []string) string {
	if len(names) == 0 {
		return "/"
	}
	size := 0
	for _, name := range names {
		size += 1 + len(name)
	}
	b := make([]byte, 0, size)
	for _, name := range names {
		b = append(b, '/')
		b = appendQuoted(b, name)
	}
	return string(b)
}

// Quote escapes one name for a path. Letters, digits and -._~!$&'()*+,;=:@ stay as they are.
func Quote(name string) string {
	for i := range len(name) {
		if !plain[name[i]] {
			return string(appendQuoted(make([]byte, 0, len(name)+16), name))
		}
	}
	return name
}

// Unquote decodes one name of a path. The error is a [*PathError].
func Unquote(name string) (string, error) {
	decoded, reason := unquote(name)
	if reason != "" {
		return "", &PathError{Path: name, Reason: reason}
	}
	return decoded, nil
}

const upperHex = "0123456789ABCDEF"

// plain holds the bytes that stand for themselves in a segment (RFC 3986, pchar).
var plain = func() (t [256]bool) {
	for c := range t {
		t[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			strings.IndexByte("-._~!$&'()*+,;=:@", byte(c)) >= 0
	}
	return t
}()

func appendQuoted(b []byte, name string) []byte {
	for i := range len(name) {
		if c := name[i]; plain[c] {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

// unquote decodes and checks a name; reason is empty if it is good. It allocates only if there is
// something to decode.
func unquote(name string) (decoded, reason string) {
	first := strings.IndexByte(name, '%')
	if first < 0 {
		return name, flawOfName(name)
	}
	b := make([]byte, 0, len(name))
	b = append(b, name[:first]...)
	for i := first; i < len(name); i++ {
		if name[i] != '%' {
			b = append(b, name[i])
			continue
		}
		if i+2 >= len(name) {
			return "", fmt.Sprintf("bad escape %q", name[i:])
		}
		hi, lo := unhex(name[i+1]), unhex(name[i+2])
		if hi < 0 || lo < 0 {
			return "", fmt.Sprintf("bad escape %q", name[i:i+3])
		}
		b = append(b, byte(hi<<4|lo))
		i += 2
	}
	decoded = string(b)
	return decoded, flawOfName(decoded)
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// flawOfName tells why no resource may have such a name.
func flawOfName(name string) string {
	if strings.IndexByte(name, 0) >= 0 {
		return "holds a NUL"
	}
	if !utf8.ValidString(name) {
		return "not UTF-8"
	}
	return ""
}
