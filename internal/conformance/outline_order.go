package conformance

import "slices"

// ranking sorts names by their hints, as Pyramid documents it: tweens by under and over, media
// types by what they weigh less or more than.
//
// Edges point inward. The first one leads from the outermost name to the innermost. Then each name,
// in the order of adding, gives edges from everything that it is under, and edges to everything
// that it is over. An edge with an unknown name at one end does not count.
//
// A list starts with the names that no edge leads to: outermost, innermost, then the others in the
// order of adding. The head of the list is next in the result. Its edges are removed one by one; a
// name that loses its last incoming edge goes to the head of the list.
//
// It favors a plain reading over speed: the cost grows with the square of the names.
type ranking struct {
	outermost, innermost string
	hints                []hint
}

// hint is a name with the names that it is under and over.
type hint struct {
	name        string
	under, over []string
}

// add adds a name. A name that is added again moves to the end and loses its earlier hints.
func (r *ranking) add(name string, under, over []string) {
	r.hints = append(slices.DeleteFunc(r.hints, func(h hint) bool { return h.name == name }), hint{name, under, over})
}

// sorted returns the names from the outermost to the innermost, without the two sentinels. Names in
// a cycle and the names inside it are missing.
func (r *ranking) sorted() []string {
	inner, incoming := r.edges()
	var ready []string
	for _, name := range r.names() {
		if incoming[name] == 0 {
			ready = append(ready, name)
		}
	}
	var result []string
	for len(ready) > 0 {
		head := ready[0]
		ready = ready[1:]
		if head != r.outermost && head != r.innermost {
			result = append(result, head)
		}
		for _, name := range inner[head] {
			if incoming[name]--; incoming[name] == 0 {
				ready = slices.Insert(ready, 0, name)
			}
		}
	}
	return result
}

// names returns the sentinels, then the others in the order of adding.
func (r *ranking) names() []string {
	list := []string{r.outermost, r.innermost}
	for _, h := range r.hints {
		list = append(list, h.name)
	}
	return list
}

// edges returns for each name the names that its edges lead to, and how many edges lead to it. Two
// equal edges count twice.
func (r *ranking) edges() (inner map[string][]string, incoming map[string]int) {
	known := r.names()
	inner, incoming = map[string][]string{}, map[string]int{}
	link := func(outside, inside string) {
		if slices.Contains(known, outside) && slices.Contains(known, inside) {
			inner[outside] = append(inner[outside], inside)
			incoming[inside]++
		}
	}
	link(r.outermost, r.innermost)
	for _, h := range r.hints {
		for _, outside := range h.under {
			link(outside, h.name)
		}
		for _, inside := range h.over {
			link(h.name, inside)
		}
	}
	return inner, incoming
}
