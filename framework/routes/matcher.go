package routes

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// A pattern is compiled into a shape, by which the index finds it, and into what
// the shape leaves open. The shape is one segment a slash: a literal one, an open
// one (some text without a slash, of which markers take their parts), and at the
// end perhaps the rest: everything from the segment on in which a marker may take
// slashes, or a star stands. "/a/{x}.html/{y:.*}" has the shape
//
//	a   open   rest
//
// No marker in an open segment can take a slash, so each is matched on its own, by
// a piece: the literal texts around the markers need no expression, nor do
// expressions that repeat one class of characters, such as \d+ or [a-z]{2,4}. What
// is more complicated is an expression over its segment; and if one looks beyond
// its marker (\b, ^, $), the whole path is one expression.

// matcher decides whether a path matches, once its shape does.
type matcher struct {
	shape  []segment
	pieces []piece
	whole  *regexp.Regexp // instead of the pieces
	groups []int          // the markers' groups in whole
	count  int            // of markers
	plain  bool           // every marker takes a segment, or the rest, whatever is in it
}

// segment is one part of a shape.
type segment struct {
	kind segmentKind
	text string // of a literal one
}

type segmentKind uint8

const (
	literal segmentKind = iota
	open
	rest // the last
)

// piece matches the markers of one open segment, or of the rest.
type piece struct {
	at     int  // place of the segment in the shape
	rest   bool // to the end of the path
	mode   mode
	first  int // place of the first marker among all
	prefix string
	marks  []mark
	re     *regexp.Regexp
	groups []int // of the markers in re
}

type mode uint8

const (
	bare    mode = iota // one marker without an expression is the whole segment
	single              // one marker between literals
	lone                // one marker between literals, with an expression
	splits              // several without expressions, split at the last literals
	scans               // several, each of which ends where the next literal begins
	complex             // an expression
)

// mark is a marker and the literal behind it.
type mark struct {
	class  *class
	behind string
}

// compile makes the matcher of a pattern. The offset of an error is the place of
// the part that is wrong.
func compile(parts []token) (*matcher, *PatternError) {
	if err := checkSize(parts); err != nil {
		return nil, err
	}
	c := compiler{parts: parts, m: &matcher{}}
	for i, part := range parts {
		if part.Marker != "" {
			c.m.count++
		}
		if !c.add(part) {
			return nil, &PatternError{Offset: i, Reason: "the expression of marker " + strconv.Quote(part.Marker) + " matches nothing"}
		}
	}
	c.close()
	c.m.plain = true
	for i := range c.m.pieces {
		p := &c.m.pieces[i]
		c.m.plain = c.m.plain && (p.mode == bare || p.mode == single && p.prefix == "" && p.marks[0].class == starClass)
	}
	if c.looksBeyond {
		c.m.plain = false
		if err := c.compileWhole(); err != nil {
			return nil, err
		}
	}
	return c.m, nil
}

// checkSize refuses expressions that are good alone, but too deep or too large as
// part of the one of the whole pattern: the largest that is ever made of it.
func checkSize(parts []token) *PatternError {
	if !slices.ContainsFunc(parts, func(part token) bool { return part.Expr != "" }) || tooMuch(parts) == nil {
		return nil
	}
	for i, part := range parts {
		if wrong := tooMuch(parts[:i+1]); wrong != nil {
			return &PatternError{Offset: i, Reason: "the expression of marker " + strconv.Quote(part.Marker) +
				" is too much with what stands around it: " + wrong.Code.String() + ": make it simpler, or check the value in the view"}
		}
	}
	return nil
}

func tooMuch(parts []token) *syntax.Error {
	text, _ := expressionText(parts)
	_, err := syntax.Parse(text, syntax.Perl)
	wrong, _ := errors.AsType[*syntax.Error](err)
	return wrong
}

type compiler struct {
	parts       []token
	m           *matcher
	now         []token // what is in the current segment
	marks       int     // markers before it
	inRest      bool
	started     bool // the slash in front is behind us
	looksBeyond bool
}

