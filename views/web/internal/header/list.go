package header

import "strings"

// Backwards iterates over the elements of a header that is a list, the last first. A comma inside
// quotes does not separate. Quotes are counted from the end, so that a quote which a client left
// open cannot swallow what a proxy appended.
type Backwards struct {
	lines []string
	line  string
	more  bool // line may hold another element
}

// NewBackwards returns an iterator over the lines of a header.
func NewBackwards(lines []string) Backwards { return Backwards{lines: lines} }

// Next returns the next element that is not empty; false at the beginning of the list.
func (b *Backwards) Next() (element string, ok bool) {
	for {
		if !b.more {
			if len(b.lines) == 0 {
				return "", false
			}
			b.line, b.more = b.lines[len(b.lines)-1], true
			b.lines = b.lines[:len(b.lines)-1]
		}
		cut, quoted := -1, false
		for i := len(b.line) - 1; i >= 0 && cut < 0; i-- {
			switch b.line[i] {
			case '"':
				if !escapedAt(b.line, i) {
					quoted = !quoted
				}
			case ',':
				if !quoted {
					cut = i
				}
			}
		}
		element = strings.TrimSpace(b.line[cut+1:])
		if cut < 0 {
			b.more = false
		} else {
			b.line = b.line[:cut]
		}
		if element != "" {
			return element, true
		}
	}
}

// escapedAt reports whether an odd number of backslashes precedes s[i].
func escapedAt(s string, i int) bool {
	n := 0
	for i--; i >= 0 && s[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// LastElement returns the last element of a list, "" if it is empty. The elements are not quoted.
func LastElement(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	line := lines[len(lines)-1]
	return strings.TrimSpace(line[strings.LastIndexByte(line, ',')+1:])
}

// Forwarded is one element of the Forwarded header (RFC 7239).
type Forwarded struct{ For, Host, Proto string }

// ParseForwarded reads one element: pairs of name=value separated by semicolons, in which values
// are tokens or quoted. Other names are ignored. It returns false if the element is malformed.
func ParseForwarded(element string) (f Forwarded, ok bool) {
	for rest := strings.TrimSpace(element); rest != ""; {
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			return f, false
		}
		var value string
		if strings.HasPrefix(after, `"`) {
			if value, rest, ok = cutQuoted(after[1:]); !ok {
				return f, false
			}
			rest = strings.TrimSpace(rest)
			if rest != "" {
				if rest, ok = strings.CutPrefix(rest, ";"); !ok {
					return f, false
				}
			}
		} else {
			value, rest, _ = strings.Cut(after, ";")
		}
		value, rest = strings.TrimSpace(value), strings.TrimSpace(rest)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "for":
			f.For = value
		case "host":
			f.Host = value
		case "proto":
			f.Proto = value
		}
	}
	return f, true
}

// cutQuoted reads a quoted string up to its closing quote.
func cutQuoted(s string) (value, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return unescape(s[:i]), s[i+1:], true
		case '\\':
			i++
		}
	}
	return "", "", false
}
