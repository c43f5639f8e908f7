package registry

import (
	"fmt"
	"reflect"
)

// The phases of a round. Any other int may be used between them; lower orders run first.
const (
	Phase0 = -30 // before everything of ours: free for extensions
	Phase1 = -20 // what other directives look up: predicates, derivers, renderers, mappers, defaults
	Phase2 = -10 // what views refer to: names of routes, the security policy
	Phase3 = 0   // everything else: views, routes, tweens, subscribers
)

// Action is one declaration: what it claims, and what is done to a registry when it holds.
type Action struct {
	// Discriminator identifies what the action claims; two actions with equal ones conflict, unless one of them is nearer
	// to the application. It is comparable, best a value of a type of your own package, so that nobody else can claim the
	// same by accident. An action whose Discriminator is nil never conflicts.
	Discriminator any
	// Order is the phase: Phase0 to Phase3, or any int between.
	Order int
	// Subject says to people what is registered: `view "edit" for *wiki.Page [method=POST]`.
	Subject string
	// Remedy says what to do upon a conflict: `add a predicate, or include one package from the other`.
	Remedy string
	// Run does it. It may be nil, if the claim is all. Actions recorded into c join those that have not run yet; their order
	// must not be lower than this action's own. c stands at the source of this action, and is good only until Run returns.
	// A returned error (or a panic) ends the build, and becomes an ExecutionError; one that is an *ExecutionError already
	// stays as it is, and so blames another action. What is wrong, but lets other actions
	// of the phase be checked as well, is better recorded by c.Fail: then all of them are reported together.
	Run func(c *Config, reg *Registry) error
	// Introspectables describe what was registered. They enter the registry after the action has run; an action that gave
	// way to another leaves none.
	Introspectables []Introspectable
}

// check returns what makes the action impossible to record.
func (a *Action) check() error {
	if !isKey(a.Discriminator) {
		return fmt.Errorf("%s: its discriminator is a %T, which is not comparable: use a string, or a struct of comparable fields",
			a.subject(), a.Discriminator)
	}
	for i := range a.Introspectables {
		in := &a.Introspectables[i]
		if !isKey(in.ID) {
			return fmt.Errorf("%s: its introspectable in %q has a %T as ID, which is not comparable", a.subject(), in.Category, in.ID)
		}
		for _, ref := range in.Related {
			if !isKey(ref.ID) {
				return fmt.Errorf("%s: its introspectable in %q relates to a %T in %q, which is not comparable",
					a.subject(), in.Category, ref.ID, ref.Category)
			}
		}
	}
	return nil
}

// subject is what to call the action in a message.
func (a *Action) subject() string {
	switch {
	case a.Subject != "":
		return a.Subject
	case a.Discriminator == nil:
		return "action"
	case !isKey(a.Discriminator):
		return "action" // its value may be long, and its type is named anyway
	}
	return fmt.Sprintf("%+v", a.Discriminator)
}

// isKey reports whether v can be a key. The type alone does not tell: an interface field may hold a slice.
func isKey(v any) bool {
	switch v.(type) {
	case nil, string, int:
		return true
	}
	return reflect.ValueOf(v).Comparable()
}
