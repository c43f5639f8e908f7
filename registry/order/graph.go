package order

import "slices"

// graph holds the names and edges, with the names as indexes: first, last, then in the order added.
type graph struct {
	nodes []node
	left  int // how many are not taken
}

type node struct {
	name     string
	inner    []int // in the order of the edges; an edge that was added twice counts twice
	outer    []int
	arriving int // edges from outer nodes that are not taken
	taken    bool
}

func (s *Sorter) graph() *graph {
	g := &graph{nodes: make([]node, 0, len(s.hints)+2)}
	number := make(map[string]int, len(s.hints)+2)
	add := func(name string) {
		if _, ok := number[name]; !ok {
			number[name] = len(g.nodes)
			g.nodes = append(g.nodes, node{name: name})
		}
	}
	add(s.first)
	add(s.last)
	for _, name := range s.Names() {
		add(name)
	}
	link := func(e edge) {
		outer, known := number[e.outer]
		inner, also := number[e.inner]
		if known && also {
			g.nodes[outer].inner = append(g.nodes[outer].inner, inner)
			g.nodes[inner].outer = append(g.nodes[inner].outer, outer)
			g.nodes[inner].arriving++
		}
	}
	link(edge{s.first, s.last})
	for at, e := range s.edges {
		if _, gone := s.gone[at]; !gone {
			link(e)
		}
	}
	g.left = len(g.nodes)
	return g
}

// take takes nodes out of the graph. It puts the inner nodes that no other one is outside of on the
// row.
func (g *graph) take(row []int, nodes ...int) []int {
	for _, n := range nodes {
		g.nodes[n].taken = true
	}
	g.left -= len(nodes)
	for _, n := range nodes {
		for _, m := range g.nodes[n].inner {
			g.nodes[m].arriving--
			if g.nodes[m].arriving == 0 && !g.nodes[m].taken {
				row = append(row, m)
			}
		}
	}
	return row
}

// names returns the names of nodes.
func (g *graph) names(nodes []int) []string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = g.nodes[n].name
	}
	return names
}

// cycle returns a cycle among the nodes that are not taken, from the outside in, starting with the
// name that was added first. Each of those nodes has an edge from another one, so following the
// edges outward must end in a cycle.
func (g *graph) cycle() []int {
	at := slices.IndexFunc(g.nodes, func(n node) bool { return !n.taken })
	var path []int
	seen := make(map[int]int) // from nodes to indexes in path
	for {
		if _, ok := seen[at]; ok {
			break
		}
		seen[at] = len(path)
		path = append(path, at)
		outer := g.nodes[at].outer
		at = outer[slices.IndexFunc(outer, func(n int) bool { return !g.nodes[n].taken })]
	}
	round := path[seen[at]:]
	slices.Reverse(round) // the path goes outward
	start := slices.Index(round, slices.Min(round))
	return slices.Concat(round[start:], round[:start])
}
