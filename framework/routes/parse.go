package routes

import (
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How a pattern is read. A marker is "{name}" or "{name:expression}", and braces
// may nest once inside the expression: "{year:\d{4}}". A brace that does not begin
// with a letter or underscore is literal. A star is one only at the end, before
// nothing but the letters of its name; elsewhere it is literal. Without any marker
// in braces, ":name" is a marker (old style); with one, a colon is literal.

// parse reads a pattern. The error is a [*PatternError].
func parse(text string) (*Pattern, error) {
	r := reader{text: text}
	r.read()
	if r.err != nil {
		return nil, r.err
	}
	p := &Pattern{text: text, parts: r.parts, names: r.names}
	p.match, r.err = compile(p.parts)
	if r.err != nil {
		r.err.Pattern, r.err.Offset = text, r.offsets[r.err.Offset]
		return nil, r.err
	}
	return p, nil
}

// reader takes a pattern apart.
type reader struct {
	text    string
	parts   []token
	offsets []int // of each part in text
	names   []string
	err     *PatternError
}

func (r *reader) fail(offset int, reason string) {
	if r.err == nil {
		r.err = &PatternError{Pattern: r.text, Offset: offset, Reason: reason}
	}
}

func (r *reader) read() {
	end := len(r.text)
	star := starAt(r.text)
	if star >= 0 {
		end = star
	}
	r.literal("/", 0)
	text, begin := r.text[:end], 0
	if strings.HasPrefix(text, "/") {
		begin = 1
	}
	found := false
	from := begin
	for i := begin; i < end && r.err == nil; i++ {
		if text[i] != '{' || !startsName(text[i+1:]) {
			continue
		}
		stop := markerEnd(text[i:])
		if stop < 0 {
			r.fail(i, "this marker has no closing brace (braces nest once in an expression)")
			return
		}
		found = true
		r.literal(text[from:i], from)
		name, expr, valued := strings.Cut(text[i+1:i+stop-1], ":")
		r.marker(token{Marker: name, Expr: expr}, i, valued)
		i += stop - 1
		from = i + 1
	}
	if found {
		r.literal(text[from:], from)
	} else {
		r.oldStyle(text, begin)
	}
	if star < 0 {
		return
	}
	if star == len(r.text)-1 {
		r.fail(star, "a star needs a name, as in *rest")
		return
	}
	r.marker(token{Marker: r.text[star+1:], Star: true}, star, false)
}

// oldStyle reads ":name" as a marker.
func (r *reader) oldStyle(text string, from int) {
	for i := from; i < len(text); i++ {
		if text[i] != ':' || !startsName(text[i+1:]) {
			continue
		}
		stop := i + 1 + nameLen(text[i+1:])
		r.literal(text[from:i], from)
		r.marker(token{Marker: text[i+1 : stop]}, i, false)
		from, i = stop, stop-1
	}
	r.literal(text[from:], from)
}

func (r *reader) literal(text string, offset int) {
	if text == "" {
		return
	}
	if at := strings.IndexByte(text, 0); at >= 0 {
		r.fail(offset+at, "no path holds a NUL, so this matches nothing")
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
		r.fail(offset+at, "no path holds what is not UTF-8, so this matches nothing")
	}
	if n := len(r.parts); n > 0 && r.parts[n-1].Marker == "" {
		r.parts[n-1].Literal += text
		return
	}
	r.parts = append(r.parts, token{Literal: text})
	r.offsets = append(r.offsets, offset)
}

func (r *reader) marker(p token, offset int, valued bool) {
	inside := offset + 1
	for _, name := range r.names {
		if name == p.Marker {
			r.fail(offset, "marker "+strconv.Quote(name)+" is there twice")
		}
	}
	if n := nameLen(p.Marker); n < len(p.Marker) || n == 0 {
		reason := "the name of a marker is made of letters, digits and underscores: " + strconv.Quote(p.Marker)
		if name, ok := strings.CutSuffix(p.Marker, "..."); ok && nameLen(name) == len(name) {
			reason = "what takes all that follows is written *" + name + ", at the end of the pattern"
		}
		r.fail(inside+n, reason)
	}
	if valued {
		r.expression(p.Expr, inside+len(p.Marker)+1)
	}
	r.parts = append(r.parts, p)
	r.offsets = append(r.offsets, offset)
	r.names = append(r.names, p.Marker)
}

// expression checks a regular expression: alone, so that it cannot reach beyond
// its marker.
func (r *reader) expression(expr string, offset int) {
	if expr == "" {
		r.fail(offset, "the expression is empty: leave out the colon, or write one that takes nothing, such as (?:)")
		return
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err == nil {
		_, err = syntax.Parse("(?:"+expr+")", syntax.Perl) // \Q may swallow what follows
	}
	if err != nil {
		reason := "bad expression: " + err.Error()
		if e, ok := err.(*syntax.Error); ok {
			reason = "bad expression: " + e.Code.String()
			if e.Expr != "" {
				reason += ": " + strconv.Quote(e.Expr)
			}
			if at := strings.Index(expr, e.Expr); at > 0 {
				offset += at
			}
		}
		r.fail(offset, reason)
		return
	}
	if name := groupName(tree); name != "" {
		r.fail(offset, "the expression names a group "+strconv.Quote(name)+": only markers name parameters, write (?:…)")
	}
}

// groupName finds the first named group of an expression.
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

// starAt returns where the star at the end begins; -1 without one.
func starAt(text string) int {
	at := strings.LastIndexByte(text, '*')
	if at < 0 || wordLen(text[at+1:]) < len(text)-at-1 {
		return -1
	}
	return at
}

// markerEnd returns the length of the marker that text begins with; -1 if it is none.
func markerEnd(text string) int {
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

// startsName tells whether text begins as the name of a marker does.
func startsName(text string) bool {
	return text != "" && (text[0] == '_' || 'a' <= text[0] && text[0] <= 'z' || 'A' <= text[0] && text[0] <= 'Z')
}

// nameLen returns how much of text is the name of a marker.
func nameLen(text string) int {
	c, _ := utf8.DecodeRuneInString(text)
	if c != '_' && !unicode.IsLetter(c) {
		return 0
	}
	return wordLen(text)
}

// wordLen returns how much of text is letters, digits and underscores.
func wordLen(text string) int {
	for i, c := range text {
		if c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return i
		}
	}
	return len(text)
}
