package registry

import "reflect"

// Registry is what came of a configuration: components by type, subscribers, settings, and the description of all of
// them. It is filled by one goroutine while it is built, and then frozen: from there on any number of goroutines may read
// it, without locks.
type Registry struct {
	components   map[reflect.Type]any
	introspector *Introspector
	settings     Settings
	finishers    []func() error
	frozen       bool
}

func newRegistry(s Settings) *Registry {
	return &Registry{components: map[reflect.Type]any{}, introspector: newIntrospector(), settings: s}
}

// OnFreeze has fn called after the last action of the last round, in order of registration: where a table that actions
// filled becomes final. What fn provides is still accepted, and it may call OnFreeze. An error (or panic) of fn is an
// error of the build; joined errors are several. Errors that stand at a place, a *Mistake for example, keep it.
func (r *Registry) OnFreeze(fn func() error) {
	r.mustBeOpen("OnFreeze")
	r.finishers = append(r.finishers, fn)
}

// Frozen reports whether the registry is complete.
func (r *Registry) Frozen() bool { return r.frozen }

// Settings returns the settings with which the registry was built. Do not change them once it is frozen.
func (r *Registry) Settings() Settings { return r.settings }

// Describe adds to what introspection shows, or replaces what it shows under the same category and ID: for what the
// declaration that runs cannot say itself, or cannot know before. It panics once the registry is frozen.
func (r *Registry) Describe(in Introspectable) {
	r.mustBeOpen("Describe")
	r.introspector.add(in)
}

// Introspect returns the description of everything that is registered.
func (r *Registry) Introspect() *Introspector { return r.introspector }

// freeze calls the finishers and closes the registry. All of them are called, so that all errors are seen.
func (r *Registry) freeze() []error {
	var errs []error
	for i := 0; i < len(r.finishers); i++ {
		err := guard(r.finishers[i])
		errs = append(errs, parts(err, func(err error) error {
			return &ExecutionError{Subject: "finish the registry", Err: err}
		})...)
	}
	r.finishers = nil
	r.frozen = true
	return errs
}

// mustBeOpen panics for what cannot be recorded anywhere: a change of a registry that others read without locks.
func (r *Registry) mustBeOpen(what string) {
	if r.frozen {
		panic("registry: " + what + ": the registry is frozen; do it in an action, while it is built")
	}
}
