package registry

import (
	"errors"
	"fmt"
	"slices"
)

// Recorder is what a directive takes: a *Config, or something that forwards to one.
type Recorder interface {
	// Directive returns the Config to record into. It stands at the line that called the directive.
	Directive() *Config
}

// Options are the choices of New. The zero value is what applications need.
type Options struct {
	Settings Settings // copied
}

// Config is where directives are recorded. A Config is a small value over a shared list: the Configs that Directive, At,
// With and Include give record into the same configuration, from another place or with other values.
//
// It is meant for one goroutine. Nothing that is called here panics or returns errors one by one; Build reports
// everything that is wrong.
type Config struct {
	book   book
	path   []string // names of the includes that lead here, from the top
	scope  *scope
	source Source // where the directive stands that is being recorded; zero: not pinned
}

// book is what a Config writes into: the draft of a configuration, or a build in progress.
type book interface {
	record(d Declaration, c *Config)
	mistake(m *Mistake)
	include(name string, at Source) bool // whether the name is new in this round
	commit(at Source)
	settings() Settings
	build() (*Registry, error)
}

// scope is a list of values, the innermost first.
type scope struct {
	key, value any
	outer      *scope
}

// New returns an empty configuration.
func New(o Options) *Config {
	return &Config{book: newDraft(o.Settings)}
}

// Directive pins the place: it returns a Config that stands at the line which called the caller of Directive. A Config
// that stands somewhere already is returned as it is, so that the outermost of several directives which call each other
// gives the place. Each directive begins with it:
//
//	func AddThing(rec registry.Recorder, name string) {
//		c := rec.Directive()
//		c.Declare(…)
//	}
func (c *Config) Directive() *Config {
	if !c.source.IsZero() {
		return c
	}
	return c.At(Caller(2))
}

// At returns a Config that stands at src, whatever it was before: for generators and tests.
func (c *Config) At(src Source) *Config {
	at := *c
	at.source = src
	return &at
}

// Source returns the place where the Config stands, or the zero Source if none is pinned.
func (c *Config) Source() Source { return c.source }

// With returns a Config that also carries value under key, for itself and for what it includes. Use a key of a type of
// your own.
func (c *Config) With(key, value any) *Config {
	with := *c
	with.scope = &scope{key: key, value: value, outer: c.scope}
	return &with
}

// Value returns the innermost value that With put under key, or nil. An action sees the values of the Config that it was
// recorded into.
func (c *Config) Value(key any) any {
	if !isKey(key) {
		return nil
	}
	for s := c.scope; s != nil; s = s.outer {
		if isKey(s.key) && s.key == key {
			return s.value
		}
	}
	return nil
}

// Declare records a declaration. It takes effect when the configuration is built.
func (c *Config) Declare(d Declaration) {
	if c.source.IsZero() {
		c = c.At(Caller(1))
	}
	if err := d.check(); err != nil {
		c.book.mistake(&Mistake{Source: c.source, Err: err})
		return
	}
	c.book.record(d, c)
}

// Fail records a mistake of the directive, at the place where the Config stands. Nothing of a round with a mistake is
// carried out. A nil err is none; joined errors are several.
func (c *Config) Fail(err error) {
	at := c.source
	if at.IsZero() {
		at = Caller(1)
	}
	c.fail(at, err)
}

// fail records err, and each part of it that does not know its own place, as a mistake at a place.
func (c *Config) fail(at Source, err error) {
	for _, part := range parts(err, func(err error) error { return &Mistake{Source: at, Err: err} }) {
		m, ok := part.(*Mistake)
		if !ok { // what another build returned
			m = &Mistake{Source: at, Err: part}
		}
		c.book.mistake(m)
	}
}

// Include calls fn with a Config of its own: what is recorded there lies one step further from the application, and gives
// way to what the application itself declares. name is its identity: a second include of the same name is skipped until
// the next Commit. Include reports whether fn was called. An error of fn, or its panic, is a mistake.
func (c *Config) Include(name string, fn func(c *Config) error) bool {
	at := c.source
	if at.IsZero() {
		at = Caller(1)
	}
	switch {
	case name == "":
		c.fail(at, errors.New("include without a name: its name is its identity"))
		return false
	case fn == nil:
		c.fail(at, fmt.Errorf("include %q: nothing to call", name))
		return false
	case !c.book.include(name, at):
		return false
	}
	inner := &Config{book: c.book, path: append(slices.Clip(c.path), name), scope: c.scope}
	if err := guard(func() error { return fn(inner) }); err != nil {
		c.fail(at, errors.Join(parts(err, func(err error) error {
			return &Mistake{Source: at, Err: fmt.Errorf("include %q: %w", name, err)}
		})...))
	}
	return true
}

// IncludePath returns the names of the includes that lead here, from the top. The application itself has none.
func (c *Config) IncludePath() []string { return slices.Clone(c.path) }

// Commit ends a round: what was recorded so far is resolved and carried out before, and apart from, what follows.
// Nothing conflicts across rounds, so an application can override what it recorded itself. Packages that are included
// should not call it.
func (c *Config) Commit() {
	at := c.source
	if at.IsZero() {
		at = Caller(1)
	}
	c.book.commit(at)
}

// Settings returns the settings of the configuration. They may be changed until it is built. An action sees those of the
// registry that is being made.
func (c *Config) Settings() Settings { return c.book.settings() }

// Build carries the configuration out into a fresh registry, and returns it whole and frozen, or nil with an *Errors. It
// may be called again, after more was recorded or not; each registry is independent of those made before, which may go on
// serving. While it runs the Config is frozen: recording into it is a mistake, and actions record into the Config that
// they are given.
func (c *Config) Build() (*Registry, error) { return c.book.build() }

var _ Recorder = (*Config)(nil)
