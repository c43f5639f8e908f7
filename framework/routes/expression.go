package routes

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
)

// expressionOf returns one regular expression of tokens, which are known to be valid, and the group
// of each marker in it.
func expressionOf(tokens []token) (*regexp.Regexp, []int) {
	text, groups := expressionText(tokens)
	return regexp.MustCompile(text), groups
}

func expressionText(tokens []token) (text string, groups []int) {
	var b strings.Builder
	b.WriteString(`\A`)
	group := 1
	for _, t := range tokens {
		switch {
		case t.Marker == "":
			b.WriteString(regexp.QuoteMeta(t.Literal))
			continue
		case t.Star:
			b.WriteString(`((?s:.*))`)
		case t.Expr == "":
			b.WriteString(`([^/]+)`)
		default:
			b.WriteString("((?:" + t.Expr + "))")
		}
		groups = append(groups, group)
		group++
		if t.Expr != "" {
			tree, _ := syntax.Parse(t.Expr, syntax.Perl)
			group += tree.MaxCap()
		}
	}
	b.WriteString(`\z`)
	return b.String(), groups
}

// expressionError returns why the expression of tokens does not compile, or nil.
func expressionError(tokens []token) *syntax.Error {
	text, _ := expressionText(tokens)
	_, err := syntax.Parse(text, syntax.Perl)
	mistake, _ := errors.AsType[*syntax.Error](err)
	return mistake
}

// contains reports whether is holds for any node of an expression.
func contains(tree *syntax.Regexp, is func(*syntax.Regexp) bool) bool {
	if is(tree) {
		return true
	}
	for _, sub := range tree.Sub {
		if contains(sub, is) {
			return true
		}
	}
	return false
}

// looksAround reports whether a node depends on the text around its marker.
func looksAround(re *syntax.Regexp) bool {
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

func matchesSlash(re *syntax.Regexp) bool {
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
		return inRanges(re.Rune, '/')
	}
	return false
}

func inRanges(ranges []rune, c rune) bool {
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] <= c && c <= ranges[i+1] {
			return true
		}
	}
	return false
}

// possible reports whether an expression that is anchored at both ends matches any text at all.
// Assertions such as \b can contradict each other, so it walks the states of the compiled
// expression together with the kind of the previous character and an assumed kind of the next one.
func possible(expr string) bool {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return false
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return false
	}
	type state struct {
		pc         uint32
		last, next rune // one character of each kind; -1 for the begin or end of the text
	}
	kinds := []rune{-1, '\n', 'a', '-'}
	seen := map[state]bool{}
	var todo []state
	reach := func(s state) {
		if !seen[s] {
			seen[s] = true
			todo = append(todo, s)
		}
	}
	for _, next := range kinds {
		reach(state{uint32(prog.Start), -1, next})
	}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		inst := &prog.Inst[s.pc]
		switch inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			reach(state{inst.Out, s.last, s.next})
			reach(state{inst.Arg, s.last, s.next})
		case syntax.InstCapture, syntax.InstNop:
			reach(state{inst.Out, s.last, s.next})
		case syntax.InstEmptyWidth:
			need := syntax.EmptyOp(inst.Arg)
			if syntax.EmptyOpContext(s.last, s.next)&need == need {
				reach(state{inst.Out, s.last, s.next})
			}
		case syntax.InstMatch:
			if s.next == -1 {
				return true
			}
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if matchesKind(inst, s.next) {
				for _, next := range kinds {
					reach(state{inst.Out, s.next, next})
				}
			}
		}
	}
	return false
}

// matchesKind reports whether an instruction matches any character of the kind of c.
func matchesKind(inst *syntax.Inst, c rune) bool {
	switch {
	case c == -1:
		return false
	case c == '\n':
		return inst.MatchRune(c)
	}
	word := syntax.IsWordChar(c)
	for r := rune(0); r < 128; r++ {
		if r != '\n' && syntax.IsWordChar(r) == word && inst.MatchRune(r) {
			return true
		}
	}
	if word {
		return false
	}
	switch inst.Op {
	case syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	for _, r := range inst.Rune { // no character beyond ASCII is a word character
		if r > unicode.MaxASCII {
			return true
		}
	}
	return false
}
