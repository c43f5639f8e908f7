package registry

import (
	"container/heap"
	"fmt"
	"slices"
)

// How a round is resolved.
//
// The actions of a round are carried out by ascending order (the phases), and within a phase as they were recorded. Among
// the actions of a phase that claim the same discriminator one holds, and the others give way or conflict with it:
//
//  1. They are sorted by include path (names from the top, compared as lists), then by the order of recording. The first
//     is the one that may hold.
//  2. One of the others gives way if the path of the first is a true prefix of its own: the first is nearer to the
//     application, and includes it, directly or not. Otherwise it conflicts.
//  3. If an action with that discriminator has already run in this round, it holds: the first gives way to it, or
//     conflicts with it, by rule 2. The others are still held against the first alone.
//
// An example: package a and package b, both included by the application, each register view "edit". Their paths, [a] and
// [b], are no prefix of each other: a conflict. Once the application registers "edit" itself, its path [] is a prefix
// of both, and both give way without a word.
//
// A phase with conflicts runs nothing, and ends the build. While a phase runs, an action may record more actions. Those of
// a later phase wait; those of the same phase are resolved among themselves and with those that have not run yet; those
// of an earlier phase come too late. An action that gave way once has no say any more: whatever is nearer than the one to
// which it gave way is nearer than itself, too.
//
// Each action is therefore looked at once, when it is admitted to its phase, and once when it runs; nothing is resolved
// again because something else was recorded. The cost is linear, but for the sorting of what really clashes.

// candidate is an entry in the course of one resolution. The entry itself is never changed: the next build reads it again.
type candidate struct {
	*entry
	seq     int          // the order of recording
	ran     bool         // it runs, or has run
	gaveWay bool         // it never will
	rivals  []*candidate // those of the batch at hand that claim the same
}

// resolution carries one round through its phases.
type resolution struct {
	run     *running // nil: only look
	seq     int      // candidates so far
	orders  intHeap  // the phases to come
	phases  map[int][]*candidate
	claims  map[Ref]*candidate // by discriminator, who holds it: run, or waiting in the present phase
	waiting []*candidate       // the present phase, in the order of recording
	reached int                // its order
	started bool
	errs    []error
}

// resolve carries entries out, and returns the errors of the first phase that has any.
func resolve(entries []*entry, run *running) []error {
	r := newResolution(entries, run)
	for len(r.orders) > 0 {
		if r.phase(); len(r.errs) > 0 {
			break
		}
	}
	return r.errs
}

// visibleConflicts returns the conflicts of all phases, as far as they show without running anything.
func visibleConflicts(entries []*entry) []error {
	r := newResolution(entries, nil)
	for len(r.orders) > 0 {
		r.phase()
	}
	return r.errs
}

func newResolution(entries []*entry, run *running) *resolution {
	r := &resolution{run: run, phases: map[int][]*candidate{}, claims: make(map[Ref]*candidate, len(entries))}
	r.distribute(entries)
	return r
}

// distribute puts entries into the phases to come, other than those of the present phase, which it returns.
func (r *resolution) distribute(entries []*entry) (present []*candidate) {
	candidates := make([]candidate, len(entries))
	for i, e := range entries {
		c := &candidates[i]
		c.entry, c.seq = e, r.seq
		r.seq++
		switch {
		case !r.started || e.Phase > r.reached:
			if _, known := r.phases[e.Phase]; !known {
				heap.Push(&r.orders, e.Phase)
			}
			r.phases[e.Phase] = append(r.phases[e.Phase], c)
		case e.Phase == r.reached:
			present = append(present, c)
		default:
			r.errs = append(r.errs, &Mistake{Source: e.from.source, Err: fmt.Errorf(
				"%s: an action of order %d recorded while order %d was running: record it earlier, or with a higher order",
				e.subject(), e.Phase, r.reached)})
		}
	}
	return present
}

// phase carries out the next phase: all its actions, or none if they conflict. It ends early when an action fails, or
// records what cannot be.
func (r *resolution) phase() {
	r.reached, r.started = heap.Pop(&r.orders).(int), true
	r.waiting = r.phases[r.reached]
	delete(r.phases, r.reached)
	r.settle(r.waiting)
	if r.run != nil && len(r.errs) > 0 {
		return
	}
	for i := 0; i < len(r.waiting); i++ { // it may grow
		c := r.waiting[i]
		if c.gaveWay {
			continue
		}
		c.ran = true
		if r.run == nil {
			continue
		}
		if err := r.run.perform(c.entry); err != nil {
			r.errs = append(r.errs, err)
			break
		}
		if fresh := r.run.take(); len(fresh) > 0 {
			batch := r.distribute(fresh)
			r.settle(batch)
			r.waiting = append(r.waiting, batch...)
			if len(r.errs) > 0 {
				break
			}
		}
	}
	if r.run != nil {
		r.errs = append(r.errs, r.run.failed()...)
	}
}

// settle decides who holds each discriminator that batch claims.
func (r *resolution) settle(batch []*candidate) {
	var contested []*candidate
	for _, c := range batch {
		if c.ID == nil {
			continue
		}
		holder := r.claims[c.claim()]
		if holder == nil {
			r.claims[c.claim()] = c
			continue
		}
		if holder.rivals == nil {
			contested = append(contested, holder)
		}
		holder.rivals = append(holder.rivals, c)
	}
	for _, holder := range contested {
		r.contest(holder)
	}
}

// contest applies the rules to a holder and its rivals.
func (r *resolution) contest(holder *candidate) {
	all := holder.rivals
	holder.rivals = nil
	if !holder.ran {
		all = append(all, holder)
	}
	slices.SortFunc(all, func(a, b *candidate) int {
		if c := slices.Compare(a.from.path, b.from.path); c != 0 {
			return c
		}
		return a.seq - b.seq
	})
	first, clash := all[0], []Source(nil)
	if holder.ran {
		first.gaveWay = true
		if !includes(holder, first) {
			clash = append(clash, holder.from.source, first.from.source)
		}
	} else {
		r.claims[first.claim()] = first
	}
	for _, c := range all[1:] {
		c.gaveWay = true
		if includes(first, c) {
			continue
		}
		if clash == nil {
			clash = append(clash, first.from.source)
		}
		clash = append(clash, c.from.source)
	}
	if clash != nil {
		r.errs = append(r.errs, &Conflict{
			Subject: first.subject(), Sources: clash, Remedy: first.remedy(), Discriminator: first.claim(),
		})
	}
}

// includes reports whether a is nearer to the application than b, on the same way: its path is a true prefix of b's.
func includes(a, b *candidate) bool {
	return len(a.from.path) < len(b.from.path) && slices.Equal(a.from.path, b.from.path[:len(a.from.path)])
}

// intHeap is a heap of orders, the lowest first.
type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(v any)        { *h = append(*h, v.(int)) }
func (h *intHeap) Pop() any {
	old := *h
	v := old[len(old)-1]
	*h = old[:len(old)-1]
	return v
}

var _ heap.Interface = (*intHeap)(nil)
