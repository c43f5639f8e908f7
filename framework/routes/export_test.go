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

// InRouter returns how many shapes a table has, how many of them httprouter finds, and how many of
// those it finds without a copy in the trie.
func InRouter(t *Table) (shapes, inRouter, alone int) {
	seen := map[string]bool{}
	for _, rt := range t.routes {
		shape := rt.Pattern.match.shape
		key := shapeKey(shape)
		if seen[key] {
			continue
		}
		seen[key] = true
		shapes++
		path := ""
		for _, s := range shape {
			if path += "/" + s.text; s.kind != literal {
				path += "\x00"
			}
		}
		s := t.index.newSearch()
		s.query.url.Path = path
		t.index.router.find(s)
		if s.fromRouter < 0 || shapeKey(t.index.leaves[s.found[0].leaf].shape) != key {
			continue
		}
		inRouter++
		if s = t.index.newSearch(); t.index.trie != nil {
			t.index.trie.find(s, path[1:])
		}
		if len(s.found) == 0 {
			alone++
		}
	}
	return shapes, inRouter, alone
}
