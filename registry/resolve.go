package registry

import (
	"container/heap"
	"fmt"
	"slices"
)

// How a round is resolved.
//
// The declarations of a round run phase by phase, the lowest first, and within a phase in the order
// they were recorded. Of those in a phase with the same discriminator, at most one runs:
//
//  1. They are sorted by include path (a list of names, the outermost first, compared as lists),
//     then by the order of recording. The first one runs.
//  2. The first one overrides another if its path is a proper prefix of the other's, which means
//     that its function included the other's, directly or not. Otherwise the two conflict.
//  3. If a declaration with that discriminator has already run in this round, the first one does
//     not run either: the earlier declaration overrides it, or conflicts with it, by rule 2. The
//     others are still compared with the first one alone.
//
// For example, the packages a and b, both included by the application, each register view "edit".
// Neither of their paths, [a] and [b], is a prefix of the other: a conflict. Once the application
// registers "edit" itself, its path [] is a prefix of both, and it overrides both.
//
// Declarations that are recorded while a phase runs wait if their phase is a later one. Those of
// the same phase are resolved among themselves and with the rest of the phase; those of an earlier
// phase are too late. A declaration that was overridden once stays overridden: whatever overrides
// the one that overrode it overrides it too.
//
// Errors do not hide each other. After a conflict the first of its declarations runs, as if it
// overrode the others, so that nothing is missing for what runs later; the build fails all the
// same. After any other error something is missing, but the others run nevertheless. gaps.go says
// which of their errors are reported.
//
// So each declaration is resolved once, when its phase begins or when it is recorded, and nothing
// is resolved again. The cost is linear, except for sorting those with the same discriminator.

// contender is an entry during one resolution, which does not change the entry itself.
type contender struct {
	*entry
	seq        int          // in the order of recording
	ran        bool         // it is running, has run, or would have run without its own mistake
	overridden bool         // it will not run
	rivals     []*contender // those of the current batch with the same discriminator
	clash      *Conflict    // the conflict in which it is the first, or nil
}

// resolution runs one round, phase by phase.
type resolution struct {
	run     *running
	seq     int     // the number of contenders so far
	orders  intHeap // the later phases
	phases  map[int][]*contender
	claims  map[Ref]*contender // by discriminator: the one that has run, or will in this phase
	waiting []*contender       // this phase, in the order of recording
	reached int                // this phase
	started bool
	errs    []error
}

// resolve runs entries, and returns all errors other than consequences.
func resolve(entries []*entry, run *running) []error {
	r := &resolution{run: run, phases: map[int][]*contender{}, claims: make(map[Ref]*contender, len(entries))}
	r.distribute(entries)
	for len(r.orders) > 0 {
		r.phase()
	}
	return append(r.errs, run.causes(run.failed())...)
}

// distribute adds entries to the later phases and returns those of this phase.
func (r *resolution) distribute(entries []*entry) (present []*contender) {
	contenders := make([]contender, len(entries))
	for i, e := range entries {
		c := &contenders[i]
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
			r.errs = append(r.errs, r.run.causes([]failure{{&Mistake{Source: e.from.source, Err: fmt.Errorf(
				"%s: declared for phase %d while phase %d runs: declare it earlier, or for a later phase",
				e.subject(), e.Phase, r.reached)}, gapOf(&e.Declaration)}})...)
		}
	}
	return present
}

// phase resolves the next phase and runs its declarations.
func (r *resolution) phase() {
	r.reached, r.started = heap.Pop(&r.orders).(int), true
	r.waiting = r.phases[r.reached]
	delete(r.phases, r.reached)
	r.settle(r.waiting)
	for i := 0; i < len(r.waiting); i++ { // Run may add to it
		c := r.waiting[i]
		if c.overridden {
			continue
		}
		c.ran = true
		if c.Err != nil {
			continue
		}
		r.errs = append(r.errs, r.run.perform(c.entry)...)
		batch := r.distribute(r.run.take())
		r.settle(batch)
		r.waiting = append(r.waiting, batch...)
	}
}

// settle resolves batch: which contender runs for each discriminator.
func (r *resolution) settle(batch []*contender) {
	var contested []*contender
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

// contest applies the rules above to a holder and its rivals.
func (r *resolution) contest(holder *contender) {
	all := holder.rivals
	holder.rivals = nil
	if !holder.ran {
		all = append(all, holder)
	}
	slices.SortFunc(all, func(a, b *contender) int {
		if c := slices.Compare(a.from.path, b.from.path); c != 0 {
			return c
		}
		return a.seq - b.seq
	})
	first := all[0]
	rival := first
	if !holder.ran {
		r.claims[first.claim()] = first
	} else if first.overridden = true; !includes(holder, first) {
		r.conflict(holder, first)
		rival = holder
	}
	for _, c := range all[1:] {
		c.overridden = true
		if !includes(first, c) {
			r.conflict(rival, c)
		}
	}
}

// conflict records that two contenders conflict. All that conflict with the same first one are in
// one error, including those that are recorded later.
func (r *resolution) conflict(first, other *contender) {
	if first.clash == nil {
		first.clash = &Conflict{Subject: first.subject(), Sources: []Source{first.from.source}, Remedy: first.remedy(false)}
		r.errs = append(r.errs, first.clash)
	}
	first.clash.Sources = append(first.clash.Sources, other.from.source)
	if other.from.source.folder() != first.from.source.folder() {
		first.clash.Remedy = first.remedy(true)
	}
}

// includes reports whether the path of a is a proper prefix of that of b.
func includes(a, b *contender) bool {
	return len(a.from.path) < len(b.from.path) && slices.Equal(a.from.path, b.from.path[:len(a.from.path)])
}

// intHeap is a heap of phases, the lowest first.
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
