package routes

import "strings"

// What the tests see of patterns and tables besides their exported names.

type Token = token

var Parse = parse

// Tokens returns the tokens of the pattern, Markers the names of its markers, and Star that of
// its star.
func (p *Pattern) Tokens() []Token   { return p.parts }
func (p *Pattern) Markers() []string { return p.names }
func (p *Pattern) Star() string      { return p.star() }

// Canonical returns the pattern with a leading slash and its markers in braces.
func (p *Pattern) Canonical() string {
	var b strings.Builder
	for _, t := range p.parts {
		b.WriteString(t.String())
	}
	return b.String()
}

// Served tells how many shapes a table has, how many of them httprouter serves, and
// how many of those it serves alone, without an echo in the trie.
func Served(t *Table) (shapes, served, alone int) {
	seen := map[string]bool{}
	for _, rt := range t.routes {
		shape := rt.Pattern.match.shape
		if key := shapeKey(shape); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		shapes++
		path := ""
		for _, s := range shape {
			if path += "/" + s.text; s.kind != literal {
				path += "\x00"
			}
		}
		s := t.index.newSearch()
		s.asked.url.Path = path
		t.index.layer.find(s)
		if s.measured < 0 || shapeKey(t.index.leaves[s.found[0].leaf].shape) != shapeKey(shape) {
			continue
		}
		served++
		if s = t.index.newSearch(); t.index.trie != nil {
			t.index.trie.find(s, path[1:])
		}
		if len(s.found) == 0 {
			alone++
		}
	}
	return shapes, served, alone
}
