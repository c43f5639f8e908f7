package routes

import (
	"regexp"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// matcher decides whether a path of its shape matches a pattern.
type matcher struct {
	shape        []segment
	pieces       []piece
	whole        *regexp.Regexp // used instead of pieces if not nil
	groups       []int          // of the markers in whole
	markers      int            // how many
	unrestricted bool           // every marker matches a whole segment or the rest, whatever it holds
}

// segment is one segment of a shape.
type segment struct {
	kind segmentKind
	text string // of a literal one
}

type segmentKind uint8

const (
	literal segmentKind = iota
	open
	rest // always the last
)

// piece matches the markers of one open segment, or of the rest.
type piece struct {
	at     int  // index of the segment in the shape
	rest   bool // extends to the end of the path
	mode   mode
	first  int // index of its first marker among all markers
	prefix string
	slots  []slot
	re     *regexp.Regexp
	groups []int // of the markers in re
}

// mode is how a piece matches.
type mode uint8

const (
	wholeSegment  mode = iota // one marker without an expression is the whole segment
	oneClass                  // one marker between literals, by its class
	oneExpression             // one marker between literals, by its expression
	fromTheEnd                // several markers without expressions, split at the last literals
	fromTheStart              // several markers, each of which ends where the next literal begins
	byExpression              // one expression for the segment
)

// slot is a marker and the literal after it.
type slot struct {
	class *charClass
	after string
}

// span is the part of a path that a marker matched.
type span = web.Span

func spanOf(from, to int) span { return span{From: int32(from), To: int32(to)} }

// match reports whether a path matches, whose shape does already, and sets spans to what each
// marker matched. starts holds the offsets of the path's segments, and one more: a byte past its
// end.
func (m *matcher) match(path string, starts []int32, spans []span) bool {
	if m.whole != nil {
		return matchGroups(m.whole, m.groups, path, 0, spans)
	}
	for i := range m.pieces {
		p := &m.pieces[i]
		from := int(starts[p.at])
		if p.mode == wholeSegment {
			to := int(starts[p.at+1]) - 1
			if to == from {
				return false
			}
			spans[p.first] = spanOf(from, to)
			continue
		}
		text := path[from:]
		if !p.rest {
			text = path[from : starts[p.at+1]-1]
		}
		if !p.match(text, from, spans[p.first:]) {
			return false
		}
	}
	return true
}

func (p *piece) match(text string, offset int, spans []span) bool {
	if p.mode == byExpression {
		return matchGroups(p.re, p.groups, text, offset, spans)
	}
	last := len(p.slots) - 1
	from, to := len(p.prefix), len(text)-len(p.slots[last].after)
	if from > to || text[:from] != p.prefix || text[to:] != p.slots[last].after {
		return false
	}
	switch p.mode {
	case oneClass:
		spans[0] = spanOf(offset+from, offset+to)
		return p.slots[0].class.matches(text[from:to])
	case oneExpression:
		spans[0] = spanOf(offset+from, offset+to)
		return p.re.MatchString(text[from:to])
	case fromTheEnd:
		// Each marker matches at least one character, and the first as many as it can. So each
		// literal between them is the last one possible, searched backwards.
		for i := last; i > 0; i-- {
			between := p.slots[i-1].after
			if to-1 < from {
				return false
			}
			at := strings.LastIndex(text[from:to-1], between)
			if at < 0 {
				return false
			}
			spans[i] = spanOf(offset+from+at+len(between), offset+to)
			to = from + at
		}
		spans[0] = spanOf(offset+from, offset+to)
		return to > from && p.slots[0].class.matches(text[from:to])
	default: // fromTheStart
		for i := range p.slots {
			s := &p.slots[i]
			n := s.class.prefixLen(text[from:])
			if n < 0 {
				return false
			}
			spans[i] = spanOf(offset+from, offset+from+n)
			from += n
			if !strings.HasPrefix(text[from:], s.after) {
				return false
			}
			from += len(s.after)
		}
		return from == len(text)
	}
}

// matchGroups sets spans to what the groups of re match of text.
func matchGroups(re *regexp.Regexp, groups []int, text string, offset int, spans []span) bool {
	found := re.FindStringSubmatchIndex(text)
	if found == nil {
		return false
	}
	for i, group := range groups {
		spans[i] = spanOf(offset+found[2*group], offset+found[2*group+1])
	}
	return true
}

// matchesEmpty reports whether the piece may match an empty segment.
func (p *piece) matchesEmpty() bool {
	switch p.mode {
	case oneClass:
		return p.prefix == "" && p.slots[0].after == "" && p.slots[0].class.min == 0
	case oneExpression:
		return p.prefix == "" && p.slots[0].after == "" && p.re.MatchString("")
	case byExpression:
		return p.re.MatchString("")
	}
	return p.mode == fromTheStart // rarely true; assuming it costs only speed
}

// suffix returns a text that every matching path ends with.
func (m *matcher) suffix() string {
	if n := len(m.pieces); n > 0 && m.whole == nil {
		if p := &m.pieces[n-1]; p.at == len(m.shape)-1 && p.mode != byExpression {
			return p.slots[len(p.slots)-1].after
		}
	}
	return ""
}

// matchPath matches a path that no index has split, and returns the spans of the markers.
func (m *matcher) matchPath(path string) ([]span, bool) {
	if path == "" || path[0] != '/' {
		return nil, false
	}
	var starts []int32
	for i := range len(path) {
		if path[i] == '/' {
			starts = append(starts, int32(i+1))
		}
	}
	n, toEnd := len(m.shape), false
	for i, s := range m.shape {
		if i == len(starts) {
			return nil, false
		}
		toEnd = s.kind == rest
		if s.kind != literal {
			continue
		}
		end := len(path)
		if i+1 < len(starts) {
			end = int(starts[i+1]) - 1
		}
		if path[starts[i]:end] != s.text {
			return nil, false
		}
	}
	if len(starts) > n && !toEnd {
		return nil, false
	}
	spans := make([]span, m.markers)
	return spans, m.match(path, append(starts, int32(len(path)+1)), spans)
}
