package traversal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// selector begins a name that selects a view and is never looked up.
const selector = "@@"

// Path is where a walk is to go.
type Path struct {
	Escaped string   // as url.URL.EscapedPath gives it
	Names   []string // instead of Escaped, unless nil: split and decoded already; "", "." and ".." still count as such

	// VirtualRoot are the names of a virtual root. The walk goes there first, then on along the
	// path, which cannot climb above it. Who sets it must trust where it came from.
	VirtualRoot []string

	// Subpath becomes the subpath of the result, as it is, if the walk uses up its path.
	Subpath []string
}

// Walk goes from root along the path, as far as there are resources, and writes down in into where
// it came; that becomes a result of this walk alone. This is the one loop behind everything that
// looks for resources.
//
// Each resource takes the walk further by the best it can do: by its rules (a path lookup, an async
// lookup, a lookup), else by [PathContainer], else by [AsyncContainer], else by [Container]. It
// looks at ctx before each step, and waits for a future no longer than ctx lasts. The walk ends when
// the path is used up, at a name that begins with "@@", at a resource without children, and at the
// first ErrNotFound.
//
// The error is a [*PathError] if the path cannot be read, and a [*StepError] if a resource failed,
// broke its contract, or ctx was done between two steps. With a StepError into tells how far the
// walk came. Walk does not catch the panics of resources.
func (t *Traverser) Walk(ctx context.Context, root Resource, p Path, into *Result) error {
	if err := begin(into, root, &p); err != nil {
		return err
	}
	return t.walk(ctx, into)
}

// walkFrom walks from a node.
func (t *Traverser) walkFrom(ctx context.Context, from Node, p Path, r *Result) error {
	if err := begin(r, from.Resource(), &p); err != nil {
		return err
	}
	if _, inner := from.Parent(); inner {
		r.beyond().start = from
	}
	return t.walk(ctx, r)
}

// begin makes r a result that stands at the start of a path.
func begin(r *Result, start Resource, p *Path) error {
	if r.chain[0] != nil || r.count != 0 || r.more != nil {
		*r = Result{}
	}
	r.chain[0] = start
	if err := r.addPath(p); err != nil {
		*r = Result{}
		return err
	}
	if err := flawOfRoot(start); err != nil {
		path := Join(r.allNames())
		*r = Result{}
		return &StepError{Path: path, Err: err}
	}
	if len(p.Subpath) > 0 {
		r.beyond().subpath = p.Subpath
	}
	return nil
}

func (r *Result) addPath(p *Path) error {
	if len(p.VirtualRoot) > 0 {
		if err := r.addNames(p.VirtualRoot); err != nil {
			return err
		}
		r.beyond().virtual = r.count
	}
	switch {
	case p.Names != nil:
		return r.addNames(p.Names)
	case p.Escaped == "/":
		return nil
	}
	return r.addEscaped(p.Escaped)
}

func (t *Traverser) walk(ctx context.Context, r *Result) error {
	names, chain, hooked := r.allNames(), r.room(), t.hooked()
	var began time.Time
	for int(r.depth) < len(names) {
		name := names[r.depth]
		if selects(name) {
			return nil
		}
		parent := chain[r.depth]
		if err := ctx.Err(); err != nil {
			return stepError(r, "", 1, parent, doneError(ctx, err))
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
				asked := askable(names[r.depth:])
				got, err := c.path.descend(ctx, parent, asked)
				if more, err := t.took(ctx, r, "path lookup", asked, got, err, began); !more {
					return err
				}
				chain = r.room()
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
			asked := askable(names[r.depth:])
			got, err := c.Descend(ctx, asked)
			if more, err := t.took(ctx, r, "descend", asked, got, err, began); !more {
				return err
			}
			chain = r.room()
			continue
		case AsyncContainer:
			capability = "async child"
			child, err = async.Await(ctx, c.ChildAsync(ctx, name))
		case Container:
			child, err = c.Child(ctx, name)
		default:
			if hooked {
				t.tell(ctx, Step{Parent: parent, Name: name, Capability: "none"})
			}
			return nil
		}

		if err == nil {
			err = flawOf(child)
		}
		if err != nil {
			child = nil
		}
		if hooked {
			t.tell(ctx, Step{parent, name, child, capability, time.Since(began), err})
		}
		if err != nil {
			if isNotFound(err) {
				return nil
			}
			return stepError(r, capability, 1, parent, err)
		}
		if int(r.depth)+1 == len(chain) {
			chain = r.growChain(len(chain) + 1)
		}
		r.depth++
		chain[r.depth] = child
	}
	return nil
}

