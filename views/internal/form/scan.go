package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// mostDepth is how deeply arrays and objects may nest, as in encoding/json.
const mostDepth = 10_000

// scanner reads JSON (RFC 8259) from its beginning to its end. Its errors say where the text is not
// JSON, the same with each version of encoding/json.
type scanner struct {
	raw   []byte
	at    int
	depth int
}

// syntaxError is where a text is not JSON.
type syntaxError struct{ text string }

var _ error = (*syntaxError)(nil)

func (e *syntaxError) Error() string { return e.text }

// expected returns the error that something else is at the current position.
func (s *scanner) expected(what string) error {
	got := "the end"
	if s.at < len(s.raw) {
		c, _ := utf8.DecodeRune(s.raw[s.at:])
		got = fmt.Sprintf("%q", c)
	}
	return s.errorf("expected %s, got %s", what, got)
}

func (s *scanner) errorf(format string, args ...any) error {
	before := s.raw[:s.at]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return &syntaxError{fmt.Sprintf("line %d, column %d: ", line, column) + fmt.Sprintf(format, args...)}
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.raw); s.at++ {
		switch c := s.raw[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// word reads true, false or null.
func (s *scanner) word(word string) error {
	for i := range len(word) {
		if s.at == len(s.raw) || s.raw[s.at] != word[i] {
			return s.expected(fmt.Sprintf("the word %s", word))
		}
		s.at++
	}
	return nil
}

// number reads a number and returns its text.
func (s *scanner) number() ([]byte, error) {
	start := s.at
	if s.raw[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.raw) && s.raw[s.at] == '0' {
		s.at++
	} else if err := s.digits(); err != nil {
		return nil, err
	}
	if s.at < len(s.raw) && s.raw[s.at] == '.' {
		s.at++
		if err := s.digits(); err != nil {
			return nil, err
		}
	}
	if s.at < len(s.raw) && s.raw[s.at]|0x20 == 'e' {
		s.at++
		if s.at < len(s.raw) && (s.raw[s.at] == '+' || s.raw[s.at] == '-') {
			s.at++
		}
		if err := s.digits(); err != nil {
			return nil, err
		}
	}
	return s.raw[start:s.at], nil
}

func (s *scanner) digits() error {
	start := s.at
	for s.at < len(s.raw) && '0' <= s.raw[s.at] && s.raw[s.at] <= '9' {
		s.at++
	}
	if s.at == start {
		return s.expected("a digit")
	}
	return nil
}

// string reads a string and returns what it stands for: a part of the body if nothing in it is
// escaped.
func (s *scanner) string() ([]byte, error) {
	start, escaped := s.at, false
	for s.at++; s.at < len(s.raw); s.at++ {
		switch c := s.raw[s.at]; {
		case c == '"':
			s.at++
			if !escaped {
				return s.raw[start+1 : s.at-1], nil
			}
			var decoded string
			if err := json.Unmarshal(s.raw[start:s.at], &decoded); err != nil {
				return nil, s.errorf("invalid string")
			}
			return []byte(decoded), nil
		case c < ' ':
			return nil, s.expected("an escaped character such as \\n")
		case c == '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return nil, err
			}
		}
	}
	return nil, s.expected("the end of the string")
}

// escape reads an escape sequence up to its last byte.
func (s *scanner) escape() error {
	if s.at++; s.at == len(s.raw) || bytes.IndexByte([]byte(`"\/bfnrtu`), s.raw[s.at]) < 0 {
		return s.expected(`one of "\/bfnrtu after a backslash`)
	}
	if s.raw[s.at] != 'u' {
		return nil
	}
	for range 4 {
		if s.at++; s.at == len(s.raw) || !isHex(s.raw[s.at]) {
			return s.expected("four hexadecimal digits after \\u")
		}
	}
	return nil
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// enter reads the opening bracket of an array or object.
func (s *scanner) enter() error {
	if s.depth++; s.depth > mostDepth {
		return s.errorf("more than %d arrays and objects inside each other", mostDepth)
	}
	s.at++
	return nil
}

// more reads up to the next element or member, or else the closing bracket; n is how many came
// before.
func (s *scanner) more(closing byte, n int) (bool, error) {
	switch c := s.peek(); {
	case c == closing:
		s.at++
		s.depth--
		return false, nil
	case n == 0:
		return true, nil
	case c != ',':
		return false, s.expected(fmt.Sprintf("',' or %q", closing))
	}
	s.at++
	return true, nil
}

// key reads the name of a member, and the colon.
func (s *scanner) key() ([]byte, error) {
	if s.peek() != '"' {
		return nil, s.expected("a name in quotes")
	}
	name, err := s.string()
	if err != nil {
		return nil, err
	}
	if s.peek() != ':' {
		return nil, s.expected("':'")
	}
	s.at++
	return name, nil
}

// skip reads a value.
func (s *scanner) skip() error {
	switch c := s.peek(); c {
	case '{':
		return s.skipAll('}')
	case '[':
		return s.skipAll(']')
	case '"':
		_, err := s.string()
		return err
	default:
		return s.plain(c)
	}
}

func (s *scanner) skipAll(closing byte) error {
	if err := s.enter(); err != nil {
		return err
	}
	for n := 0; ; n++ {
		if more, err := s.more(closing, n); !more {
			return err
		}
		if closing == '}' {
			if _, err := s.key(); err != nil {
				return err
			}
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}

// plain reads a value that begins with c and is neither an array, an object nor a string.
func (s *scanner) plain(c byte) error {
	switch {
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	case c == '-' || '0' <= c && c <= '9':
		_, err := s.number()
		return err
	}
	return s.expected("a value")
}

// isNumber reports whether a text is a number in JSON.
func isNumber(text string) bool {
	s := scanner{raw: []byte(text)}
	if text == "" || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	_, err := s.number()
	return err == nil && s.at == len(text)
}
