package traversal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// Traverser walks trees, with the rules and step hooks that it was made with. It is immutable, and
// all requests of an application share one. The zero Traverser and a nil *Traverser are ready to
// use: they have no rules, and use the methods of resources alone.
type Traverser struct {
	types  map[reflect.Type]*abilities           // nil without rules
	others map[reflect.Type]map[reflect.Type]any // abilities of extensions: by their type, then by that of the resource
	hooks  []Hook
	guard  Guard // nil without one
}

// abilities are the rules for one type.
type abilities struct{ lookup, async, path, locate, list *Rule }

// Guard decides whether a walk may look below a resource. It is called for each resource that has a
// name after it in the path, the start of the walk included, before the name is looked up; not if
// the name selects a view ("@@edit"). An error ends the walk with a [*StepError]. It runs on the
// goroutine of the walk, with the context of the walk.
//
// Where one call finds several names (see [PathContainer]), the guard is asked about each resource
// before anything below it counts. So the result is the same for names that exist and names that do
// not.
type Guard func(ctx context.Context, n Node) error

// Hook is called after each step of a walk, on the goroutine of the walk. It should be fast.
type Hook func(ctx context.Context, s Step)

// Step is one name of a path and the result of looking it up. A name that selects a view ("@@edit")
// is not a step.
type Step struct {
	Parent     Resource
	Name       string
	Child      Resource      // nil if Err is set, and for the capability "none"
	Capability string        // "descend", "async child", "child", "path lookup", "async lookup", "lookup"; "none": the parent has no children
	Elapsed    time.Duration // of the call; if one call found several names, the first step has it all
	Err        error         // as the parent returned it; ErrNotFound ends the walk without failing it
}

// New returns a Traverser. The error joins everything that is wrong: rules with an error, two rules
// of the same kind for one type, nil hooks.
func New(rules []Rule, hooks []Hook) (*Traverser, error) {
	t := &Traverser{}
	var errs []error
	for i := range rules {
		r := rules[i]
		if err := r.Err(); err != nil {
			errs = append(errs, err)
			continue
		}
		if r.key != nil {
			if !t.extend(&r) {
				errs = append(errs, fmt.Errorf("%v given twice: remove one", r))
			}
			continue
		}
		if t.types == nil {
			t.types = map[reflect.Type]*abilities{}
		}
		a := t.types[r.typ]
		if a == nil {
			a = &abilities{}
			t.types[r.typ] = a
		}
		field := a.field(&r)
		if *field != nil {
			errs = append(errs, fmt.Errorf("%v given twice: remove one", r))
			continue
		}
		*field = &r
	}
	for i, h := range hooks {
		if h == nil {
			errs = append(errs, fmt.Errorf("step hook %d is nil", i))
			continue
		}
		t.hooks = append(t.hooks, h)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return t, nil
}

// Observed returns a Traverser with the rules and the guard of t, and with h as its only hook, to
// explain one walk.
func (t *Traverser) Observed(h Hook) *Traverser {
	observed := &Traverser{hooks: []Hook{h}}
	if t != nil {
		observed.types, observed.others, observed.guard = t.types, t.others, t.guard
	}
	return observed
}

// Guarded returns a Traverser with the rules and hooks of t, which asks g on the way.
func (t *Traverser) Guarded(g Guard) *Traverser {
	guarded := new(Traverser)
	if t != nil {
		*guarded = *t
	}
	guarded.guard = g
	return guarded
}

// guards reports whether walks have to ask a guard.
func (t *Traverser) guards() bool { return t != nil && t.guard != nil }

// leavesMaps reports whether nothing but Map itself has a say in a walk through Maps.
func (t *Traverser) leavesMaps() bool {
	return t == nil || !t.hooked() && !t.guards() && (t.types == nil || t.types[mapType] == nil)
}

// childless reports whether a resource has no children, whatever their names.
func (t *Traverser) childless(res Resource) bool {
	switch t.capable(res).(type) {
	case Map, PathContainer, AsyncContainer, Container, *abilities:
		return false
	}
	return badResource(res) == ""
}

var mapType = reflect.TypeFor[Map]()

// extend adds the ability of an extension, unless there is one already.
func (t *Traverser) extend(r *Rule) bool {
	if t.others == nil {
		t.others = map[reflect.Type]map[reflect.Type]any{}
	}
	if t.others[r.key] == nil {
		t.others[r.key] = map[reflect.Type]any{}
	}
	if _, twice := t.others[r.key][r.typ]; twice {
		return false
	}
	t.others[r.key][r.typ] = r.other
	return true
}

// field returns where a holds rules of the kind of r.
func (a *abilities) field(r *Rule) **Rule {
	switch {
	case r.child != nil:
		return &a.lookup
	case r.async != nil:
		return &a.async
	case r.descend != nil:
		return &a.path
	case r.locate != nil:
		return &a.locate
	}
	return &a.list
}

// rulesFor returns the rules for the type of res, or nil.
func (t *Traverser) rulesFor(res Resource) *abilities {
	if t == nil || t.types == nil {
		return nil
	}
	return t.types[reflect.TypeOf(res)]
}

// capable returns what finds the children of res: the rules for its type if one of them does, res
// itself otherwise.
func (t *Traverser) capable(res Resource) any {
	if t == nil || t.types == nil {
		return res
	}
	if a := t.types[reflect.TypeOf(res)]; a != nil && (a.lookup != nil || a.async != nil || a.path != nil) {
		return a
	}
	return res
}

func (t *Traverser) hooked() bool { return t != nil && len(t.hooks) > 0 }

func (t *Traverser) callHooks(ctx context.Context, s Step) {
	for _, h := range t.hooks {
		h(ctx, s)
	}
}
