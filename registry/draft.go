package registry

import (
	"errors"
	"fmt"
	"maps"
	"sync"
)

// entry is a recorded action, and the Config at whose place and with whose values it was recorded.
type entry struct {
	Declaration
	from *Config
}

// round is what was recorded between two commits.
type round struct {
	entries  []*entry
	mistakes []error
	included map[string]bool
}

// draft is a configuration that is being written. Builds read it, and never change what is in it.
type draft struct {
	values Settings

	mu     sync.Mutex // guards all below: what is written during a build may come from any goroutine
	rounds []*round   // the last one is open
	frozen bool
	strays []error // recorded while it was frozen: reported by the build under way, or by the next
}

func newDraft(s Settings) *draft {
	d := &draft{values: maps.Clone(s), rounds: []*round{{}}}
	if d.values == nil {
		d.values = Settings{}
	}
	return d
}

func (d *draft) settings() Settings { return d.values }

func (d *draft) record(a Declaration, c *Config) {
	if r := d.open(c.source, a.subject); r != nil {
		r.entries = append(r.entries, &entry{Declaration: a, from: c})
		d.mu.Unlock()
	}
}

func (d *draft) mistake(m *Mistake) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.frozen {
		d.strays = append(d.strays, m)
		return
	}
	r := d.rounds[len(d.rounds)-1]
	r.mistakes = append(r.mistakes, m)
}

func (d *draft) include(name string, at Source) bool {
	r := d.open(at, func() string { return fmt.Sprintf("include %q", name) })
	if r == nil {
		return false
	}
	defer d.mu.Unlock()
	if r.included[name] {
		return false
	}
	if r.included == nil {
		r.included = map[string]bool{}
	}
	r.included[name] = true
	return true
}

func (d *draft) commit(at Source) {
	if r := d.open(at, func() string { return "commit" }); r != nil {
		d.rounds = append(d.rounds, &round{})
		d.mu.Unlock()
	}
}

// open returns the open round, locked. If the draft is frozen it notes a mistake and returns nil, unlocked.
func (d *draft) open(at Source, what func() string) *round {
	d.mu.Lock()
	if !d.frozen {
		return d.rounds[len(d.rounds)-1]
	}
	d.strays = append(d.strays, &Mistake{Source: at, Err: fmt.Errorf(
		"%s: the configuration is being built: an action records into the Config that it is given", what())})
	d.mu.Unlock()
	return nil
}

// freeze closes the draft for a build, and fails if one is under way.
func (d *draft) freeze() ([]*round, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.frozen {
		return nil, newErrors([]error{&Mistake{Err: errors.New(
			"this configuration is being built already: build one after another, and never from an action")}})
	}
	d.frozen = true
	return d.rounds, nil
}

// thaw opens the draft again, and returns what was recorded meanwhile.
func (d *draft) thaw() []error {
	d.mu.Lock()
	defer d.mu.Unlock()
	strays := d.strays
	d.strays, d.frozen = nil, false
	return strays
}

// stray notes a mistake that belongs to no round.
func (d *draft) stray(m *Mistake) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.strays = append(d.strays, m)
}

var _ book = (*draft)(nil)
