package routes

import (
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The syntax of patterns. A marker is "{name}" or "{name:expression}", and the expression may
// contain braces nested once: "{year:\d{4}}". A brace not followed by a letter or underscore is
// literal. A star counts only at the end, followed by nothing but its name; elsewhere it is
// literal. In a pattern without markers in braces ":name" is a marker (old style); with one, a
// colon is literal.

// parse parses a pattern. The error is a [*PatternError].
func parse(text string) (*Pattern, error) {
	p := parser{text: text}
	p.parse()
	if p.err != nil {
		return nil, p.err
	}
	pattern := &Pattern{text: text, tokens: p.tokens, markers: p.markers}
	pattern.match, p.err = compile(p.tokens)
	if p.err != nil {
		p.err.Pattern, p.err.Offset = text, p.offsets[p.err.Offset]
		return nil, p.err
	}
	return pattern, nil
}

// parser splits a pattern into tokens.
type parser struct {
	text    string
	tokens  []token
	offsets []int // of each token in text
	markers []string
	err     *PatternError // the first one
}

func (p *parser) fail(offset int, reason string) {
	if p.err == nil {
		p.err = &PatternError{Pattern: p.text, Offset: offset, Reason: reason}
	}
}

func (p *parser) parse() {
	end := len(p.text)
	star := starIndex(p.text)
	if star >= 0 {
		end = star
	}
	p.literal("/", 0)
	text, begin := p.text[:end], 0
	if strings.HasPrefix(text, "/") {
		begin = 1
	}
	found := false
	from := begin
	for i := begin; i < end && p.err == nil; i++ {
		if text[i] != '{' || !startsName(text[i+1:]) {
			continue
		}
		n := markerLen(text[i:])
		if n < 0 {
			p.fail(i, "marker without a closing brace (an expression may nest braces once)")
			return
		}
		found = true
		p.literal(text[from:i], from)
		name, expr, hasExpr := strings.Cut(text[i+1:i+n-1], ":")
		p.marker(token{Marker: name, Expr: expr}, i, hasExpr)
		i += n - 1
		from = i + 1
	}
	if found {
		p.literal(text[from:], from)
	} else {
		p.oldStyle(text, begin)
	}
	if star < 0 {
		return
	}
	if star == len(p.text)-1 {
		p.fail(star, "star without a name: want something like *rest")
		return
	}
	p.marker(token{Marker: p.text[star+1:], Star: true}, star, false)
}

// oldStyle parses text in which ":name" is a marker.
func (p *parser) oldStyle(text string, from int) {
	for i := from; i < len(text); i++ {
		if text[i] != ':' || !startsName(text[i+1:]) {
			continue
		}
		end := i + 1 + nameLen(text[i+1:])
		p.literal(text[from:i], from)
		p.marker(token{Marker: text[i+1 : end]}, i, false)
		from, i = end, end-1
	}
	p.literal(text[from:], from)
}

func (p *parser) literal(text string, offset int) {
	if text == "" {
		return
	}
	if at := strings.IndexByte(text, 0); at >= 0 {
		p.fail(offset+at, "contains a NUL, so no path matches")
	}
	if !utf8.ValidString(text) {
		at := 0
		for at < len(text) {
			c, n := utf8.DecodeRuneInString(text[at:])
			if c == utf8.RuneError && n == 1 {
				break
			}
			at += n
		}
		p.fail(offset+at, "not valid UTF-8, so no path matches")
	}
	if n := len(p.tokens); n > 0 && p.tokens[n-1].Marker == "" {
		p.tokens[n-1].Literal += text
		return
	}
	p.tokens = append(p.tokens, token{Literal: text})
	p.offsets = append(p.offsets, offset)
}

func (p *parser) marker(t token, offset int, hasExpr bool) {
	if slices.Contains(p.markers, t.Marker) {
		p.fail(offset, "duplicate marker "+strconv.Quote(t.Marker))
	}
	if n := nameLen(t.Marker); n < len(t.Marker) || n == 0 {
		reason := "invalid marker name " + strconv.Quote(t.Marker) + ": want letters, digits and underscores"
		if name, ok := strings.CutSuffix(t.Marker, "..."); ok && nameLen(name) == len(name) {
			reason += "; *" + name + " at the end of the pattern matches the rest of the path"
		}
		p.fail(offset+1+n, reason)
	}
	if hasExpr {
		p.expression(t.Expr, offset+1+len(t.Marker)+1)
	}
	p.tokens = append(p.tokens, t)
	p.offsets = append(p.offsets, offset)
	p.markers = append(p.markers, t.Marker)
}

// typeNames are what other frameworks write after the colon, and what to write here.
var typeNames = map[string]string{
	"int": `\d+`, "integer": `\d+`, "num": `\d+`, "number": `\d+`, "digit": `\d+`, "digits": `\d+`,
	"float": `\d+\.\d+`, "decimal": `\d+\.\d+`, "double": `\d+\.\d+`, "bool": "true|false", "boolean": "true|false",
	"str": "no colon", "string": "no colon", "slug": `[\w-]+`, "alpha": "[A-Za-z]+", "alnum": "[A-Za-z0-9]+",
	"path": ".*", "uuid": "[0-9a-f-]{36}", "guid": "[0-9a-f-]{36}", "date": `\d{4}-\d\d-\d\d`,
}

// expression checks a regular expression on its own, so that it cannot extend beyond its marker.
func (p *parser) expression(expr string, offset int) {
	if expr == "" {
		p.fail(offset, "empty expression: leave out the colon, or write (?:) to match the empty string")
		return
	}
	if instead, ok := typeNames[expr]; ok {
		p.fail(offset, strconv.Quote(expr)+" matches the text "+strconv.Quote(expr)+" only, since markers have expressions, not types: want "+
			instead+"; (?:"+expr+") for the text")
		return
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err == nil {
		_, err = syntax.Parse("(?:"+expr+")", syntax.Perl) // an open \Q would swallow what follows
	}
	if err != nil {
		reason := "invalid expression: " + err.Error()
		if e, ok := err.(*syntax.Error); ok {
			reason = "invalid expression: " + e.Code.String()
			if e.Expr != "" {
				reason += ": " + strconv.Quote(e.Expr)
			}
			if at := strings.Index(expr, e.Expr); at > 0 {
				offset += at
			}
		}
		p.fail(offset, reason)
		return
	}
	if name := groupName(tree); name != "" {
		p.fail(offset, "named group "+strconv.Quote(name)+" in the expression: write (?:…), only markers have names")
	}
}

// groupName returns the name of the first named group of an expression, or "".
func groupName(tree *syntax.Regexp) string {
	if tree.Op == syntax.OpCapture && tree.Name != "" {
		return tree.Name
	}
	for _, sub := range tree.Sub {
		if name := groupName(sub); name != "" {
			return name
		}
	}
	return ""
}

// starIndex returns the offset of the star at the end of a pattern, or -1.
func starIndex(text string) int {
	at := strings.LastIndexByte(text, '*')
	if at < 0 || wordLen(text[at+1:]) < len(text)-at-1 {
		return -1
	}
	return at
}

// markerLen returns the length of the marker in braces that text begins with, or -1.
func markerLen(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			if depth++; depth > 2 {
				return -1
			}
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// startsName reports whether a marker's name may begin like text.
func startsName(text string) bool {
	return text != "" && (text[0] == '_' || 'a' <= text[0] && text[0] <= 'z' || 'A' <= text[0] && text[0] <= 'Z')
}

// nameLen returns the length of the marker name that text begins with.
func nameLen(text string) int {
	c, _ := utf8.DecodeRuneInString(text)
	if c != '_' && !unicode.IsLetter(c) {
		return 0
	}
	return wordLen(text)
}

// wordLen returns the length of the letters, digits and underscores that text begins with.
func wordLen(text string) int {
	for i, c := range text {
		if c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return i
		}
	}
	return len(text)
}
