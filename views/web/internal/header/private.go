package header

import (
	"net/http"
	"strings"
)

// Private returns the lines of Cache-Control as one that forbids shared caches to keep the response
// (RFC 9111, 5.2.2.7), and otherwise says the same.
func Private(lines []string) string {
	var kept []string
	stored := true
	for _, line := range lines {
		for _, directive := range directives(line) {
			name, _, _ := strings.Cut(directive, "=")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "public", "s-maxage", "private": // private with fields leaves the rest to all caches
				continue
			case "no-store":
				stored = false
			}
			kept = append(kept, directive)
		}
	}
	if stored {
		kept = append([]string{"private"}, kept...)
	}
	return strings.Join(kept, ", ")
}

// KeepPrivate makes h forbid shared caches to keep the response.
func KeepPrivate(h http.Header) {
	for _, key := range TargetedCacheControl {
		delete(h, http.CanonicalHeaderKey(key))
	}
	h["Cache-Control"] = []string{Private(h["Cache-Control"])}
}

// TargetedCacheControl are the headers that some shared caches prefer to Cache-Control (RFC 9213).
var TargetedCacheControl = []string{"CDN-Cache-Control", "Surrogate-Control"}

// directives splits a list at its commas, but not within quotation marks.
func directives(line string) []string {
	var parts []string
	quoted, from := false, 0
	add := func(part string) {
		if part = strings.Trim(part, " \t"); part != "" {
			parts = append(parts, part)
		}
	}
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quoted:
			i++
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ',' && !quoted:
			add(line[from:i])
			from = i + 1
		}
	}
	add(line[from:])
	return parts
}
