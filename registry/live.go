package registry

import (
	"errors"
	"fmt"
	"maps"
)

// live is a configuration with Autocommit: a registry that every action reaches at once. Like the registry it is meant
// for one goroutine.
type live struct {
	registry *Registry
	included map[string]bool
	errs     []error
}

func newLive(s Settings) *live {
	values := maps.Clone(s)
	if values == nil {
		values = Settings{}
	}
	return &live{registry: newRegistry(values), included: map[string]bool{}}
}

func (l *live) settings() Settings { return l.registry.settings }

func (l *live) record(a Action, c *Config) {
	if !l.open(c.source, a.subject) {
		return
	}
	if err := perform(&entry{Action: a, from: c}, l, l.registry); err != nil {
		l.errs = append(l.errs, err)
	}
}

func (l *live) mistake(m *Mistake) { l.errs = append(l.errs, m) }

func (l *live) include(name string, at Source) bool {
	if l.included[name] || !l.open(at, func() string { return fmt.Sprintf("include %q", name) }) {
		return false
	}
	l.included[name] = true
	return true
}

// commit only lets includes be repeated: everything has run already.
func (l *live) commit(Source) { clear(l.included) }

// build freezes the registry when it is called first, and returns the same one ever after.
func (l *live) build() (*Registry, error) {
	if !l.registry.frozen {
		l.errs = append(l.errs, l.registry.freeze()...)
	}
	if err := newErrors(l.errs); err != nil {
		return nil, err
	}
	return l.registry, nil
}

func (l *live) open(at Source, what func() string) bool {
	if l.registry.frozen {
		l.mistake(&Mistake{Source: at, Err: errors.New(what() + ": the registry is built; with Autocommit there is only one")})
		return false
	}
	return true
}

var _ book = (*live)(nil)
