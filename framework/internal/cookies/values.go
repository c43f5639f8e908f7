package cookies

import (
	"net/http"
	"strings"
)

// MaxSize is how many bytes name and value of a cookie may have together: browsers ignore a larger
// one (RFC 6265bis, 5.7).
const MaxSize = 4096

// Values are the values of the cookies that have one name, at most four of them: a sibling host may
// have set one beside ours, where the name has no prefix __Host-.
type Values struct {
	list [4]string
	n    int
}

// All returns the values, in the order in which the client sent them.
func (v *Values) All() []string { return v.list[:v.n] }

// Named returns the values of a cookie in the header of a request. It reads the header as net/http
// does (RFC 6265, 5.4), except that it also returns values with characters that no cookie may have,
// and more than net/http reads.
func Named(h http.Header, name string) (found Values) {
	for _, line := range h["Cookie"] {
		for rest := line; rest != ""; {
			var pair string
			if at := strings.IndexByte(rest, ';'); at >= 0 {
				pair, rest = rest[:at], rest[at+1:]
			} else {
				pair, rest = rest, ""
			}
			if value, ok := valueOf(pair, name); ok {
				if found.n == len(found.list) {
					return found
				}
				found.list[found.n] = value
				found.n++
			}
		}
	}
	return found
}

// valueOf returns the value of a pair "name=value", false if it has another name.
func valueOf(pair, name string) (string, bool) {
	for pair != "" && isSpace(pair[0]) {
		pair = pair[1:]
	}
	if len(pair) < len(name) || pair[:len(name)] != name {
		return "", false
	}
	value := pair[len(name):]
	for value != "" && isSpace(value[0]) { // between the name and the equals sign
		value = value[1:]
	}
	if value != "" {
		if value[0] != '=' {
			return "", false
		}
		value = value[1:]
	}
	for value != "" && isSpace(value[len(value)-1]) {
		value = value[:len(value)-1]
	}
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	return value, true
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
