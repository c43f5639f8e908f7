package registry

import (
	"errors"
	"fmt"
	"maps"
	"sync"
)

// build makes a registry of the draft. The rounds run one after another, up to the first that holds a mistake. From
// there nothing runs any more, and the conflicts that can be seen without running are reported beside the mistakes.
func (d *draft) build() (reg *Registry, err error) {
	rounds, err := d.freeze()
	if err != nil {
		return nil, err
	}
	reg = newRegistry(maps.Clone(d.values))
	var errs []error
	defer func() { // deferred, since an action may end its goroutine, as a failing test does
		errs = append(errs, d.thaw()...)
		if err = newErrors(errs); err != nil {
			reg = nil
		}
	}()
	sound := 0
	for sound < len(rounds) && len(rounds[sound].mistakes) == 0 && len(errs) == 0 {
		errs = d.carryOut(rounds[sound], reg)
		sound++
	}
	if wrong := mistakesOf(rounds[sound:]); wrong > 0 {
		for _, r := range rounds[sound:] {
			errs = append(errs, r.mistakes...)
			errs = append(errs, visibleConflicts(r.entries)...)
		}
	}
	if len(errs) == 0 {
		errs = reg.freeze()
	}
	return reg, nil
}

func mistakesOf(rounds []*round) (n int) {
	for _, r := range rounds {
		n += len(r.mistakes)
	}
	return n
}

// carryOut runs one round.
func (d *draft) carryOut(r *round, reg *Registry) []error {
	run := &running{draft: d, registry: reg, included: maps.Clone(r.included)}
	defer run.end()
	return resolve(r.entries, run)
}

// running is the round that is being carried out, as its actions see it: what they record is handed to the resolution
// after each of them.
type running struct {
	draft    *draft
	registry *Registry

	mu       sync.Mutex // guards all below, against goroutines that an action may leave behind
	fresh    []*entry
	mistakes []error
	included map[string]bool
	ended    bool
}

// perform runs one action, and puts its description into the registry.
func (r *running) perform(e *entry) error { return perform(e, r, r.registry) }

// perform runs an action on a registry; what it records goes to b.
func perform(e *entry, b book, reg *Registry) error {
	if e.Category != "" {
		reg.introspector.add(e.describe(e.from.source))
	}
	if e.Run != nil {
		c := &Config{book: b, path: e.from.path, scope: e.from.scope, source: e.from.source}
		if err := guard(func() error { return e.Run(c, reg) }); err != nil {
			if other, ok := err.(*ExecutionError); ok {
				return other
			}
			return &ExecutionError{Subject: e.subject(), Source: e.from.source, Err: err}
		}
	}
	return nil
}

// take returns what was recorded since it was last called.
func (r *running) take() []*entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	fresh := r.fresh
	r.fresh = nil
	return fresh
}

// failed returns the mistakes so far.
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

func (r *running) mistake(m *Mistake) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		r.draft.stray(m)
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
	r.mistake(&Mistake{Source: at, Err: errors.New("commit in an action: what it records joins the round that is running")})
}

func (r *running) build() (*Registry, error) {
	return nil, newErrors([]error{&Mistake{Err: errors.New("an action cannot build the configuration that it belongs to")}})
}

// open reports whether the round still takes records, and leaves it locked if so.
func (r *running) open(at Source, what func() string) bool {
	r.mu.Lock()
	if !r.ended {
		return true
	}
	r.mu.Unlock()
	r.draft.stray(&Mistake{Source: at, Err: fmt.Errorf(
		"%s: recorded into the Config of an action after its round had ended", what())})
	return false
}

var _ book = (*running)(nil)
