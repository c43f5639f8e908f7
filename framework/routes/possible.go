package routes

import (
	"regexp/syntax"
	"unicode"
)

// possible tells whether an expression that is anchored at both ends matches any
// text at all. Conditions on the surroundings, such as \b, can exclude each other;
// so it walks the states of the compiled expression together with what kind of
// character came last, and what kind is assumed to come next.
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
		last, next rune // one character of each kind; -1: the text begins, or ends
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
			if takesKind(inst, s.next) {
				for _, next := range kinds {
					reach(state{inst.Out, s.next, next})
				}
			}
		}
	}
	return false
}

// takesKind tells whether an instruction takes any character of the kind of c.
func takesKind(inst *syntax.Inst, c rune) bool {
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
	for _, r := range inst.Rune { // beyond ASCII nothing is a word character
		if r > unicode.MaxASCII {
			return true
		}
	}
	return false
}
