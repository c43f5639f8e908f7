package order

import (
	"errors"
	"slices"
)

// Sorter collects names with their hints. Make one with New. It is meant for one goroutine.
type Sorter struct {
	first, last string
	names       []string // in order of registration; "" where a name was added again
	hints       map[string]hint
	edges       []edge           // in order of registration
	places      map[edge][]int   // of each edge, where it stands in edges, ascending
	gone        map[int]struct{} // places of edges that were dropped
}

// hint is what a name was added with.
type hint struct {
	at          int // in names
	under, over []string
}

// edge points inward.
type edge struct {
	outer, inner string
}

// New returns an empty Sorter. first is the sentinel outside of all names, last the one inside.
func New(first, last string) *Sorter {
	return &Sorter{
		first: first, last: last,
		hints: map[string]hint{}, places: map[edge][]int{}, gone: map[int]struct{}{},
	}
}

// Add adds a name that wants to be inside of one of under, and outside of one of over; both may name sentinels. A nil list
// wants nothing; the caller decides what stands for two nil lists. Adding a name again moves it to the end of the
// registration order and drops the edges that it gave before.
func (s *Sorter) Add(name string, under, over []string) {
	if old, ok := s.hints[name]; ok {
		s.names[old.at] = ""
		for _, u := range old.under {
			s.drop(edge{u, name})
		}
		for _, o := range old.over {
			s.drop(edge{name, o})
		}
	}
	s.hints[name] = hint{at: len(s.names), under: slices.Clone(under), over: slices.Clone(over)}
	s.names = append(s.names, name)
	for _, u := range under {
		s.put(edge{u, name})
	}
	for _, o := range over {
		s.put(edge{name, o})
	}
}

func (s *Sorter) put(e edge) {
	s.places[e] = append(s.places[e], len(s.edges))
	s.edges = append(s.edges, e)
}

// drop takes out the earliest of equal edges: if two names gave the same one, the later place remains.
func (s *Sorter) drop(e edge) {
	places := s.places[e]
	s.gone[places[0]] = struct{}{}
	s.places[e] = places[1:]
}

// Names returns the names in order of registration.
func (s *Sorter) Names() []string {
	names := make([]string, 0, len(s.hints))
	for at, name := range s.names {
		if h, ok := s.hints[name]; ok && h.at == at {
			names = append(names, name)
		}
	}
	return names
}

// Sorted returns the names, the outermost first, without the sentinels.
//
// Edges with unknown names are dropped. A name that gave `under` and has no edge from outside, whoever gave it, is
// unsatisfied; likewise `over` and inside. Then nodes without edges from outside are laid in a row: first, last, names by
// registration. The head of the row is taken out next; each node that thereby has lost its last edge from outside is put
// at the head of the row. Nodes that are never taken out form a cycle.
//
// The error is one *UnsatisfiedError, several joined, or a *CycleError. The cost is linear in names and edges.
func (s *Sorter) Sorted() ([]string, error) {
	g := s.graph()
	if err := s.unsatisfied(g); err != nil {
		return nil, err
	}
	// The row is kept as a stack, its head at the end.
	var row []int
	for n := len(g.nodes) - 1; n >= 0; n-- {
		if g.nodes[n].arriving == 0 {
			row = append(row, n)
		}
	}
	sorted := make([]string, 0, len(s.hints))
	taken := 0
	for len(row) > 0 {
		n := row[len(row)-1]
		row = row[:len(row)-1]
		taken++
		g.nodes[n].taken = true
		if name := g.nodes[n].name; s.has(name) {
			sorted = append(sorted, name)
		}
		for _, m := range g.nodes[n].inner {
			g.nodes[m].arriving--
			if g.nodes[m].arriving == 0 {
				row = append(row, m)
			}
		}
	}
	if taken < len(g.nodes) {
		return nil, &CycleError{Names: g.cycle()}
	}
	return sorted, nil
}

func (s *Sorter) has(name string) bool {
	_, ok := s.hints[name]
	return ok
}

// unsatisfied reports the names of whose wishes none can be fulfilled: those about `over` first, each kind by name.
func (s *Sorter) unsatisfied(g *graph) error {
	var over, under []string
	for _, n := range g.nodes {
		h, ok := s.hints[n.name]
		if !ok {
			continue
		}
		if h.over != nil && len(n.inner) == 0 {
			over = append(over, n.name)
		}
		if h.under != nil && len(n.outer) == 0 {
			under = append(under, n.name)
		}
	}
	if len(over)+len(under) == 0 {
		return nil
	}
	slices.Sort(over)
	slices.Sort(under)
	var errs []error
	for _, name := range over {
		errs = append(errs, &UnsatisfiedError{Name: name, Side: Over, Wants: s.hints[name].over, Have: s.others(name)})
	}
	for _, name := range under {
		errs = append(errs, &UnsatisfiedError{Name: name, Side: Under, Wants: s.hints[name].under, Have: s.others(name)})
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// others returns all names but one.
func (s *Sorter) others(name string) []string {
	return slices.DeleteFunc(s.Names(), func(other string) bool { return other == name })
}
