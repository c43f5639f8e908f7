package readme

import "strings"

// block is one piece of Go code in the README, below the heading of its section.
type block struct {
	heading, code string
}

// blocks returns the Go code of a Markdown text, in order.
func blocks(markdown string) []block {
	var all []block
	heading := ""
	for line := range strings.Lines(markdown) {
		title, isHeading := strings.CutPrefix(line, "## ")
		last := len(all) - 1
		switch {
		case last >= 0 && !strings.HasSuffix(all[last].code, "```\n"):
			all[last].code += line
		case isHeading:
			heading = strings.TrimSpace(title)
		case line == "```go\n":
			all = append(all, block{heading: heading})
		}
	}
	for i := range all {
		all[i].code = strings.TrimSuffix(all[i].code, "```\n")
	}
	return all
}
