package header

import "net/http"

// Canonical does what http.CanonicalHeaderKey does, at a fraction of the cost if the name is
// canonical already, as nearly all are.
func Canonical(name string) string {
	upper := true // the next letter
	for i := range len(name) {
		c := name[i]
		if !tokens[c] || upper && 'a' <= c && c <= 'z' || !upper && 'A' <= c && c <= 'Z' {
			return http.CanonicalHeaderKey(name)
		}
		upper = c == '-'
	}
	return name
}
