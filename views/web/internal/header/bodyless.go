package header

import "net/http"

// Bodyless reports whether responses with this status have no body.
func Bodyless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified || status == http.StatusResetContent
}

// StripBody removes the headers that describe the missing body. A 304 keeps them: they are those of the
// 200.
func StripBody(h http.Header, status int) {
	switch status {
	case http.StatusNoContent:
		delete(h, "Content-Length")
		delete(h, "Content-Type")
	case http.StatusResetContent:
		delete(h, "Content-Type")
		h["Content-Length"] = []string{"0"}
	}
}
