package routes

import (
	"strings"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// requestPath returns the path of a request for matching: decoded, with NUL for escaped slashes.
func requestPath(r *web.Request) (string, error) {
	if r.RequestURI == "*" { // net/http itself responds to OPTIONS *: RFC 9112, 3.2.4
		return "", &traversal.PathError{Path: "*", Reason: "only valid with OPTIONS"}
	}
	if r.URL.RawPath != "" {
		if escaped := r.EscapedPath(); hasEscapedSlash(escaped) {
			return decode(escaped)
		}
	}
	return checkPath(r.URL.Path)
}

func hasEscapedSlash(escaped string) bool {
	for i := 0; i+2 < len(escaped); i++ {
		if escaped[i] == '%' && escaped[i+1] == '2' && escaped[i+2]|0x20 == 'f' {
			return true
		}
	}
	return false
}

// checkPath checks a decoded path. An empty path becomes "/".
func checkPath(path string) (string, error) {
	switch {
	case path == "":
		return "/", nil
	case plainASCII(path):
		return path, nil
	case strings.IndexByte(path, 0) >= 0:
		return "", &traversal.PathError{Path: path, Reason: "contains NUL"}
	case !utf8.ValidString(path):
		return "", &traversal.PathError{Path: path, Reason: "not UTF-8"}
	}
	return path, nil
}

// decode decodes an escaped path, and replaces escaped slashes by NUL.
func decode(escaped string) (string, error) {
	if strings.IndexByte(escaped, '%') < 0 {
		return checkPath(escaped)
	}
	segments := strings.Split(escaped, "/")
	for i, segment := range segments {
		name, err := traversal.Unquote(segment)
		if err != nil {
			return "", &traversal.PathError{Path: escaped, Reason: err.(*traversal.PathError).Reason}
		}
		segments[i] = strings.ReplaceAll(name, "/", "\x00")
	}
	return strings.Join(segments, "/"), nil
}
