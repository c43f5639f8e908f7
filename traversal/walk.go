package traversal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// viewPrefix begins a name that selects a view and is never looked up.
const viewPrefix = "@@"

// Path is where a walk goes.
type Path struct {
	Escaped string   // as url.URL.EscapedPath returns it
	Names   []string // if not nil, used instead of Escaped: decoded names, with "", "." and ".." as in a path

	// VirtualRoot holds the decoded names of a virtual root. The walk goes there first, and then on
	// along the path, which cannot climb above it. It decides what a client can reach: take it from
	// trusted sources only.
	VirtualRoot []string

	// Subpath becomes the subpath of the result, unchanged, if the walk uses up its path.
	Subpath []string
}

// Walk walks from root along the path as far as there are resources, and records in into what it
// found, replacing what was there. All other methods that look for resources use this loop; most
// programs need [Traverser.Find] or [Traverser.Traverse] instead.
//
// At each resource the walk uses the best capability that it has: a rule for its type (path lookup,
// then async lookup, then lookup), else [PathContainer], [AsyncContainer] or [Container], in this
// order. Before each step it checks ctx, and it waits for a future no longer than ctx lasts. The
// walk ends when the path is used up, at a name that begins with "@@", at a resource without
// children, and at the first ErrNotFound.
//
// The error is a [*PathError] if the path cannot be read, and a [*StepError] if a resource failed
// or broke its contract, or if ctx ended between two steps. After a StepError, into holds how far
// the walk came. Walk does not recover panics of resources.
func (t *Traverser) Walk(ctx context.Context, root Resource, p Path, into *Result) error {
	if err := begin(into, root, &p); err != nil {
		return err
	}
	return t.walk(ctx, into)
}

// Begin begins a walk as Walk does, and goes as far as nothing can wait or needs a context: down
// from one [Map] to the next, to a resource without children, without rules for them, hooks and
// guard. done reports whether the walk has ended there; if not, Resume goes on. It never checks a
// context.
func (t *Traverser) Begin(root Resource, p Path, into *Result) (done bool, err error) {
	if err := begin(into, root, &p); err != nil {
		return false, err
	}
	return into.depth == into.count || t.leavesMaps() && (into.throughMaps() || t.childless(into.Resource())), nil
}

// Resume goes on with a walk that Begin has not ended, as Walk does.
func (t *Traverser) Resume(ctx context.Context, into *Result) error { return t.walk(ctx, into) }

// throughMaps walks from one Map to the next, and reports whether the walk has ended. It leaves
// invalid resources to walk.
func (r *Result) throughMaps() bool {
	names, below := r.room.names[:r.count], r.room.below
	at, ok := r.resourceAt(int(r.depth)).(Map)
	for ok {
		name := names[r.depth]
		if selectsView(name) {
			return true
		}
		value, found := at[name]
		if !found {
			return true
		}
		if int(r.depth) == len(below) {
			return false
		}
		if at, ok = value.(Map); !ok {
			if at, ok = value.(map[string]any); ok {
				value = at
			}
		}
		if ok && at == nil || !ok && badResource(value) != "" {
			return false
		}
		below[r.depth] = value
		if r.depth++; r.depth == r.count {
			return true
		}
	}
	return false
}

// walkFrom is Walk from a node instead of a root.
func (t *Traverser) walkFrom(ctx context.Context, from Node, p Path, r *Result) error {
	if err := begin(r, from.Resource(), &p); err != nil {
		return err
	}
	if _, inner := from.Parent(); inner {
		r.ensureRare().start = from
	}
	return t.walk(ctx, r)
}

// begin makes r the result of a walk that stands at its start.
func begin(r *Result, start Resource, p *Path) error {
	if r.root != nil || r.count != 0 || r.rare() != nil {
		*r = Result{}
	}
	r.root = start
	if err := r.addPath(p); err != nil {
		*r = Result{}
		return err
	}
	if err := checkRoot(start); err != nil {
		path := Join(r.allNames())
		*r = Result{}
		return &StepError{Path: path, Err: err}
	}
	if len(p.Subpath) > 0 {
		r.ensureRare().subpath = p.Subpath
	}
	return nil
}

func (r *Result) addPath(p *Path) error {
	if len(p.VirtualRoot) > 0 {
		if err := r.addNames(p.VirtualRoot); err != nil {
			return err
		}
		r.ensureRare().virtual = r.count
	}
	switch {
	case p.Names != nil:
		return r.addNames(p.Names)
	case p.Escaped == "/":
		return nil
	}
	return r.addEscaped(p.Escaped)
}

