// Package plural reads and evaluates the plural rules of gettext catalogs.
package plural

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Plural rules are expressions of C over n, such as "n%10==1 && n%100!=11 ? 0 : 1" (the manual of
// gettext, "Plural forms"). They come from files, so their length and depth are bounded, and a
// division by zero gives zero.

// MostForms is how many forms a language may have.
const MostForms = 20

const (
	longestRule   = 2000 // bytes
	deepestRule   = 100
	ruleIsChecked = 1000 // n up to this one, as msgfmt does
)

// Rule is a plural rule. It is immutable.
type Rule struct {
	Forms int
	index func(n uint64) uint64
}

// TwoForms is the rule of catalogs without one: one and not one.
var TwoForms = &Rule{Forms: 2, index: func(n uint64) uint64 { return truth(n != 1) }}

// Form returns the form for n, whose sign does not matter: a number from 0 to Forms-1.
func (r *Rule) Form(n int) int {
	abs := uint64(n)
	if n < 0 {
		abs = -abs
	}
	return int(r.index(abs))
}

// Parse reads the value of the header Plural-Forms: "nplurals=2; plural=(n != 1);".
func Parse(header string) (*Rule, error) {
	count, expression, ok := strings.Cut(header, ";")
	number, hasCount := strings.CutPrefix(squeeze(count), "nplurals=")
	text, hasRule := strings.CutPrefix(strings.TrimLeft(expression, " \t\n"), "plural")
	text, hasSign := strings.CutPrefix(strings.TrimLeft(text, " \t"), "=")
	forms, err := strconv.Atoi(number)
	switch {
	case !ok, !hasCount, !hasRule, !hasSign, err != nil, forms < 1, forms > MostForms:
		return nil, fmt.Errorf("plural forms %q: want something like %q", header, "nplurals=2; plural=(n != 1);")
	case len(text) > longestRule:
		return nil, fmt.Errorf("plural forms: the rule has %d bytes, want at most %d", len(text), longestRule)
	}
	text = strings.Trim(text, "; \t\n")
	p := &ruleParser{rest: text}
	index := p.choice(0)
	if p.skip(); p.err == nil && p.rest != "" {
		p.err = errors.New("want an operator")
	}
	if p.err != nil {
		place := "at its end"
		if p.rest != "" {
			place = fmt.Sprintf("before %q", p.rest)
		}
		return nil, fmt.Errorf("plural rule %q: %s: %w", text, place, p.err)
	}
	for n := range uint64(ruleIsChecked + 1) {
		if at := index(n); at >= uint64(forms) {
			return nil, fmt.Errorf("plural rule %q: for n=%d it gives form %d, but nplurals is %d", text, n, at, forms)
		}
	}
	last := uint64(forms - 1)
	return &Rule{forms, func(n uint64) uint64 { return min(index(n), last) }}, nil
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

type term = func(n uint64) uint64

// ruleParser reads an expression by recursive descent.
type ruleParser struct {
	rest string
	err  error
}

func (p *ruleParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t\n") }

// take removes an operator from the front. It does not take "<" for the beginning of "<=".
func (p *ruleParser) take(operators ...string) string {
	p.skip()
	for _, op := range operators {
		if rest, ok := strings.CutPrefix(p.rest, op); ok {
			p.rest = rest
			return op
		}
	}
	return ""
}

func (p *ruleParser) fail(text string) term {
	if p.err == nil {
		p.err = errors.New(text)
	}
	return func(uint64) uint64 { return 0 }
}

// choice reads "a ? b : c", which groups from the right.
func (p *ruleParser) choice(depth int) term {
	if depth > deepestRule {
		return p.fail("the rule is nested too deeply")
	}
	condition := p.binary(0, depth)
	if p.take("?") == "" {
		return condition
	}
	yes := p.choice(depth + 1)
	if p.take(":") == "" {
		return p.fail(`want ":"`)
	}
	no := p.choice(depth + 1)
	return func(n uint64) uint64 {
		if condition(n) != 0 {
			return yes(n)
		}
		return no(n)
	}
}

// levels are the binary operators, those that bind least first. Longer ones come before their
// beginnings.
var levels = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}

func (p *ruleParser) binary(level, depth int) term {
	if level == len(levels) {
		return p.unary(depth)
	}
	left := p.binary(level+1, depth)
	for op := p.take(levels[level]...); op != "" && p.err == nil; op = p.take(levels[level]...) {
		left = combined(op, left, p.binary(level+1, depth))
	}
	return left
}

func (p *ruleParser) unary(depth int) term {
	if depth > deepestRule {
		return p.fail("the rule is nested too deeply")
	}
	switch p.take("!", "(", "n") {
	case "!":
		of := p.unary(depth + 1)
		return func(n uint64) uint64 { return truth(of(n) == 0) }
	case "(":
		inner := p.choice(depth + 1)
		if p.take(")") == "" {
			return p.fail(`want ")"`)
		}
		return inner
	case "n":
		return func(n uint64) uint64 { return n }
	}
	digits := len(p.rest) - len(strings.TrimLeft(p.rest, "0123456789"))
	number, err := strconv.ParseUint(p.rest[:digits], 10, 32)
	if err != nil {
		return p.fail("want n, a number or a bracket")
	}
	p.rest = p.rest[digits:]
	return func(uint64) uint64 { return number }
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func combined(op string, a, b term) term {
	switch op {
	case "||":
		return func(n uint64) uint64 { return truth(a(n) != 0 || b(n) != 0) }
	case "&&":
		return func(n uint64) uint64 { return truth(a(n) != 0 && b(n) != 0) }
	case "==":
		return func(n uint64) uint64 { return truth(a(n) == b(n)) }
	case "!=":
		return func(n uint64) uint64 { return truth(a(n) != b(n)) }
	case "<=":
		return func(n uint64) uint64 { return truth(a(n) <= b(n)) }
	case ">=":
		return func(n uint64) uint64 { return truth(a(n) >= b(n)) }
	case "<":
		return func(n uint64) uint64 { return truth(a(n) < b(n)) }
	case ">":
		return func(n uint64) uint64 { return truth(a(n) > b(n)) }
	case "+":
		return func(n uint64) uint64 { return a(n) + b(n) }
	case "-":
		return func(n uint64) uint64 { return a(n) - b(n) }
	case "*":
		return func(n uint64) uint64 { return a(n) * b(n) }
	}
	modulo := op == "%"
	return func(n uint64) uint64 {
		divisor := b(n)
		switch {
		case divisor == 0:
			return 0
		case modulo:
			return a(n) % divisor
		}
		return a(n) / divisor
	}
}
