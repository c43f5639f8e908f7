package web

import "strings"

// A reader for the grammar of Accept (RFC 9110, 12.5.1):
//
//	list    = [ element ] *( OWS "," OWS [ element ] )
//	element = type "/" subtype *( OWS ";" OWS name "=" value ) [ OWS ";" OWS "q=" qvalue *( OWS ";" OWS name [ "=" value ] ) ]
//
// What is after the q is read and forgotten. A q has at most three decimals and
// is at most 1. Anything else makes the whole header unreadable.

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
	for s.at < len(s.text) && isToken(s.text[s.at]) {
		s.at++
	}
	return s.text[start:s.at]
}

// value reads a token or a quoted text.
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

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// semicolon reads OWS ";" OWS; it leaves the scanner where it was if there is none.
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

// parseRanges reads a whole header.
func parseRanges(text string) (ranges []mediaRange, ok bool) {
	s := scanner{text: text}
	if s.done() {
		return nil, true
	}
	if strings.HasPrefix(text, ",") {
		s.take(',')
	} else {
		r, ok := s.mediaRange()
		if !ok {
			return nil, false
		}
		ranges = append(ranges, r)
	}
	for !s.done() {
		s.space()
		// After the first comma of a list that begins with one, an element may
		// follow at once only behind another comma: ",a/b" is none, ",,a/b" is one.
		if !s.take(',') {
			return nil, false
		}
		start := s.at
		s.space()
		if s.done() || s.text[s.at] == ',' {
			if s.done() && s.at > start {
				return nil, false // space at the end belongs to nothing
			}
			s.at = start
			continue
		}
		r, ok := s.mediaRange()
		if !ok {
			return nil, false
		}
		ranges = append(ranges, r)
	}
	return ranges, true
}

// mediaRange reads one element with its parameters, q and extensions.
func (s *scanner) mediaRange() (r mediaRange, ok bool) {
	r.q = 1
	if !s.typeNames(&r.mediaType) {
		return r, false
	}
	weighted := false
	for s.semicolon() {
		name := s.token()
		isQ := name == "q" || name == "Q"
		switch {
		case name == "":
			return r, false
		case weighted: // an extension: its value is optional, and nobody uses it
			if s.take('=') {
				if _, ok := s.value(); !ok {
					return r, false
				}
			}
		case !s.take('='):
			return r, false
		case isQ:
			if r.q, ok = s.qvalue(); !ok {
				return r, false
			}
			weighted = true
		default:
			value, ok := s.value()
			if !ok {
				return r, false
			}
			r.params = append(r.params, mediaParam{strings.ToLower(name), value})
		}
	}
	return r, true
}

func (s *scanner) typeNames(t *mediaType) bool {
	t.kind = strings.ToLower(s.token())
	if t.kind == "" || !s.take('/') {
		return false
	}
	t.subtype = strings.ToLower(s.token())
	return t.subtype != ""
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

// parseOffer reads a media type as a server offers it: no q, no wildcards.
func parseOffer(text string) (mediaType, bool) {
	s := scanner{text: text}
	var t mediaType
	if !s.typeNames(&t) || t.kind == "*" || t.subtype == "*" {
		return t, false
	}
	for s.semicolon() {
		name := s.token()
		if name == "" || name == "q" || name == "Q" || !s.take('=') {
			return t, false
		}
		value, ok := s.value()
		if !ok {
			return t, false
		}
		t.params = append(t.params, mediaParam{strings.ToLower(name), value})
	}
	return t, s.done()
}

// tokens are the bytes of RFC 9110's token.
var tokens = func() (is [256]bool) {
	for c := range is {
		is[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c < 128 && strings.IndexByte("!#$%&'*+-.^_`|~", byte(c)) >= 0
	}
	return is
}()

func isToken(c byte) bool { return tokens[c] }
