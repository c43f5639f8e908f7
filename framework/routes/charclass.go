package routes

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// charClass is a repeated character class, which needs no regular expression: \d+, [a-z]{2,4}, .*,
// or the text that a marker without an expression matches. It contains all characters beyond ASCII
// or none of them.
type charClass struct {
	has [256]bool // by byte
	min int       // characters
	max int       // characters; -1 for any number
	any bool      // matches any text
}

// segmentClass is the class of a marker without an expression. It never sees a slash where the
// path is split into segments already.
var segmentClass, starClass = func() (segment, star *charClass) {
	segment, star = &charClass{min: 1, max: -1}, &charClass{max: -1, any: true}
	for i := range segment.has {
		segment.has[i], star.has[i] = i != '/', true
	}
	return segment, star
}()

// classOf returns the class that a marker matches, or nil if its expression is more than one.
func classOf(t token) *charClass {
	switch {
	case t.Star:
		return starClass
	case t.Expr == "":
		return segmentClass
	}
	tree, err := syntax.Parse(t.Expr, syntax.Perl)
	if err != nil {
		return nil
	}
	for tree.Op == syntax.OpCapture {
		tree = tree.Sub[0]
	}
	c := &charClass{min: 1, max: 1}
	switch tree.Op {
	case syntax.OpPlus:
		c.max = -1
	case syntax.OpStar:
		c.min, c.max = 0, -1
	case syntax.OpQuest:
		c.min = 0
	case syntax.OpRepeat:
		c.min, c.max = tree.Min, tree.Max
	default:
		tree = &syntax.Regexp{Sub: []*syntax.Regexp{tree}}
	}
	return c.withCharacters(tree.Sub[0])
}

// withCharacters sets the characters of the class. It returns nil if a charClass cannot hold them.
func (c *charClass) withCharacters(tree *syntax.Regexp) *charClass {
	for tree.Op == syntax.OpCapture {
		tree = tree.Sub[0]
	}
	var ranges []rune
	switch tree.Op {
	case syntax.OpAnyChar:
		ranges = []rune{0, unicode.MaxRune}
	case syntax.OpAnyCharNotNL:
		ranges = []rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
	case syntax.OpCharClass:
		ranges = tree.Rune
	case syntax.OpLiteral:
		if len(tree.Rune) != 1 || tree.Flags&syntax.FoldCase != 0 {
			return nil
		}
		ranges = []rune{tree.Rune[0], tree.Rune[0]}
	default:
		return nil
	}
	beyondASCII := 0
	for i := 0; i+1 < len(ranges); i += 2 {
		lo, hi := ranges[i], ranges[i+1]
		for r := lo; r <= hi && r < utf8.RuneSelf; r++ {
			c.has[r] = true
		}
		if hi >= utf8.RuneSelf {
			beyondASCII += int(hi - max(lo, utf8.RuneSelf) + 1)
		}
	}
	switch {
	case beyondASCII == 0:
		return c
	case beyondASCII < unicode.MaxRune+1-utf8.RuneSelf, c.min > 1, c.max >= 0:
		return nil // bytes alone cannot decide it
	}
	for i := utf8.RuneSelf; i < len(c.has); i++ {
		c.has[i] = true
	}
	return c
}

// prefixLen returns the length of the longest prefix of text that the class matches, or -1 if it
// matches none.
func (c *charClass) prefixLen(text string) int {
	n, most := 0, len(text)
	if c.max >= 0 && c.max < most {
		most = c.max
	}
	for n < most && c.has[text[n]] {
		n++
	}
	if n < c.min {
		return -1
	}
	return n
}

// matches reports whether the class matches exactly text.
func (c *charClass) matches(text string) bool {
	if c.any {
		return true
	}
	if c == segmentClass {
		return text != "" // it contains no slash, being part of a segment
	}
	return c.prefixLen(text) == len(text)
}
