package routes

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
