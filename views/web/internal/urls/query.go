package urls

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ParseQuery splits a query string at '&' and '=', as browsers do: '+' is a space, a '%' without
// two hexadecimal digits stands for itself, and ';' does not separate. Names and values that are
// not UTF-8 are an error.
func ParseQuery(text string) ([]Pair, error) {
	if text == "" {
		return nil, nil
	}
	list := make([]Pair, 0, countPairs(text))
	for rest, more := text, true; more; {
		var part string
		if part, rest, more = strings.Cut(rest, "&"); part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		p := Pair{name, value}
		if !isPlain(part) {
			p = Pair{unescapePair(name), unescapePair(value)}
			if !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value) {
				return nil, fmt.Errorf("parameter %q: invalid UTF-8", part)
			}
		}
		list = append(list, p)
	}
	return list, nil
}

// isPlain reports whether a text is ASCII, and nothing in it is escaped.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == '%' || c == '+' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// countPairs counts the parts between '&' that are not empty. Room for the empty ones too could be
// many times the size of the text.
func countPairs(text string) (n int) {
	if !strings.Contains(text, "&&") { // nearly always
		return strings.Count(text, "&") + 1
	}
	previous := byte('&')
	for i := range len(text) {
		if text[i] != '&' && previous == '&' {
			n++
		}
		previous = text[i]
	}
	return n
}

func unescapePair(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b.WriteByte(' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func appendParam(b []byte, first bool, name string, value any) ([]byte, error) {
	items, isList := List(value)
	if !isList {
		return appendItem(b, first, name, value)
	}
	for i, item := range items {
		var err error
		if b, err = appendItem(b, first && i == 0, name, item); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func appendItem(b []byte, first bool, name string, value any) ([]byte, error) {
	if !first {
		b = append(b, '&')
	}
	text, err := Text(value)
	if err != nil && err != ErrNil {
		return nil, fmt.Errorf("query parameter %q %w", name, err)
	}
	b = appendPair(b, name)
	b = append(b, '=')
	return appendPair(b, text), nil
}
