package routes

import (
	"fmt"
)

// Pattern is a parsed pattern: literal text and markers, and perhaps a star at
// the end. It is immutable.
//
//	/blog/{year:\d{4}}/{slug}.html   markers, one with an expression
//	/files/*rest                     a star takes all that follows
//	/old/:name                       old style, only without any {marker}
//
// A marker takes one or more characters other than a slash; with an expression
// (RE2, matched as a whole) it takes what the expression says, be it slashes or
// nothing. Where several markers could share a text, the first takes as much as it
// can. A pattern matches the whole decoded path, and case counts. The slash in
// front may be left out.
type Pattern struct {
	text  string
	parts []token
	names []string // of the markers, the star last
	match *matcher
}

// token is a piece of a pattern: a literal text or a marker, never both.
type token struct {
	Literal string // decoded text, which stands for itself
	Marker  string // name of the marker
	Expr    string // regular expression of the marker; "" for one or more characters other than a slash
	Star    bool   // the marker takes all that follows; it is the last part then
}

// String writes the part as it stands in a pattern.
func (p token) String() string {
	switch {
	case p.Marker == "":
		return p.Literal
	case p.Star:
		return "*" + p.Marker
	case p.Expr == "":
		return "{" + p.Marker + "}"
	}
	return "{" + p.Marker + ":" + p.Expr + "}"
}

// String returns the pattern as it was written, with its prefixes.
func (p *Pattern) String() string { return p.text }

// star returns the name of the star; "" without one.
func (p *Pattern) star() string {
	if last := p.parts[len(p.parts)-1]; last.Star {
		return last.Marker
	}
	return ""
}

// PatternError says what is wrong with a pattern, and where.
type PatternError struct {
	Pattern string
	Offset  int // in bytes
	Reason  string
}

// Error names the pattern, the offset and the reason.
func (e *PatternError) Error() string {
	return fmt.Sprintf("pattern %q, offset %d: %s", e.Pattern, e.Offset, e.Reason)
}

var (
	_ fmt.Stringer = (*Pattern)(nil)
	_ fmt.Stringer = token{}
	_ error        = (*PatternError)(nil)
)
