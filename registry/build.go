package registry

import (
	"errors"
	"fmt"
	"maps"
	"sync"
)

// build runs the rounds one after the other, and reports everything that is wrong: all mistakes and
// conflicts, and what running finds, except for what may be a consequence of a mistake (gaps.go).
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
	open := new(gaps)
	for _, r := range rounds {
		errs = append(errs, r.mistakes...)
		open.add(r.gaps...)
		if len(r.mistakes) > 0 {
			reg.soundUntilHere()
		}
		errs = append(errs, d.run(r, reg, open)...)
	}
	errs = append(errs, reg.freeze(open)...)
	return reg, nil
}

// run runs round r, and returns its errors.
func (d *draft) run(r *round, reg *Registry, open *gaps) []error {
	run := &running{draft: d, registry: reg, gaps: open, included: maps.Clone(r.included)}
	defer run.end()
	return resolve(r.entries, run)
}

// running is a round that runs. It collects what its declarations record, which the resolution
// takes after each of them.
type running struct {
	draft    *draft
	registry *Registry
	gaps     *gaps

	mu       sync.Mutex // guards the fields below: a declaration may leave goroutines behind
	fresh    []*entry
	mistakes []failure
	included map[string]bool
	ended    bool
}

// failure is an error of a declaration, and the gap that it leaves.
type failure struct {
	err    error
	leaves gap
}

// perform describes the declaration in the registry and runs it. It returns what is wrong with it
// and with what it records, other than consequences of earlier errors.
func (r *running) perform(e *entry) []error {
	if e.Category != "" {
		r.registry.introspector.add(e.describe(e.from.source))
	}
	if e.Run == nil {
		return nil
	}
	r.registry.missed.Store(false)
	c := &Config{book: r, path: e.from.path, scope: e.from.scope, source: e.from.source, runs: &e.Declaration}
	err := guard(func() error { return e.Run(c, r.registry) })
	found := r.failed()
	if err != nil {
		if _, ok := err.(*ExecutionError); !ok {
			err = &ExecutionError{Subject: e.subject(), Source: e.from.source, Err: err}
		}
		found = append([]failure{{err, gap{anything: true}}}, found...)
	}
	return r.causes(found)
}

// causes returns the errors that are not consequences, and adds the gaps that they all leave.
func (r *running) causes(found []failure) (errs []error) {
	missed := r.registry.missed.Load()
	for _, f := range found {
		if !r.gaps.explain(f.err, missed) {
			errs = append(errs, f.err)
		}
	}
	for _, f := range found {
		r.gaps.add(f.leaves)
		r.registry.soundUntilHere()
	}
	return errs
}

// take returns what was recorded since the last call.
func (r *running) take() []*entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	fresh := r.fresh
	r.fresh = nil
	return fresh
}

// failed returns the mistakes recorded since the last call.
func (r *running) failed() []failure {
	r.mu.Lock()
	defer r.mu.Unlock()
	mistakes := r.mistakes
	r.mistakes = nil
	return mistakes
}

// end ends the round. Mistakes that no declaration waited for belong to no round.
func (r *running) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	for _, f := range r.mistakes {
		r.draft.addLate(f.err)
	}
}

func (r *running) settings() Settings { return r.registry.settings }

func (r *running) record(d Declaration, c *Config) {
	if r.open(c.source, d.subject) {
		r.fresh = append(r.fresh, &entry{Declaration: d, from: c})
		r.mu.Unlock()
	}
}

func (r *running) mistake(m *Mistake, leaves gap) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		r.draft.addLate(m)
		return
	}
	r.mistakes = append(r.mistakes, failure{m, leaves})
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
	r.mistake(&Mistake{Source: at, Err: errors.New("commit: a declaration is running, and what it declares belongs to its round: commit outside of Run")}, gap{})
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
