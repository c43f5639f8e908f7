package registry

import (
	"errors"
	"fmt"
	"maps"
	"sync"
)

// entry is a recorded declaration with the Config that recorded it.
type entry struct {
	Declaration
	from *Config
}

// round is what was recorded between two commits.
type round struct {
	entries  []*entry
	mistakes []error
	gaps     []gap // that the mistakes leave
	included map[string]bool
}

// draft is what the application recorded. Builds do not change its entries.
type draft struct {
	values Settings

	mu     sync.Mutex // guards the fields below: a declaration may record from any goroutine
	rounds []*round   // what is recorded goes to the last one
	frozen bool       // a build is running
	late   []error    // recorded while it was frozen, or after a round; reported by this build or the next
}

func newDraft(s Settings) *draft {
	d := &draft{values: maps.Clone(s), rounds: []*round{{}}}
	if d.values == nil {
		d.values = Settings{}
	}
	return d
}

func (d *draft) settings() Settings { return d.values }

func (d *draft) record(declared Declaration, c *Config) {
	if r := d.open(c.source, declared.subject); r != nil {
		r.entries = append(r.entries, &entry{Declaration: declared, from: c})
		d.mu.Unlock()
	}
}

func (d *draft) mistake(m *Mistake, leaves gap) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.frozen {
		d.late = append(d.late, m)
		return
	}
	r := d.rounds[len(d.rounds)-1]
	r.mistakes = append(r.mistakes, m)
	r.gaps = append(r.gaps, leaves)
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

// open returns the last round and leaves d locked. If d is frozen, it records a mistake and returns
// nil with d unlocked.
func (d *draft) open(at Source, what func() string) *round {
	d.mu.Lock()
	if !d.frozen {
		return d.rounds[len(d.rounds)-1]
	}
	d.late = append(d.late, &Mistake{Source: at, Err: fmt.Errorf(
		"%s: recorded during the build: use the Config that is given to Run", what())})
	d.mu.Unlock()
	return nil
}

// freeze freezes the draft for a build. It fails if another one is running.
func (d *draft) freeze() ([]*round, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.frozen {
		return nil, newErrors([]error{&Mistake{Err: errors.New(
			"build: another build of this configuration is running: wait for it")}})
	}
	d.frozen = true
	return d.rounds, nil
}

// unfreeze ends the build and returns what was recorded too late.
func (d *draft) unfreeze() []error {
	d.mu.Lock()
	defer d.mu.Unlock()
	late := d.late
	d.late, d.frozen = nil, false
	return late
}

// addLate records a mistake that belongs to no round.
func (d *draft) addLate(m error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.late = append(d.late, m)
}

var _ book = (*draft)(nil)
