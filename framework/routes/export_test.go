package routes

import "strings"

// What the tests see of patterns and tables besides their exported names.

type Token = token

var Parse = parse

// Tokens returns the tokens of the pattern, Markers the names of its markers, and Star that of
// its star.
func (p *Pattern) Tokens() []Token   { return p.tokens }
func (p *Pattern) Markers() []string { return p.markers }
func (p *Pattern) Star() string      { return p.star() }

// Canonical returns the pattern with a leading slash and its markers in braces.
func (p *Pattern) Canonical() string {
	var b strings.Builder
	for _, t := range p.tokens {
		b.WriteString(t.String())
	}
	return b.String()
}

// Quick returns the route that the quick search finds for a path without escapes, and Whole what the
// whole search finds; nil if they find none.
func (t *Table) Quick(path string) *Route {
	var spans [quickMarkers]span
	return t.index.trie.quick(path, &spans)
}

func (t *Table) Whole(path string) *Route {
	var s search
	s.begin(t.index, path)
	return s.next()
}
