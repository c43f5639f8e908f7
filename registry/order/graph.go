package order

import "slices"

// graph is what the names and their edges amount to, with the names as numbers: first, last, names by registration.
type graph struct {
	nodes []node
}

type node struct {
	name     string
	inner    []int // in order of the edges; one that was given twice counts twice
	outer    []int
	arriving int // edges from outside that are left
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
	return g
}

// cycle finds one cycle among the nodes that were not taken, from the outside in, beginning with the name that was
// registered first. Each of those nodes has an edge from another one, so that going outward must come round.
func (g *graph) cycle() []string {
	at := slices.IndexFunc(g.nodes, func(n node) bool { return !n.taken })
	var way []int
	step := make(map[int]int) // node: when it was met
	for {
		if _, met := step[at]; met {
			break
		}
		step[at] = len(way)
		way = append(way, at)
		outer := g.nodes[at].outer
		at = outer[slices.IndexFunc(outer, func(n int) bool { return !g.nodes[n].taken })]
	}
	round := way[step[at]:]
	slices.Reverse(round) // it was walked outward
	start := slices.Index(round, slices.Min(round))
	names := make([]string, 0, len(round))
	for i := range round {
		names = append(names, g.nodes[round[(start+i)%len(round)]].name)
	}
	return names
}
