package registry

import (
	"errors"
	"slices"
)

// A declaration with a mistake does not run, so something is missing for those that do. What they
// report may then be nothing but a consequence. So that one build finds everything, and reports
// causes only, each mistake leaves a gap:
//
//   - the Category and ID of a Declaration with an Err, or whose Run calls Config.Fail; nothing if
//     it has no Category; the whole Category if it has no ID;
//   - anything at all, if what would have been declared is unknown: after Config.Fail outside of a
//     Run, after an error of an included function, and after an error of Run;
//   - nothing after Config.Report.
//
// An error is held back if a gap explains it:
//
//   - a MissingError, if what it misses may be in a gap;
//   - the error or panic of a Run or of a function of OnFreeze that has looked for a component and
//     not found it, if there is any gap.
//
// Every other error is reported. Gaps explain only what comes up after them: a declaration that ran
// earlier would have failed anyway.

// gap is what a mistake leaves missing. A ref without a Category is nothing.
type gap struct {
	anything bool
	ref      Ref
}

// gapOf returns the gap of a declaration that does not run.
func gapOf(d *Declaration) gap {
	if d.Category == "" {
		return gap{}
	}
	return gap{ref: d.claim()}
}

// gaps are those of a build so far.
type gaps struct {
	anything bool
	refs     map[Ref]bool
}

func (g *gaps) add(more ...gap) {
	for _, one := range more {
		switch {
		case one.anything:
			g.anything = true
		case one.ref.Category != "":
			if g.refs == nil {
				g.refs = map[Ref]bool{}
			}
			g.refs[one.ref] = true
		}
	}
}

// explain reports whether err may be a consequence of the gaps. missed is whether it comes from
// code that did not find a component.
func (g *gaps) explain(err error, missed bool) bool {
	if !g.anything && len(g.refs) == 0 {
		return false
	}
	if m := missing(err); m != nil {
		return slices.ContainsFunc(m.Of, g.cover)
	}
	_, failed := err.(*ExecutionError)
	return failed && missed
}

// cover reports whether what a MissingError refers to may be in a gap.
func (g *gaps) cover(ref Ref) bool {
	if g.anything || g.refs[ref] || g.refs[Ref{Category: ref.Category}] {
		return true
	}
	for has := range g.refs {
		if ref.ID == nil && has.Category == ref.Category {
			return true
		}
	}
	return false
}

// missing returns the MissingError in err, nil without one, or if the methods of err panic.
func missing(err error) (m *MissingError) {
	_ = guard(func() error {
		errors.As(err, &m)
		return nil
	})
	return m
}

// MissingError is an error of a build that says that something was not declared: a view names a
// route that does not exist. [Missing] makes one.
type MissingError struct {
	Err error
	Of  []Ref // declaring one of them would have prevented the error; without an ID, any of the Category
}

var _ error = (*MissingError)(nil)

// Missing returns err as a *MissingError, nil if err is nil. While a declaration that it refers to
// may be missing only because of another mistake, the build does not report it.
//
//	if _, ok := table.route(name); !ok {
//		route := registry.Ref{Category: "routes", ID: name}
//		c.Fail(registry.Missing(fmt.Errorf("no route %q", name), route))
//	}
func Missing(err error, of ...Ref) error {
	if err == nil {
		return nil
	}
	return &MissingError{Err: err, Of: of}
}

// Error returns the text of Err.
func (e *MissingError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *MissingError) Unwrap() error { return e.Err }
