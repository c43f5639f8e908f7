// Package markers fills in the markers of translated texts.
package markers

import (
	"fmt"
	"strings"
)

// Fill replaces each $name and ${name} in text by the value of name, as fmt prints it. A name
// begins with a letter, and goes on with letters, digits, hyphens and underscores, as far as it
// goes. A marker behind another dollar sign, and one without a value, stay as they are. What was
// filled in is not searched again. Pyramid's translation strings have the same rules.
func Fill(text string, values map[string]any) string {
	if len(values) == 0 || strings.IndexByte(text, '$') < 0 {
		return text
	}
	var b strings.Builder
	for from := 0; ; {
		at := strings.IndexByte(text[from:], '$')
		if at < 0 {
			b.WriteString(text[from:])
			return b.String()
		}
		at += from
		name, end := marker(text, at)
		value, known := values[name]
		if name == "" || !known || at > 0 && text[at-1] == '$' {
			end = at + 1
			b.WriteString(text[from:end])
		} else {
			b.WriteString(text[from:at])
			fmt.Fprint(&b, value)
		}
		from = end
	}
}

// marker returns the name of the marker at a dollar sign, and where it ends; "" if there is none.
func marker(text string, at int) (name string, end int) {
	from := at + 1
	braces := from < len(text) && text[from] == '{'
	if braces {
		from++
	}
	end = from
	for end < len(text) && (isLetter(text[end]) || end > from && isRest(text[end])) {
		end++
	}
	name = text[from:end]
	if braces {
		if end == len(text) || text[end] != '}' {
			return "", 0
		}
		end++
	}
	return name, end
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isRest(c byte) bool { return '0' <= c && c <= '9' || c == '-' || c == '_' }