// took goes down along what a resource returned for several names, and tells whether the walk goes
// on from there.
func (t *Traverser) took(ctx context.Context, r *Result, capability string, asked []string, got []Resource, err error, began time.Time) (bool, error) {
	parent := r.resourceAt(int(r.depth))
	missing := err != nil && isNotFound(err)
	if flaw := flawOfDescent(asked, got, err, missing); flaw != nil {
		err, missing = flaw, false
	}
	if err != nil && !missing {
		if t.hooked() {
			t.tell(ctx, Step{parent, asked[0], nil, capability, time.Since(began), err})
		}
		return false, stepError(r, capability, len(asked), parent, err)
	}

	chain := r.room()
	if need := int(r.depth) + 1 + len(got); need > len(chain) {
		chain = r.growChain(need)
	}
	copy(chain[r.depth+1:], got)
	if t.hooked() {
		elapsed := time.Since(began)
		for i, child := range got {
			t.tell(ctx, Step{chain[int(r.depth)+i], asked[i], child, capability, elapsed, nil})
			elapsed = 0
		}
		if missing {
			t.tell(ctx, Step{chain[int(r.depth)+len(got)], asked[len(got)], nil, capability, elapsed, err})
		}
	}
	r.depth += uint32(len(got))
	return !missing, nil
}

// flawOfDescent tells how an answer breaks the contract of PathContainer.
func flawOfDescent(asked []string, got []Resource, err error, missing bool) error {
	switch {
	case err != nil && !missing:
		return nil // the error speaks for itself
	case len(got) > len(asked):
		return fmt.Errorf("returned %d resources for %d names", len(got), len(asked))
	case missing && len(got) == len(asked):
		return fmt.Errorf("returned a resource for every name, and yet %q", err.Error())
	case err == nil && len(got) == 0:
		return fmt.Errorf("returned neither a resource nor an error: return ErrNotFound for a name that does not exist")
	}
	for i, res := range got {
		if flaw := flawOf(res); flaw != nil {
			return fmt.Errorf("for %q: %w", asked[i], flaw)
		}
	}
	return nil
}

// askable is the front of names that may be looked up.
func askable(names []string) []string {
	for i, name := range names {
		if selects(name) {
			return names[:i:i]
		}
	}
	return slices.Clip(names)
}

func selects(name string) bool { return len(name) >= 2 && name[0] == '@' && name[1] == '@' }

func isNotFound(err error) bool { return err == ErrNotFound || errors.Is(err, ErrNotFound) }

// flawOfRoot is flawOf in words for a root.
func flawOfRoot(root Resource) error {
	switch err := flawOf(root); {
	case err == nil:
		return nil
	case root == nil:
		return errNoRoot
	default:
		return fmt.Errorf("the root is a %T that holds no resource", root)
	}
}

// flawOf tells why a value can be no resource: nil, a nil pointer, or a Node.
func flawOf(res Resource) error {
	switch v := res.(type) {
	case nil:
		return errNothing
	case Node:
		return fmt.Errorf("returned a traversal.Node: return the resource itself")
	case Map: // known, and so without the cost of reflection
		if v != nil {
			return nil
		}
	}
	switch reflect.TypeOf(res).Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		if reflect.ValueOf(res).IsNil() {
			return fmt.Errorf("returned a nil %T as a resource: return ErrNotFound if there is none", res)
		}
	}
	return nil
}