// add takes one part; false if its expression matches nothing.
func (c *compiler) add(part token) bool {
	if part.Marker != "" {
		var tree *syntax.Regexp
		if part.Expr != "" {
			tree, _ = syntax.Parse(part.Expr, syntax.Perl)
			tree = tree.Simplify()
			if mentions(tree, isNoMatch) && !possible(`\A(?:`+part.Expr+`)\z`) {
				return false
			}
			c.looksBeyond = c.looksBeyond || mentions(tree, looksBeyond)
		}
		if part.Star || tree != nil && mentions(tree, takesSlash) {
			c.inRest = true
		}
		c.now = append(c.now, part)
		return true
	}
	text := part.Literal
	if !c.started {
		text, c.started = text[1:], true
	}
	for !c.inRest {
		before, after, more := strings.Cut(text, "/")
		if before != "" {
			c.now = append(c.now, token{Literal: before})
		}
		if !more {
			return true
		}
		c.close()
		text = after
	}
	if text != "" {
		c.now = append(c.now, token{Literal: text})
	}
	return true
}

// close ends a segment.
func (c *compiler) close() {
	at, parts := len(c.m.shape), c.now
	c.now = nil
	switch {
	case c.inRest:
		c.m.shape = append(c.m.shape, segment{kind: rest})
	case len(parts) == 0:
		c.m.shape = append(c.m.shape, segment{})
		return
	case len(parts) == 1 && parts[0].Marker == "":
		c.m.shape = append(c.m.shape, segment{text: parts[0].Literal})
		return
	default:
		c.m.shape = append(c.m.shape, segment{kind: open})
	}
	p := newPiece(parts)
	p.at, p.rest, p.first = at, c.inRest, c.marks
	if p.rest && p.mode == bare {
		p.mode = single
	}
	c.marks += len(p.marks)
	c.m.pieces = append(c.m.pieces, p)
}

// newPiece finds the cheapest way to match the parts of a segment.
func newPiece(parts []token) piece {
	var p piece
	plain, classes, apart := true, true, true
	for i, part := range parts {
		switch {
		case part.Marker != "":
			k := mark{class: classOf(part)}
			plain = plain && part.Expr == "" && !part.Star
			classes = classes && k.class != nil
			p.marks = append(p.marks, k)
		case i == 0:
			p.prefix = part.Literal
		default:
			p.marks[len(p.marks)-1].behind = part.Literal
		}
	}
	for i, k := range p.marks {
		if i < len(p.marks)-1 && k.behind == "" {
			plain, classes = false, false
		}
		if k.behind != "" && k.class != nil && k.class.has[k.behind[0]] {
			apart = false
		}
	}
	switch {
	case len(p.marks) == 1 && p.prefix == "" && p.marks[0].behind == "" && plain:
		p.mode = bare
	case len(p.marks) == 1 && classes:
		p.mode = single
	case len(p.marks) == 1:
		p.mode = lone
		p.re = regexp.MustCompile(`\A(?:` + exprOf(parts) + `)\z`)
	case plain:
		p.mode = splits
	case classes && apart:
		p.mode = scans
	default:
		p.mode = complex
		p.re, p.groups = expression(parts)
	}
	return p
}

// exprOf returns the expression of the one marker among parts.
func exprOf(parts []token) string {
	for _, part := range parts {
		if part.Expr != "" {
			return part.Expr
		}
	}
	return ""
}

// expression makes one of parts, which are known to be good.
func expression(parts []token) (*regexp.Regexp, []int) {
	text, groups := expressionText(parts)
	return regexp.MustCompile(text), groups
}

func expressionText(parts []token) (text string, groups []int) {
	var b strings.Builder
	b.WriteString(`\A`)
	group := 1
	for _, part := range parts {
		switch {
		case part.Marker == "":
			b.WriteString(regexp.QuoteMeta(part.Literal))
			continue
		case part.Star:
			b.WriteString(`((?s:.*))`)
		case part.Expr == "":
			b.WriteString(`([^/]+)`)
		default:
			b.WriteString("((?:" + part.Expr + "))")
		}
		groups = append(groups, group)
		group++
		if part.Expr != "" {
			tree, _ := syntax.Parse(part.Expr, syntax.Perl)
			group += tree.MaxCap()
		}
	}
	b.WriteString(`\z`)
	return b.String(), groups
}

