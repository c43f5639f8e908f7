package traversal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// Traverser walks trees by the rules and under the eyes of the hooks that it was made with. It is
// immutable and shared by all requests. A nil *Traverser and the zero one know the methods of
// resources alone; the functions of this package use that one.
type Traverser struct {
	types map[reflect.Type]*abilities // nil without rules
	hooks []Hook
}

// abilities is what the rules say about one type.
type abilities struct{ lookup, async, path, locate, list *Rule }

// Hook sees each step of a walk when it is done. It runs in the walk, on its goroutine: be quick.
type Hook func(ctx context.Context, s Step)

// Step is one name of a path, and what became of it. A name that selects a view ("@@edit") is no
// step.
type Step struct {
	Parent     Resource
	Name       string
	Child      Resource      // nil: not found, or an error
	Capability string        // "descend", "async child", "child", "path lookup", "async lookup", "lookup"; "none": the parent has no children
	Elapsed    time.Duration // of the call; where one call took several steps, the first one has it all
	Err        error         // as it came from the parent; ErrNotFound ends the walk in peace
}

// New makes a Traverser. The error joins all that is wrong: rules that carry a mistake, two of a
// kind for one type, nil hooks.
func New(rules []Rule, hooks []Hook) (*Traverser, error) {
	t := &Traverser{}
	var errs []error
	for i := range rules {
		r := rules[i]
		if err := r.Err(); err != nil {
			errs = append(errs, err)
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
		slot := a.slot(&r)
		if *slot != nil {
			errs = append(errs, fmt.Errorf("%v is given twice: leave one of them", r))
			continue
		}
		*slot = &r
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

// Observed returns a Traverser with the rules of t whose only hook is h, in place of those of t.
func (t *Traverser) Observed(h Hook) *Traverser {
	observed := &Traverser{hooks: []Hook{h}}
	if t != nil {
		observed.types = t.types
	}
	return observed
}

func (a *abilities) slot(r *Rule) **Rule {
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

// rulesFor is what the rules say about the type of res, or nil.
func (t *Traverser) rulesFor(res Resource) *abilities {
	if t == nil || t.types == nil {
		return nil
	}
	return t.types[reflect.TypeOf(res)]
}

// capable is the value whose type tells how res finds children: the rules for its type if they say
// anything about that, else res itself.
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

func (t *Traverser) tell(ctx context.Context, s Step) {
	for _, h := range t.hooks {
		h(ctx, s)
	}
}
