package registry

import (
	"reflect"
	"sync/atomic"
)

// Registry is the result of a build: components by type, subscribers, settings, and a description
// of everything registered. One goroutine fills it during the build. Then it is frozen, and safe
// for concurrent use without locks.
type Registry struct {
	components   map[reflect.Type]any
	introspector *Introspector
	settings     Settings
	finishers    []func() error
	warnings     []Warning
	sound        int         // how many warnings were recorded before the first error; -1 without one
	missed       atomic.Bool // Lookup did not find a component since this was last reset
	frozen       bool
}

func newRegistry(s Settings) *Registry {
	return &Registry{components: map[reflect.Type]any{}, introspector: newIntrospector(), settings: s, sound: -1}
}

// OnFreeze registers fn to run at the end of the build, after all declarations: for tables that
// they fill and that then become final. fn may still call Provide and OnFreeze. An error or panic
// of fn is an error of the build; joined errors are reported one by one. A *Mistake keeps its
// source.
func (r *Registry) OnFreeze(fn func() error) {
	r.mustBeOpen("OnFreeze")
	r.finishers = append(r.finishers, fn)
}

// Frozen reports whether the registry is complete.
func (r *Registry) Frozen() bool { return r.frozen }

// Settings returns the settings of the registry. Do not change them once it is frozen.
func (r *Registry) Settings() Settings { return r.settings }

// Describe adds in to what introspection lists, or replaces what it lists under the same category
// and ID. It is for descriptions that a Declaration cannot give, since they are known only when it
// runs. It panics once the registry is frozen.
func (r *Registry) Describe(in Introspectable) {
	r.mustBeOpen("Describe")
	r.introspector.add(in)
}

// Introspect returns the descriptions of everything that is registered.
func (r *Registry) Introspect() *Introspector { return r.introspector }

// freeze calls all functions of OnFreeze, even if some fail, so that all errors are reported, and
// closes the registry. It returns the errors that the gaps do not explain.
func (r *Registry) freeze(open *gaps) []error {
	var errs []error
	for i := 0; i < len(r.finishers); i++ {
		r.missed.Store(false)
		err := guard(r.finishers[i])
		for _, part := range parts(err, func(err error) error {
			return &ExecutionError{Subject: "finish the build", Err: err}
		}) {
			if !open.explain(part, r.missed.Load()) {
				errs = append(errs, part)
			}
		}
	}
	r.finishers = nil
	r.frozen = true
	return errs
}

// mustBeOpen panics if the registry is frozen: others may read it without locks, and there is
// nothing to record a mistake in.
func (r *Registry) mustBeOpen(what string) {
	if r.frozen {
		panic("registry: " + what + ": the registry is frozen; call it while a declaration runs")
	}
}