// walk is the loop of Walk, from where r stands. It is one long function because it runs for every
// request: a call per capability would make each step slower.
func (t *Traverser) walk(ctx context.Context, r *Result) error {
	names, hooked, guarded := r.allNames(), t.hooked(), t.guards()
	parent := r.resourceAt(int(r.depth))
	var began time.Time
	end := 0 // see beforeView
	for int(r.depth) < len(names) {
		name := names[r.depth]
		if selectsView(name) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return stepError(r, "", 1, parent, doneError(ctx, err))
		}
		if guarded {
			if err := t.guard(ctx, Node{walk: r, depth: int(r.depth)}); err != nil {
				return stepError(r, "", 1, parent, err)
			}
		}
		if hooked {
			began = time.Now()
		}

		var child Resource
		var err error
		capability := "child"
		switch c := t.capable(parent).(type) {
		case *abilities:
			if c.path != nil {
				below := beforeView(names, int(r.depth), &end)
				found, err := c.path.descend(ctx, parent, below)
				if guarded && len(below) > 1 && err != nil && !isNotFound(err) { // it may be about what the guard hides
					below = below[:1:1]
					found, err = c.path.descend(ctx, parent, below)
				}
				if more, err := t.descend(ctx, r, "path lookup", below, found, err, began); !more {
					return err
				}
				parent = r.resourceAt(int(r.depth))
				continue
			}
			if c.async != nil {
				capability = "async lookup"
				child, err = async.Await(ctx, c.async.async(ctx, parent, name))
				break
			}
			capability = "lookup"
			child, err = c.lookup.child(ctx, parent, name)
		case PathContainer:
			below := beforeView(names, int(r.depth), &end)
			found, err := c.Descend(ctx, below)
			if guarded && len(below) > 1 && err != nil && !isNotFound(err) {
				below = below[:1:1]
				found, err = c.Descend(ctx, below)
			}
			if more, err := t.descend(ctx, r, "descend", below, found, err, began); !more {
				return err
			}
			parent = r.resourceAt(int(r.depth))
			continue
		case AsyncContainer:
			capability = "async child"
			child, err = async.Await(ctx, c.ChildAsync(ctx, name))
		case Container:
			child, err = c.Child(ctx, name)
		default:
			if hooked {
				t.callHooks(ctx, Step{Parent: parent, Name: name, Capability: "none"})
			}
			return nil
		}

		if err == nil {
			err = checkChild(child)
		}
		if err != nil {
			child = nil
		}
		if hooked {
			t.callHooks(ctx, Step{parent, name, child, capability, time.Since(began), err})
		}
		if err != nil {
			if isNotFound(err) {
				return nil
			}
			return stepError(r, capability, 1, parent, err)
		}
		below := r.room.below
		if int(r.depth) == len(below) {
			below = r.growBelow(len(below) + 1)
		}
		below[r.depth] = child
		r.depth++
		parent = child
	}
	return nil
}

// descend goes down along what a resource found for several names, and reports whether the walk
// goes on from there.
func (t *Traverser) descend(ctx context.Context, r *Result, capability string, names []string, found []Resource, err error, began time.Time) (bool, error) {
	parent := r.resourceAt(int(r.depth))
	missing := err != nil && isNotFound(err)
	if broken := checkDescent(names, found, err, missing); broken != nil {
		err, missing = broken, false
	}
	if err != nil && !missing {
		if t.hooked() {
			at := concerned(names, found)
			elapsed, above := time.Since(began), parent
			for i, child := range found[:at] {
				t.callHooks(ctx, Step{above, names[i], child, capability, elapsed, nil})
				above, elapsed = child, 0
			}
			t.callHooks(ctx, Step{above, names[at], nil, capability, elapsed, err})
		}
		return false, stepError(r, capability, len(names), parent, err)
	}

	below := r.below()
	if need := int(r.depth) + len(found); need > len(below) {
		below = r.growBelow(need)
	}
	copy(below[r.depth:], found)
	first := r.depth
	denied := t.pass(ctx, r, len(found), missing)
	if t.hooked() {
		elapsed, passed := time.Since(began), int(r.depth-first)
		for i, child := range found[:passed] {
			t.callHooks(ctx, Step{parent, names[i], child, capability, elapsed, nil})
			parent, elapsed = child, 0
		}
		if missing && denied == nil {
			t.callHooks(ctx, Step{parent, names[passed], nil, capability, elapsed, err})
		}
	}
	return denied == nil && !missing, denied
}

// concerned returns the index of the name that a failure is about: the one after the resources that
// were returned with it.
func concerned(names []string, found []Resource) int {
	for i, res := range found[:min(len(found), len(names)-1)] {
		if checkChild(res) != nil {
			return i
		}
	}
	return min(len(found), len(names)-1)
}

// pass goes down along n resources that were found at once, as far as the guard lets it: to the
// first resource below which it may not look. It does not ask about the last one, unless the name
// after that is missing: otherwise the walk asks when it goes on.
func (t *Traverser) pass(ctx context.Context, r *Result, n int, missing bool) error {
	if !t.guards() {
		r.depth += uint32(n)
		return nil
	}
	for i := range n {
		r.depth++
		if i == n-1 && !missing {
			break
		}
		if err := t.guard(ctx, Node{walk: r, depth: int(r.depth)}); err != nil {
			return stepError(r, "", 1, r.resourceAt(int(r.depth)), err)
		}
	}
	return nil
}

// checkDescent returns an error if a result breaks the contract of PathContainer.
func checkDescent(names []string, found []Resource, err error, missing bool) error {
	switch {
	case err != nil && !missing:
		return nil // it fails the walk as it is
	case len(found) > len(names):
		return fmt.Errorf("returned %d resources for %d names", len(found), len(names))
	case missing && len(found) == len(names):
		return fmt.Errorf("returned a resource for every name, but also the error %q", err.Error())
	case err == nil && len(found) == 0:
		return errors.New("returned neither a resource nor an error; return ErrNotFound for a name that does not exist")
	}
	for i, res := range found {
		if err := checkChild(res); err != nil {
			return fmt.Errorf("for %q: %w", names[i], err)
		}
	}
	return nil
}

// beforeView returns the names from an index on, but before the first that selects a view. It keeps
// where that is in end, 0 before the first call: a walk that looked for it at each resource would
// take quadratic time.
func beforeView(names []string, from int, end *int) []string {
	if *end == 0 {
		*end = from
		for *end < len(names) && !selectsView(names[*end]) {
			*end++
		}
	}
	return names[from:*end:*end]
}

func selectsView(name string) bool { return len(name) >= 2 && name[0] == '@' && name[1] == '@' }

func isNotFound(err error) bool { return err == ErrNotFound || errors.Is(err, ErrNotFound) }
