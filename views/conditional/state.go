package conditional

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Versioned is a resource with a version: a text that differs after each change, such as a counter,
// a revision or a hash. "" means that it is unknown. Version may wait; it is called at most once
// per view. It should cost less than the view.
type Versioned interface {
	Version(ctx context.Context) (string, error)
}

// Dated is a resource that knows when it last changed; a zero time means that it does not. HTTP
// compares whole seconds, so two changes within one second look like one: a version is better.
type Dated interface {
	Modified(ctx context.Context) (time.Time, error)
}

// State is what a check compares.
type State struct {
	Version  string    // "" if unknown
	Modified time.Time // zero if unknown
}

// For sets the function that returns the state of resources of type T, in place of their methods.
// It is for types of other packages. fn may block, and is called concurrently. An interface type, a
// nil fn and a second function for a type are configuration errors.
func For[T any](c registry.Recorder, fn func(ctx context.Context, resource T) (State, error)) {
	cfg := c.Directive()
	t := reflect.TypeFor[T]()
	d := registry.Declaration{
		Category: "resource states", Type: "resource state", ID: t, Title: t.String(), Subject: fmt.Sprintf("state of %s", t),
		Fields: []registry.Field{{Name: "type", Value: t}, {Name: "function", Value: registry.FuncName(fn)}},
		Remedy: "declare it once",
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			statesOf(reg)[t] = func(ctx context.Context, res traversal.Resource) (State, error) { return fn(ctx, res.(T)) }
			return nil
		},
	}
	switch {
	case t.Kind() == reflect.Interface:
		d.Err = fmt.Errorf("state of %s: want a concrete type, not an interface", t)
	case fn == nil:
		d.Err = fmt.Errorf("state of %s: nil function: want a func(context.Context, %[1]s) (conditional.State, error)", t)
	}
	cfg.Declare(d)
}

// states are the functions given to For. They are complete when views are derived.
type states map[reflect.Type]func(context.Context, traversal.Resource) (State, error)

func statesOf(reg *registry.Registry) states {
	return registry.Ensure(reg, func() states { return states{} })
}

// of returns the state of a resource; zero if it has none.
func (s states) of(ctx context.Context, res traversal.Resource) (state State, err error) {
	if len(s) > 0 {
		if fn := s[reflect.TypeOf(res)]; fn != nil {
			return fn(ctx, res)
		}
	}
	if v, ok := res.(Versioned); ok {
		if state.Version, err = v.Version(ctx); err != nil {
			return State{}, err
		}
	}
	if d, ok := res.(Dated); ok {
		state.Modified, err = d.Modified(ctx)
	}
	return state, err
}

var (
	versioned = reflect.TypeFor[Versioned]()
	dated     = reflect.TypeFor[Dated]()
)

// mayHave reports whether resources of type t, nil for any, may have a state.
func (s states) mayHave(t reflect.Type) bool {
	return t == nil || t.Kind() == reflect.Interface || s[t] != nil || t.Implements(versioned) || t.Implements(dated)
}

var stateKey = web.NewKey[State]("state of the resource", nil)

// StateOf returns the state of the resource that the running view's [Check] has compared. ok is
// false in a view without Check.
func StateOf(r *web.Request) (state State, ok bool) { return stateKey.Peek(r) }
