package cli

import (
	"strings"

	"github.com/BurntSushi/toml"
)

// tomlLines returns the line of each key in a TOML text; for a key in an array of tables, that
// of the first one. The parser does not report lines. So tomlLines parses the text up to each
// line: a key that is new in such a prefix was written between the last prefix that parsed and
// this line. That costs one parse per line, which only a text with an error in it is worth.
func tomlLines(text string) map[string]int {
	found := map[string]int{}
	known, begin, end := 0, 1, 0
	number := 0
	for line := range strings.Lines(text) {
		number++
		end += len(line)
		var all map[string]any
		meta, err := toml.Decode(text[:end], &all)
		if err != nil {
			continue // inside a value of several lines
		}
		keys := meta.Keys()
		for _, key := range keys[known:] {
			if name := strings.Join(key, "."); found[name] == 0 {
				found[name] = begin
			}
		}
		known, begin = len(keys), number+1
	}
	return found
}
