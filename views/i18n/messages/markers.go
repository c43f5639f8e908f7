package messages

import (
	"regexp"
	"slices"
)

// marker is a marker of web.Message.Fill: $name or ${name}. A dollar sign in front of it makes it
// plain text.
var marker = regexp.MustCompile(`(^|[^$])\$(?:\{([A-Za-z][A-Za-z0-9_-]*)\}|([A-Za-z][A-Za-z0-9_-]*))`)

// markersOf returns the names of the markers in a text, sorted, each once.
func markersOf(text string) []string {
	var names []string
	for from := 0; ; {
		m := marker.FindStringSubmatchIndex(text[from:])
		if m == nil {
			break
		}
		for _, group := range []int{2, 3} {
			if m[2*group] >= 0 {
				names = append(names, text[from+m[2*group]:from+m[2*group+1]])
			}
		}
		from += m[1]
	}
	slices.Sort(names)
	return slices.Compact(names)
}
