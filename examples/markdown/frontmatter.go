package markdown

import (
	"bytes"
	"html"
	"regexp"
)

// cutFrontMatter cuts off the front matter of notes and of pages for static site generators: a
// block of YAML between two lines "---", or of TOML between two lines "+++". The block must be at
// the very beginning, have an end and begin with a key, because a line "---" may also be a rule.
func cutFrontMatter(source []byte) (matter, rest []byte) {
	first, after, _ := bytes.Cut(source, []byte("\n"))
	fence := bytes.TrimRight(first, " \t\r")
	if string(fence) != "---" && string(fence) != "+++" {
		return nil, source
	}
	for rest := after; len(rest) > 0; {
		var line []byte
		at := len(after) - len(rest)
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		line = bytes.TrimRight(line, " \t\r")
		if !bytes.Equal(line, fence) && (string(line) != "..." || string(fence) != "---") {
			continue
		}
		if matter := after[:at]; beginsWithKey.Match(matter) {
			return matter, rest
		}
		return nil, source
	}
	return nil, source
}

// beginsWithKey matches a block whose first line that is neither empty nor a comment has a key.
var beginsWithKey = regexp.MustCompile(`^(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:["'\pL_][^\n:=]*[ \t]*[:=]|\[)`)

// asCode returns front matter as a block of code, "" without any.
func asCode(matter []byte) string {
	if len(matter) == 0 {
		return ""
	}
	return "<pre><code>" + html.EscapeString(string(matter)) + "</code></pre>\n"
}
