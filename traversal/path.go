package traversal

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A path is split while it is still escaped, and each name is decoded alone. So "%2F" stays inside
// a name. But a name that decodes to "." or ".." counts as such, as everywhere on the web:
// "/a/%2E%2E/b" is "/b".

// PathError means that a path cannot be read: it has an invalid escape, is not UTF-8, or contains
// NUL.
type PathError struct {
	Path   string // the path, or the single name, as it was given
	Reason string
}

var _ error = (*PathError)(nil)

// Error quotes the path and says what is wrong with it.
func (e *PathError) Error() string { return fmt.Sprintf("path %q: %s", e.Path, e.Reason) }

// Status returns 400: the client sent the path.
func (e *PathError) Status() int { return 400 }

// Split returns the decoded names of an escaped path, such as url.URL.EscapedPath returns. Empty
// segments and "." are dropped, and ".." removes the name before it, if there is one. The result is
// never nil; the error is a [*PathError]. A path in plain text, where "%" has no meaning, is
// escaped by (&url.URL{Path: text}).EscapedPath().
func Split(escaped string) ([]string, error) {
	var r Result
	if err := r.addEscaped(escaped); err != nil {
		return nil, err
	}
	return slices.Clone(r.allNames()), nil
}

// Join returns the escaped absolute path of decoded names; "/" without names. Split reverses it,
// except for names that no path can contain: "", "." and "..".
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

// Unquote decodes one escaped name. The error is a [*PathError].
func Unquote(name string) (string, error) {
	decoded, reason := unquote(name)
	if reason != "" {
		return "", &PathError{Path: name, Reason: reason}
	}
	return decoded, nil
}

const upperHex = "0123456789ABCDEF"

// plain marks the bytes that need no escape in a path segment (RFC 3986, pchar).
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

// unquote decodes and checks a name; reason is empty if the name is good. It allocates only if
// there is something to decode.
func unquote(name string) (decoded, reason string) {
	first := strings.IndexByte(name, '%')
	if first < 0 {
		return name, badName(name)
	}
	b := make([]byte, 0, len(name))
	b = append(b, name[:first]...)
	for i := first; i < len(name); i++ {
		if name[i] != '%' {
			b = append(b, name[i])
			continue
		}
		if i+2 >= len(name) {
			return "", fmt.Sprintf("invalid escape %q", name[i:])
		}
		hi, lo := unhex(name[i+1]), unhex(name[i+2])
		if hi < 0 || lo < 0 {
			return "", fmt.Sprintf("invalid escape %q", name[i:i+3])
		}
		b = append(b, byte(hi<<4|lo))
		i += 2
	}
	decoded = string(b)
	return decoded, badName(decoded)
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

// badName says why no resource can have such a name; empty for a good name.
func badName(name string) (reason string) {
	if strings.IndexByte(name, 0) >= 0 {
		return "contains NUL"
	}
	if !utf8.ValidString(name) {
		return "not UTF-8"
	}
	return ""
}