// compileWhole makes one expression of the whole pattern.
func (c *compiler) compileWhole() *PatternError {
	text, groups := expressionText(c.parts)
	if !possible(text) {
		at := 0
		for i, part := range c.parts {
			if part.Expr != "" {
				if tree, _ := syntax.Parse(part.Expr, syntax.Perl); mentions(tree, looksBeyond) {
					at = i
					break
				}
			}
		}
		return &PatternError{Offset: at, Reason: "with what stands around it the expression of marker " +
			strconv.Quote(c.parts[at].Marker) + " matches nothing"}
	}
	c.m.whole, c.m.groups = regexp.MustCompile(text), groups
	return nil
}

// mentions tells whether is holds anywhere in an expression.
func mentions(tree *syntax.Regexp, is func(*syntax.Regexp) bool) bool {
	if is(tree) {
		return true
	}
	for _, sub := range tree.Sub {
		if mentions(sub, is) {
			return true
		}
	}
	return false
}

func looksBeyond(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	return false
}

func isNoMatch(re *syntax.Regexp) bool {
	return re.Op == syntax.OpNoMatch || re.Op == syntax.OpCharClass && len(re.Rune) == 0
}

func takesSlash(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpLiteral:
		for _, c := range re.Rune {
			if c == '/' {
				return true
			}
		}
	case syntax.OpCharClass:
		return inClass(re.Rune, '/')
	}
	return false
}

func inClass(ranges []rune, c rune) bool {
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] <= c && c <= ranges[i+1] {
			return true
		}
	}
	return false
}

// nullable tells whether the piece may match an empty segment.
func (p *piece) nullable() bool {
	switch p.mode {
	case single:
		return p.prefix == "" && p.marks[0].behind == "" && p.marks[0].class.min == 0
	case lone:
		return p.prefix == "" && p.marks[0].behind == "" && p.re.MatchString("")
	case complex:
		return p.re.MatchString("")
	}
	return p.mode == scans // rare, and no harm
}

// match tells whether path matches, whose shape does, and writes down what each
// marker took. cuts are where the segments of the path begin, and one more: a
// byte behind its end.
func (m *matcher) match(path string, cuts []int, spans []span) bool {
	if m.whole != nil {
		return bySubmatch(m.whole, m.groups, path, 0, spans)
	}
	for i := range m.pieces {
		p := &m.pieces[i]
		from := cuts[p.at]
		if p.mode == bare {
			to := cuts[p.at+1] - 1
			if to == from {
				return false
			}
			spans[p.first] = spanOf(from, to)
			continue
		}
		text := path[from:]
		if !p.rest {
			text = path[from : cuts[p.at+1]-1]
		}
		if !p.match(text, from, spans[p.first:]) {
			return false
		}
	}
	return true
}

// span is what a marker took of a path.
type span = web.Span

func spanOf(from, to int) span { return span{From: int32(from), To: int32(to)} }

func (p *piece) match(text string, offset int, spans []span) bool {
	if p.mode == complex {
		return bySubmatch(p.re, p.groups, text, offset, spans)
	}
	last := len(p.marks) - 1
	from, to := len(p.prefix), len(text)-len(p.marks[last].behind)
	if from > to || text[:from] != p.prefix || text[to:] != p.marks[last].behind {
		return false
	}
	switch p.mode {
	case single:
		spans[0] = spanOf(offset+from, offset+to)
		return p.marks[0].class.whole(text[from:to])
	case lone:
		spans[0] = spanOf(offset+from, offset+to)
		return p.re.MatchString(text[from:to])
	case splits:
		// Each marker takes one character or more. The first takes the most it can,
		// so every literal between them is the last possible one, from behind.
		for i := last; i > 0; i-- {
			between := p.marks[i-1].behind
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
		return to > from && p.marks[0].class.whole(text[from:to])
	default: // scans
		for i := range p.marks {
			k := &p.marks[i]
			n := k.class.run(text[from:])
			if n < 0 {
				return false
			}
			spans[i] = spanOf(offset+from, offset+from+n)
			from += n
			if !strings.HasPrefix(text[from:], k.behind) {
				return false
			}
			from += len(k.behind)
		}
		return from == len(text)
	}
}

func bySubmatch(re *regexp.Regexp, groups []int, text string, offset int, spans []span) bool {
	found := re.FindStringSubmatchIndex(text)
	if found == nil {
		return false
	}
	for i, group := range groups {
		spans[i] = spanOf(offset+found[2*group], offset+found[2*group+1])
	}
	return true
}
