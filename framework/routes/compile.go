package routes

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// A pattern compiles to a shape, which the index searches by, and to a matcher for what the shape
// leaves open. A shape has one segment per slash: a literal one, an open one (some text without a
// slash, with the markers in it), and at the end optionally the rest: everything from the first
// segment on in which a marker may match slashes or a star stands. "/a/{x}.html/{y:.*}" has the
// shape
//
//	a   open   rest
//
// No marker in an open segment can match a slash, so each segment is matched on its own, by a
// piece. The literals around the markers need no regular expression, nor do expressions that repeat
// one character class, such as \d+ or [a-z]{2,4}. Anything more complicated is one expression per
// segment; and if an expression looks around its marker (\b, ^, $), one for the whole path.

// compile returns the matcher of a pattern. The offset of an error is the index of the token at
// fault.
func compile(tokens []token) (*matcher, *PatternError) {
	if err := checkSize(tokens); err != nil {
		return nil, err
	}
	c := compiler{tokens: tokens, m: &matcher{}}
	for i, t := range tokens {
		if t.Marker != "" {
			c.m.markers++
		}
		if !c.add(t) {
			return nil, &PatternError{Offset: i, Reason: "expression of marker " + strconv.Quote(t.Marker) + " never matches"}
		}
	}
	c.closeSegment()
	c.m.unrestricted = true
	for i := range c.m.pieces {
		p := &c.m.pieces[i]
		c.m.unrestricted = c.m.unrestricted &&
			(p.mode == wholeSegment || p.mode == oneClass && p.prefix == "" && p.slots[0].class == starClass)
	}
	if c.looksAround {
		c.m.unrestricted = false
		if err := c.compileWhole(); err != nil {
			return nil, err
		}
	}
	return c.m, nil
}

// checkSize refuses expressions that are valid on their own, but too deep or too large as a part of
// the largest expression that may be made of them, that of the whole pattern.
func checkSize(tokens []token) *PatternError {
	if !slices.ContainsFunc(tokens, func(t token) bool { return t.Expr != "" }) || expressionError(tokens) == nil {
		return nil
	}
	for i, t := range tokens {
		if err := expressionError(tokens[:i+1]); err != nil {
			return &PatternError{Offset: i, Reason: "expression of marker " + strconv.Quote(t.Marker) +
				" is too complex for this pattern: " + err.Code.String() + ": simplify it, or check the value in the view"}
		}
	}
	return nil
}

type compiler struct {
	tokens      []token
	m           *matcher
	segment     []token // of the current segment
	markers     int     // in the segments before it
	inRest      bool
	started     bool // past the leading slash
	looksAround bool
}

// add adds a token. It returns false if its expression never matches.
func (c *compiler) add(t token) bool {
	if t.Marker != "" {
		var tree *syntax.Regexp
		if t.Expr != "" {
			tree, _ = syntax.Parse(t.Expr, syntax.Perl)
			tree = tree.Simplify()
			if contains(tree, isNoMatch) && !possible(`\A(?:`+t.Expr+`)\z`) {
				return false
			}
			c.looksAround = c.looksAround || contains(tree, looksAround)
		}
		if t.Star || tree != nil && contains(tree, matchesSlash) {
			c.inRest = true
		}
		c.segment = append(c.segment, t)
		return true
	}
	text := t.Literal
	if !c.started {
		text, c.started = text[1:], true
	}
	for !c.inRest {
		before, after, more := strings.Cut(text, "/")
		if before != "" {
			c.segment = append(c.segment, token{Literal: before})
		}
		if !more {
			return true
		}
		c.closeSegment()
		text = after
	}
	if text != "" {
		c.segment = append(c.segment, token{Literal: text})
	}
	return true
}

// closeSegment adds the current segment to the matcher.
func (c *compiler) closeSegment() {
	at, tokens := len(c.m.shape), c.segment
	c.segment = nil
	switch {
	case c.inRest:
		c.m.shape = append(c.m.shape, segment{kind: rest})
	case len(tokens) == 0:
		c.m.shape = append(c.m.shape, segment{})
		return
	case len(tokens) == 1 && tokens[0].Marker == "":
		c.m.shape = append(c.m.shape, segment{text: tokens[0].Literal})
		return
	default:
		c.m.shape = append(c.m.shape, segment{kind: open})
	}
	p := newPiece(tokens)
	p.at, p.rest, p.first = at, c.inRest, c.markers
	if p.rest && p.mode == wholeSegment {
		p.mode = oneClass
	}
	c.markers += len(p.slots)
	c.m.pieces = append(c.m.pieces, p)
}

// compileWhole makes one expression of the whole pattern.
func (c *compiler) compileWhole() *PatternError {
	text, groups := expressionText(c.tokens)
	if !possible(text) {
		at := 0
		for i, t := range c.tokens {
			if t.Expr != "" {
				if tree, _ := syntax.Parse(t.Expr, syntax.Perl); contains(tree, looksAround) {
					at = i
					break
				}
			}
		}
		return &PatternError{Offset: at, Reason: "expression of marker " + strconv.Quote(c.tokens[at].Marker) +
			" never matches next to the text around it"}
	}
	c.m.whole, c.m.groups = regexp.MustCompile(text), groups
	return nil
}

// newPiece chooses the cheapest way to match the tokens of a segment.
func newPiece(tokens []token) piece {
	var p piece
	plain, classes, disjoint := true, true, true
	for i, t := range tokens {
		switch {
		case t.Marker != "":
			s := slot{class: classOf(t)}
			plain = plain && t.Expr == "" && !t.Star
			classes = classes && s.class != nil
			p.slots = append(p.slots, s)
		case i == 0:
			p.prefix = t.Literal
		default:
			p.slots[len(p.slots)-1].after = t.Literal
		}
	}
	for i, s := range p.slots {
		if i < len(p.slots)-1 && s.after == "" {
			plain, classes = false, false
		}
		if s.after != "" && s.class != nil && s.class.has[s.after[0]] {
			disjoint = false
		}
	}
	switch {
	case len(p.slots) == 1 && p.prefix == "" && p.slots[0].after == "" && plain:
		p.mode = wholeSegment
	case len(p.slots) == 1 && classes:
		p.mode = oneClass
	case len(p.slots) == 1:
		p.mode = oneExpression
		p.re = regexp.MustCompile(`\A(?:` + markerExpr(tokens) + `)\z`)
	case plain:
		p.mode = fromTheEnd
	case classes && disjoint:
		p.mode = fromTheStart
	default:
		p.mode = byExpression
		p.re, p.groups = expressionOf(tokens)
	}
	return p
}

// markerExpr returns the expression of the only marker among tokens.
func markerExpr(tokens []token) string {
	for _, t := range tokens {
		if t.Expr != "" {
			return t.Expr
		}
	}
	return ""
}
