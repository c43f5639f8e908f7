package header

import (
	"net/http"
	"strings"
)

// maxContentType is how many bytes of a Content-Type count. Type and subtype have up to 127 each
// (RFC 6838, 4.2).
const maxContentType = 512

// ContentType returns the media type of a body, in lower case and without parameters; "" if the
// header is missing or malformed. Reading it takes bounded time, however long the header is, so
// that everything may ask for it.
func ContentType(h http.Header) string {
	whole := ""
	if lines := h["Content-Type"]; len(lines) > 0 {
		whole = lines[0]
	}
	switch whole {
	case "application/x-www-form-urlencoded", "application/json": // nearly always
		return whole
	}
	text, _, ended := strings.Cut(whole[:min(len(whole), maxContentType)], ";")
	if !ended && len(whole) > maxContentType {
		return ""
	}
	text = strings.Trim(text, " \t")
	major, minor, ok := strings.Cut(text, "/")
	if !ok || !isToken(major) || !isToken(minor) {
		return ""
	}
	return strings.ToLower(text) // does not allocate if it is lower case already
}

func isToken(s string) bool {
	for i := range len(s) {
		if !tokens[s[i]] {
			return false
		}
	}
	return s != ""
}
