package header

import "net/http"

// Canonical returns the canonical form of a header's name, as http.CanonicalHeaderKey does, which
// costs several times as much for a name that has it already, as nearly all have.
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
