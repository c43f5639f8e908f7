package routes

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// class is a repeated class of characters: \d+, [a-z]{2,4}, .*, or what a marker
// takes without an expression. It has all characters beyond ASCII or none of them.
type class struct {
	has  [256]bool // by byte
	min  int       // characters
	max  int       // -1: any number
	wide bool      // characters beyond ASCII are in it, and min is at most 1
	all  bool      // takes any text
}

// segmentClass is the class of a marker without an expression, which never sees a slash
// when the segment is split already.
var segmentClass, starClass = func() (segment, star *class) {
	segment, star = &class{min: 1, max: -1, wide: true}, &class{max: -1, wide: true, all: true}
	for i := range segment.has {
		segment.has[i], star.has[i] = i != '/', true
	}
	return segment, star
}()

// classOf returns the class that a marker takes; nil if its expression is more.
func classOf(part token) *class {
	switch {
	case part.Star:
		return starClass
	case part.Expr == "":
		return segmentClass
	}
	tree, err := syntax.Parse(part.Expr, syntax.Perl)
	if err != nil {
		return nil
	}
	for tree.Op == syntax.OpCapture {
		tree = tree.Sub[0]
	}
	c := &class{min: 1, max: 1}
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
	return c.of(tree.Sub[0])
}

// of fills in the characters; nil if they are no class of this kind.
func (c *class) of(tree *syntax.Regexp) *class {
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
	beyond := 0
	for i := 0; i+1 < len(ranges); i += 2 {
		lo, hi := ranges[i], ranges[i+1]
		for r := lo; r <= hi && r < utf8.RuneSelf; r++ {
			c.has[r] = true
		}
		if hi >= utf8.RuneSelf {
			beyond += int(hi - max(lo, utf8.RuneSelf) + 1)
		}
	}
	switch {
	case beyond == 0:
		return c
	case beyond < unicode.MaxRune+1-utf8.RuneSelf, c.min > 1, c.max >= 0:
		return nil // bytes do not tell
	}
	c.wide = true
	for i := utf8.RuneSelf; i < len(c.has); i++ {
		c.has[i] = true
	}
	return c
}

// run returns how much the class takes from the front of text: as much as it can;
// -1 if that is too little.
func (c *class) run(text string) int {
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

// whole tells whether the class takes exactly text.
func (c *class) whole(text string) bool {
	if c.all {
		return true
	}
	if c == segmentClass {
		return text != "" // it is within a segment
	}
	return c.run(text) == len(text)
}
