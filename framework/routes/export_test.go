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

// Quick returns the route that the quick search finds for a path without escapes, nil if it finds
// that there is none, and false if it leaves the path to the whole search.
func (t *Table) Quick(path string) (*Route, bool) {
	var spans [quickMarkers]span
	rt := t.index.trie.quick(path, &spans)
	if rt == noRoute {
		return nil, true
	}
	return rt, rt != nil
}

// Whole returns the route that the whole search finds, nil if there is none.

func (t *Table) Whole(path string) *Route {
	var s search
	s.begin(t.index, path)
	return s.next()
}
