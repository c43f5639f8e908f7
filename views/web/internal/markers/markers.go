// Package markers fills values into texts.
package markers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Fill replaces each ${name} in text by the value of name, as fmt prints it. A text without markers
// is returned as it is, without an allocation.
func Fill(text string, values map[string]any) string {
	if len(values) == 0 || !strings.Contains(text, "${") {
		return text
	}
	pairs := make([]string, 0, 2*len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, "${"+name+"}", fmt.Sprint(values[name]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
