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
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		p := Pair{unescapePair(name), unescapePair(value)}
		if !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value) {
			return nil, fmt.Errorf("parameter %q: invalid UTF-8", part)
		}
		list = append(list, p)
	}
	return list, nil
}

// countPairs counts the parts between '&' that are not empty. Room for the empty ones too could be
// many times the size of the text.
func countPairs(text string) (n int) {
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
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return string(b)
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
