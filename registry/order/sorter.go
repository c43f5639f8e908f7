package order

import (
	"errors"
	"slices"
)

// Sorter collects names with their hints. Make one with New. It is not safe for concurrent use.
type Sorter struct {
	first, last string
	names       []string // in the order added; "" where a name was added again
	hints       map[string]hint
	edges       []edge           // in the order added
	indexes     map[edge][]int   // the indexes of each edge in edges, ascending
	gone        map[int]struct{} // indexes of edges that were dropped
}

// hint holds the arguments of Add.
type hint struct {
	at          int // index in names
	under, over []string
}

// edge says that one name is outside another.
type edge struct {
	outer, inner string
}

// New returns an empty Sorter. first is the fixed end outside all names, last the one inside.
func New(first, last string) *Sorter {
	return &Sorter{
		first: first, last: last,
		hints: map[string]hint{}, indexes: map[edge][]int{}, gone: map[int]struct{}{},
	}
}

// Add adds a name that belongs inside the names in under and outside those in over, as far as they
// are known; see Sorted. Both may contain the ends. A nil list is no hint. Adding a name again
// replaces its hints and makes it the last one added.
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
	s.indexes[e] = append(s.indexes[e], len(s.edges))
	s.edges = append(s.edges, e)
}

// drop removes the earliest of equal edges: if both names gave it, the later one remains.
func (s *Sorter) drop(e edge) {
	equal := s.indexes[e]
	s.gone[equal[0]] = struct{}{}
	s.indexes[e] = equal[1:]
}

// Names returns the names in the order they were added.
func (s *Sorter) Names() []string {
	names := make([]string, 0, len(s.hints))
	for at, name := range s.names {
		if h, ok := s.hints[name]; ok && h.at == at {
			names = append(names, name)
		}
	}
	return names
}

// Sorted returns the names, the outermost first, without the ends.
//
// The rule: each hint is an edge from an outer name to an inner one; edges with unknown names do
// not count. A name with an under hint must have an edge from an outer name, its own or one that
// the other gave; a name with an over hint, one to an inner name. Names without outer names make up
// a row: the ends, then in the order added. The head of the row comes next in the order; each name
// whose last outer name it was then goes to the head of the row. If names are left that never
// entered the row, some of them form a cycle.
//
// The error joins those of Sort; then there are no names. The cost is linear in names and edges.
func (s *Sorter) Sorted() ([]string, error) {
	names, errs := s.Sort()
	switch len(errs) {
	case 0:
		return names, nil
	case 1:
		return nil, errs[0]
	}
	return nil, errors.Join(errs...)
}

// Sort returns all names and everything that is wrong: an *UnsatisfiedError for each unsatisfied
// hint, and a *CycleError for each of several cycles that share no name. With an error the order
// ignores some hints; it is good enough to look for further mistakes.
func (s *Sorter) Sort() (names []string, errs []error) {
	g := s.graph()
	errs = s.unsatisfied(g)
	// The row is a stack: its head is at the end.
	var row []int
	for n := len(g.nodes) - 1; n >= 0; n-- {
		if g.nodes[n].arriving == 0 {
			row = append(row, n)
		}
	}
	names = make([]string, 0, len(s.hints))
	add := func(more ...string) {
		for _, name := range more {
			if s.has(name) {
				names = append(names, name)
			}
		}
	}
	for g.left > 0 {
		for len(row) > 0 {
			n := row[len(row)-1]
			row = g.take(row[:len(row)-1], n)
			add(g.nodes[n].name)
		}
		if g.left > 0 {
			cycle := g.cycle()
			errs = append(errs, &CycleError{Names: g.names(cycle)})
			row = g.take(row, cycle...) // what is left may have more
			add(g.names(cycle)...)
		}
	}
	return names, errs
}

func (s *Sorter) has(name string) bool {
	_, ok := s.hints[name]
	return ok
}

// unsatisfied returns an error for each name with an unsatisfied hint: first those over others,
// each side sorted by name.
func (s *Sorter) unsatisfied(g *graph) (errs []error) {
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
	slices.Sort(over)
	slices.Sort(under)
	for _, name := range over {
		errs = append(errs, &UnsatisfiedError{Name: name, Side: Over, Wants: s.hints[name].over, Have: s.others(name)})
	}
	for _, name := range under {
		errs = append(errs, &UnsatisfiedError{Name: name, Side: Under, Wants: s.hints[name].under, Have: s.others(name)})
	}
	return errs
}

// others returns all names but one.
func (s *Sorter) others(name string) []string {
	return slices.DeleteFunc(s.Names(), func(other string) bool { return other == name })
}
