package header

import "net/http"

// Bodyless reports whether responses with this status have no body.
func Bodyless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified || status == http.StatusResetContent
}

// StripBody removes the headers that describe the missing body of a 204 or 205; a 205 has
// Content-Length 0. A 304 keeps them: they are those of the 200.
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

// Correct removes from h what must not be sent with this status. An error loses Cache-Control and
// Expires if its Cache-Control is lifetime, what Response.SetLifetime set, "" if nothing. A
// Transfer-Encoding is up to the server, except for the two values that net/http takes from a
// handler.
func Correct(h http.Header, status int, lifetime string) {
	if te, ok := h["Transfer-Encoding"]; ok && (len(te) != 1 || te[0] != "chunked" && te[0] != "identity") {
		delete(h, "Transfer-Encoding")
	}
	if status < 400 || lifetime == "" {
		return
	}
	if c := h["Cache-Control"]; len(c) == 1 && c[0] == lifetime {
		delete(h, "Cache-Control")
		delete(h, "Expires")
	}
}
