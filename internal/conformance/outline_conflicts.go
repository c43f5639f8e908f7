package conformance

import (
	"maps"
	"slices"
)

// conflicts is a plain reading of how a configuration is resolved: which actions run, and which
// directives conflict.
//
// Rounds come one after the other, and in a round the phases, lowest first. Of the directives of a
// phase that claim the same thing, that with the least include path (then the earliest) is the
// first. The first one runs, unless one of an earlier phase claimed the same. The one that runs, or
// else the earlier one, overrides those that were included below it, and conflicts with the others.
// Pyramid stops before the first phase with conflicts; here the first one of each runs, and so does
// everything else.
type conflicts struct {
	stops bool // as Pyramid does

	log     []string
	clashes []*clash
	failed  bool // an action raised an error
}

// clash is a claim with the directives that conflict over it.
type clash struct {
	claim map[string]any
	ids   []string
}

// claimant is a directive in a phase.
type claimant struct {
	*declared
	phase int
	clash *clash
}

// conflictsOf resolves the directives of a case.
func conflictsOf(c *Case, stops bool) *conflicts {
	o := &conflicts{stops: stops, log: []string{}}
	var round []*claimant
	included := map[string]bool{}
	end := func() {
		if !stops || len(o.clashes) == 0 {
			o.round(round, included)
		}
		round, included = nil, map[string]bool{}
	}
	for _, d := range c.App.Directives {
		if d.Do == "commit" {
			end()
			continue
		}
		round = append(round, claimants([]Directive{d}, nil, included)...)
	}
	end()
	return o
}

// claimants returns the directives in the order of recording.
func claimants(ds []Directive, path []string, included map[string]bool) (all []*claimant) {
	for _, d := range ds {
		phase := 0
		switch d.Do {
		case "include":
			if !included[d.Name] {
				included[d.Name] = true
				all = append(all, claimants(d.Directives, append(slices.Clip(path), d.Name), included)...)
			}
			continue
		case "route_prefix_context":
			all = append(all, claimants(d.Directives, path, included)...)
			continue
		case "action":
			phase = d.Order
		case "add_route", "security":
			phase = -10
		case "add_view_deriver", "add_view_predicate", "add_accept_view_order", "set_default_permission":
			phase = -20
		}
		all = append(all, &claimant{declared: &declared{Directive: d, path: path}, phase: phase})
	}
	return all
}

// claimed returns what a directive claims; "": nothing.
func (c *claimant) claimed() string {
	switch {
	case c.Do == "action" && c.Discriminator == nil:
		return ""
	case c.Do == "action":
		return "action " + *c.Discriminator
	}
	return c.identity() + c.Value
}

func (o *conflicts) round(waiting []*claimant, included map[string]bool) {
	included = maps.Clone(included)
	winners := map[string]*claimant{} // of this phase, and of those before it
	for len(waiting) > 0 && !o.failed {
		phase := slices.MinFunc(waiting, func(a, b *claimant) int { return a.phase - b.phase }).phase
		is := func(c *claimant) bool { return c.phase == phase }
		batch := slices.DeleteFunc(slices.Clone(waiting), func(c *claimant) bool { return !is(c) })
		waiting = slices.DeleteFunc(waiting, is)
		queue := o.settle(batch, winners)
		for len(queue) > 0 && !o.failed {
			if o.stops && len(o.clashes) > 0 {
				return
			}
			c := queue[0]
			queue = queue[1:]
			if c.Do == "action" {
				o.log = append(o.log, c.Mark)
			}
			fresh := claimants(c.Then, c.path, included)
			queue = append(queue, o.settle(slices.DeleteFunc(slices.Clone(fresh), func(c *claimant) bool { return !is(c) }), winners)...)
			waiting = append(waiting, slices.DeleteFunc(fresh, is)...)
			o.failed = c.Raise != ""
		}
	}
}

// settle returns those of the batch that run, in the order of recording, and enters them among the
// winners.
func (o *conflicts) settle(batch []*claimant, winners map[string]*claimant) (run []*claimant) {
	claims := map[string][]*claimant{}
	for _, c := range batch {
		if id := c.claimed(); id != "" {
			claims[id] = append(claims[id], c)
		}
	}
	for _, c := range batch {
		id := c.claimed()
		if id == "" {
			run = append(run, c)
			continue
		}
		rivals := slices.Clone(claims[id])
		slices.SortStableFunc(rivals, func(a, b *claimant) int { return slices.Compare(a.path, b.path) })
		first, earlier := rivals[0], winners[id]
		switch {
		case first == c && earlier == nil:
			run = append(run, c)
		case first == c && !earlier.above(c):
			o.clash(earlier, c)
		case first == c || first.above(c):
		case earlier != nil && !earlier.above(first):
			o.clash(earlier, c)
		default:
			o.clash(first, c)
		}
	}
	for id, rivals := range claims {
		if winners[id] == nil {
			winners[id] = slices.MinFunc(rivals, func(a, b *claimant) int { return slices.Compare(a.path, b.path) })
		}
	}
	return run
}

// above reports whether the other one was included below c.
func (c *claimant) above(other *claimant) bool {
	return len(c.path) < len(other.path) && slices.Equal(c.path, other.path[:len(c.path)])
}

func (o *conflicts) clash(first, other *claimant) {
	if first.clash == nil {
		first.clash = &clash{claim: first.claim(), ids: []string{first.ID}}
		o.clashes = append(o.clashes, first.clash)
	}
	first.clash.ids = append(first.clash.ids, other.ID)
}

// described returns the conflicts with the fields of the cases, sorted.
func (o *conflicts) described() []any {
	all := []any{}
	for _, c := range o.clashes {
		one := maps.Clone(c.claim)
		slices.Sort(c.ids)
		one["directives"] = c.ids
		all = append(all, one)
	}
	sortConflicts(all)
	return all
}

// allPhases is the deviation of configurations with conflicts: Pyramid reports those of the first
// phase that has any, and runs nothing from there on.
const allPhases = "conflicts of all phases are reported"

// wantConflicts changes the expected outcome of a configuration with conflicts into ours, if the
// two differ. The reading must agree with what Pyramid found.
func (c *Case) wantConflicts(want Expect, v Verdict) Verdict {
	recorded, ok := want["conflicts"].([]any)
	if !ok {
		return v
	}
	recorded = slices.Clone(recorded)
	sortConflicts(recorded)
	want["conflicts"] = recorded
	theirs, ours := conflictsOf(c, true), conflictsOf(c, false)
	if said := theirs.described(); text(said) != text(recorded) {
		v = v.problem("conflicts: the outline has %s, Pyramid has %s", text(said), text(recorded))
	}
	if log := want["log"]; log != nil && text(log) != text(theirs.log) {
		v = v.problem("log: the outline has %s, Pyramid has %s", text(theirs.log), text(log))
	}
	if text(theirs.described()) == text(ours.described()) && (want["log"] == nil || text(theirs.log) == text(ours.log)) {
		return v
	}
	want["conflicts"] = ours.described()
	if want["log"] != nil {
		want["log"] = ours.log
	}
	v.Rules = append(v.Rules, allPhases)
	return v
}
