package header

import "strings"

// scanner reads a header from left to right. Its methods return false, or "", if the text does not
// continue as expected.
type scanner struct {
	text string
	at   int
}

func (s *scanner) done() bool { return s.at == len(s.text) }

func (s *scanner) take(c byte) bool {
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t') {
		s.at++
	}
}

func (s *scanner) token() string {
	start := s.at
	for s.at < len(s.text) && tokens[s.text[s.at]] {
		s.at++
	}
	return s.text[start:s.at]
}

// value reads a token or a quoted string.
func (s *scanner) value() (string, bool) {
	if !s.take('"') {
		t := s.token()
		return t, t != ""
	}
	start, escaped := s.at, false
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '"':
			text := s.text[start:s.at]
			s.at++
			if escaped {
				text = unescape(text)
			}
			return text, true
		case c == '\\':
			escaped = true
			s.at++
			if s.at == len(s.text) || !isQuotable(s.text[s.at]) {
				return "", false
			}
		case !isQuotable(c):
			return "", false
		}
		s.at++
	}
	return "", false
}

func isQuotable(c byte) bool { return c == '\t' || c >= ' ' && c != 0x7f }

// semicolon reads OWS ";" OWS; without a semicolon the scanner stays where it was.
func (s *scanner) semicolon() bool {
	start := s.at
	s.space()
	if !s.take(';') {
		s.at = start
		return false
	}
	s.space()
	return true
}

// mediaType reads type "/" subtype, in lower case.
func (s *scanner) mediaType(t *MediaType) bool {
	t.main = strings.ToLower(s.token())
	if t.main == "" || !s.take('/') {
		return false
	}
	t.sub = strings.ToLower(s.token())
	return t.sub != ""
}

// qvalue reads 0, 0.5, 0.123, 1, 1.000.
func (s *scanner) qvalue() (float64, bool) {
	one := s.take('1')
	if !one && !s.take('0') {
		return 0, false
	}
	thousandths := 0
	if s.take('.') {
		for scale := 100; scale > 0 && s.at < len(s.text); scale /= 10 {
			c := s.text[s.at]
			if c < '0' || c > '9' || one && c != '0' {
				break
			}
			thousandths += int(c-'0') * scale
			s.at++
		}
	}
	if one {
		return 1, true
	}
	return float64(thousandths) / 1000, true
}
