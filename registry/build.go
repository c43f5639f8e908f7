package registry

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// build runs the rounds one after the other, up to the first error other than a conflict. From
// there on it runs only the independent declarations, to check their tables. It reports the errors
// of both, all mistakes, and the conflicts that can be found without running anything.
func (d *draft) build() (reg *Registry, err error) {
	rounds, err := d.freeze()
	if err != nil {
		return nil, err
	}
	reg = newRegistry(maps.Clone(d.values))
	var errs []error
	defer func() { // deferred, since a declaration may end the goroutine, as t.FailNow does
		errs = append(errs, d.unfreeze()...)
		reg.sortWarnings()
		if err = newErrors(errs); err != nil {
			err.(*Errors).warnings = reg.warnings
			reg = nil
		}
	}()
	complete := true
	for _, r := range rounds {
		complete = complete && len(r.mistakes) == 0
		var found []error
		if complete {
			found, complete = d.run(r, r.entries, reg)
		} else {
			found, _ = resolve(r.entries, nil)
		}
		errs = append(append(errs, r.mistakes...), found...)
	}
	if complete {
		errs = append(errs, reg.freeze()...)
	} else {
		for _, err := range d.rehearse(rounds) {
			if !slices.ContainsFunc(errs, func(known error) bool { return known.Error() == err.Error() }) {
				errs = append(errs, err)
			}
		}
	}
	return reg, nil
}

// run runs entries of round r. It returns their errors, and whether all of them ran.
func (d *draft) run(r *round, entries []*entry, reg *Registry) ([]error, bool) {
	run := &running{draft: d, registry: reg, included: maps.Clone(r.included)}
	defer run.end()
	return resolve(entries, run)
}

// rehearse runs only the independent declarations, in a registry of its own, and returns what is
// wrong with their tables. It returns nothing if an independent declaration may be missing or does
// not run, since the tables could be wrong for that reason alone.
func (d *draft) rehearse(rounds []*round) []error {
	reg := newRegistry(maps.Clone(d.values))
	for _, r := range rounds {
		if r.partial {
			return nil
		}
		independent := slices.DeleteFunc(slices.Clone(r.entries), func(e *entry) bool { return !e.Independent })
		if _, complete := d.run(r, independent, reg); !complete {
			return nil
		}
	}
	return reg.freeze()
}

// running is a round that runs. It collects what its declarations record, which the resolution
// takes after each of them.
type running struct {
	draft    *draft
	registry *Registry

	mu       sync.Mutex // guards the fields below: a declaration may leave goroutines behind
	fresh    []*entry
	mistakes []error
	included map[string]bool
	ended    bool
}

// perform describes the declaration in the registry and runs it.
func (r *running) perform(e *entry) error {
	if e.Category != "" {
		r.registry.introspector.add(e.describe(e.from.source))
	}
	if e.Run != nil {
		c := &Config{book: r, path: e.from.path, scope: e.from.scope, source: e.from.source}
		if err := guard(func() error { return e.Run(c, r.registry) }); err != nil {
			if other, ok := err.(*ExecutionError); ok {
				return other
			}
			return &ExecutionError{Subject: e.subject(), Source: e.from.source, Err: err}
		}
	}
	return nil
}

// take returns what was recorded since the last call.
func (r *running) take() []*entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	fresh := r.fresh
	r.fresh = nil
	return fresh
}

// failed returns the mistakes recorded so far.
func (r *running) failed() []error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.mistakes
}

func (r *running) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

func (r *running) settings() Settings { return r.registry.settings }

func (r *running) record(d Declaration, c *Config) {
	if r.open(c.source, d.subject) {
		r.fresh = append(r.fresh, &entry{Declaration: d, from: c})
		r.mu.Unlock()
	}
}

func (r *running) mistake(m *Mistake, _ *Declaration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		r.draft.addLate(m)
		return
	}
	r.mistakes = append(r.mistakes, m)
}

func (r *running) include(name string, at Source) bool {
	if !r.open(at, func() string { return fmt.Sprintf("include %q", name) }) {
		return false
	}
	defer r.mu.Unlock()
	if r.included[name] {
		return false
	}
	if r.included == nil {
		r.included = map[string]bool{}
	}
	r.included[name] = true
	return true
}

func (r *running) commit(at Source) {
	r.mistake(&Mistake{Source: at, Err: errors.New("commit: a declaration is running, and what it declares belongs to its round: commit outside of Run")}, nil)
}

func (r *running) build() (*Registry, error) {
	return nil, newErrors([]error{&Mistake{Err: errors.New("build: a declaration is running: build again after the build that runs it")}})
}

// open reports whether the round is still running, and then leaves r locked. Otherwise it records a
// mistake.
func (r *running) open(at Source, what func() string) bool {
	r.mu.Lock()
	if !r.ended {
		return true
	}
	r.mu.Unlock()
	r.draft.addLate(&Mistake{Source: at, Err: fmt.Errorf(
		"%s: recorded into the Config given to Run, after its round", what())})
	return false
}

var _ book = (*running)(nil)
