package routes

import "fmt"

// Pattern is a parsed pattern: literal text and markers, and optionally a star at the end. It is
// immutable.
//
//	/blog/{year:\d{4}}/{slug}.html   markers, one of them with an expression
//	/files/*rest                     a star matches the rest of the path
//	/old/:name                       old style, only in patterns without a {marker}
//
// A marker matches one or more characters other than a slash. With a regular expression (RE2,
// matched as a whole) it matches what the expression matches, which may include slashes or be
// empty. Where several markers compete for the same text, the first matches as much as it can. A
// pattern matches the whole decoded path and is case-sensitive. The leading slash is optional.
type Pattern struct {
	text    string
	tokens  []token  // the first is a literal with a leading slash; no two literals are adjacent
	markers []string // their names, that of the star last
	match   *matcher
}

// token is a literal or a marker of a pattern.
type token struct {
	Literal string // decoded text
	Marker  string // name of the marker; "" for a literal
	Expr    string // regular expression of the marker; "" for one or more characters but slashes
	Star    bool   // the marker matches the rest of the path; always the last token
}

// String returns the token as it is written in a pattern.
func (t token) String() string {
	switch {
	case t.Marker == "":
		return t.Literal
	case t.Star:
		return "*" + t.Marker
	case t.Expr == "":
		return "{" + t.Marker + "}"
	}
	return "{" + t.Marker + ":" + t.Expr + "}"
}

// String returns the pattern as it was written, after the prefixes of its includes.
func (p *Pattern) String() string { return p.text }

// star returns the name of the star, or "".
func (p *Pattern) star() string {
	if last := p.tokens[len(p.tokens)-1]; last.Star {
		return last.Marker
	}
	return ""
}

// PatternError describes a mistake in a pattern.
type PatternError struct {
	Pattern string
	Offset  int // in bytes
	Reason  string
}

// Error returns the pattern, the offset and the reason.
func (e *PatternError) Error() string {
	return fmt.Sprintf("pattern %q, offset %d: %s", e.Pattern, e.Offset, e.Reason)
}

var (
	_ fmt.Stringer = (*Pattern)(nil)
	_ fmt.Stringer = token{}
	_ error        = (*PatternError)(nil)
)
