package cli

import (
	"strings"

	"github.com/BurntSushi/toml"
)

// lines tells the line on which each key of a TOML text stands, the first one
// of those in a list of tables. The parser keeps that to itself: so it is given the
// text up to each line, and a key that is new there was written between the last
// such text that was whole and this line. That costs a parse a line, which only a
// text with something wrong in it is worth.
func lines(text string) map[string]int {
	found := map[string]int{}
	known, begin, end := 0, 1, 0
	number := 0
	for line := range strings.Lines(text) {
		number++
		end += len(line)
		var all map[string]any
		meta, err := toml.Decode(text[:end], &all)
		if err != nil {
			continue // within a value of several lines
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
