package registry

import (
	"errors"
	"fmt"
	"slices"
)

// Recorder is what a directive takes: a *Config, or a type that holds one.
type Recorder interface {
	// Directive returns the Config to record into. Its source is the line that called the
	// directive.
	Directive() *Config
}

// Options are the options of New. The zero value is valid.
type Options struct {
	Settings Settings // New copies them
}

// Config records what directives declare. Directive, At, With and Include return another Config
// that records into the same configuration, with another source, value or include.
//
// Its methods do not panic and, other than Build, return no errors: Build returns everything that
// is wrong. A Config is not safe for concurrent use.
type Config struct {
	book   book
	path   []string // names of the includes around it, the outermost first
	scope  *scope
	source Source       // of the directive that is being recorded; zero if unknown yet
	runs   *Declaration // whose Run this Config was given to; nil for others
}

// book is what a Config records into: a draft, or a round of a build.
type book interface {
	record(d Declaration, c *Config)
	mistake(m *Mistake, leaves gap)
	include(name string, at Source) bool // reports whether the name is new in this round
	commit(at Source)
	settings() Settings
	build() (*Registry, error)
}

// scope is a linked list of values, the innermost first.
type scope struct {
	key, value any
	outer      *scope
}

// New returns an empty configuration.
func New(o Options) *Config {
	return &Config{book: newDraft(o.Settings)}
}

// Directive returns a Config whose source is the line that called the caller of Directive. If c has
// a source, it returns c: of directives that call each other, the outermost sets the source. Every
// directive begins with it:
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

// At returns a Config with the given source, for generators and tests.
func (c *Config) At(src Source) *Config {
	at := *c
	at.source = src
	return &at
}

// Source returns the source of the directive that records into c; the zero Source outside of one.
func (c *Config) Source() Source { return c.source }

// With returns a Config that has value under key, for itself and for what is included through it.
// Use a key of a type of your own, as for a context.Context.
func (c *Config) With(key, value any) *Config {
	with := *c
	with.scope = &scope{key: key, value: value, outer: c.scope}
	return &with
}

// Value returns the innermost value that With set for key, or nil. When a declaration runs, its
// Config has the values of the one that it was recorded into.
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

// Declare records a declaration, which runs when the configuration is built. An invalid
// declaration, or one with an Err, is a *Mistake of the build, as by Fail.
func (c *Config) Declare(d Declaration) {
	if c.source.IsZero() {
		c = c.At(Caller(1))
	}
	if err := d.check(); err != nil {
		c.fail(c.source, errors.Join(err, d.Err), gap{ref: Ref{Category: d.Category}})
		return
	}
	if d.Err != nil {
		if d.ID == any("") {
			d.ID = nil // a missing name is the mistake, and no two declarations have it
		}
		c.fail(c.source, d.Err, gapOf(&d))
	}
	c.book.record(d, c)
}

// Fail records err as a *Mistake with the source of c, or each of the errors that err joins. A nil
// err does nothing.
//
// A directive that knows what it would have declared sets the Err of that Declaration instead. Then
// the build also reports the conflicts of that declaration, and knows what is missing: after Fail,
// anything may be. In a Run, Fail says that the declaration that runs is missing, and nothing else.
func (c *Config) Fail(err error) {
	at := c.source
	if at.IsZero() {
		at = Caller(1)
	}
	leaves := gap{anything: true}
	if c.runs != nil {
		leaves = gapOf(c.runs)
	}
	c.fail(at, err, leaves)
}

// Report records err as Fail does, but says that nothing is missing: the directive declares what it
// knows of the declaration all the same, or no other refers to it. A nil err does nothing.
//
//	c.Report(err) // such as an invalid pattern
//	c.Declare(registry.Declaration{Category: "routes", ID: name, …}) // so that the name is known
func (c *Config) Report(err error) {
	at := c.source
	if at.IsZero() {
		at = Caller(1)
	}
	c.fail(at, err, gap{})
}

// fail records the parts of err as mistakes, which leave the gap; those without a source get the
// source at.
func (c *Config) fail(at Source, err error, leaves gap) {
	if err == nil {
		return
	}
	for _, part := range parts(err, func(err error) error { return &Mistake{Source: at, Err: err} }) {
		m, ok := part.(*Mistake)
		if !ok { // what another build returned
			m = &Mistake{Source: at, Err: part}
		}
		c.book.mistake(m, leaves)
	}
}

// Include calls fn with a Config for what fn declares: c overrides that. It reports whether it
// called fn: a name that was included already is skipped, until the next Commit. An error or panic
// of fn is a mistake.
func (c *Config) Include(name string, fn func(c *Config) error) bool {
	at := c.source
	if at.IsZero() {
		at = Caller(1)
	}
	switch {
	case name == "":
		c.fail(at, errors.New("include: missing name"), gap{anything: true})
		return false
	case fn == nil:
		c.fail(at, fmt.Errorf("include %q: the function is nil", name), gap{anything: true})
		return false
	case !c.book.include(name, at):
		return false
	}
	inner := &Config{book: c.book, path: append(slices.Clip(c.path), name), scope: c.scope}
	c.guard(at, fmt.Sprintf("include %q", name), func() error { return fn(inner) })
	return true
}

// Guard calls fn, which declares something with Configs of its own. An error or panic of fn is a
// mistake; what names fn in its text.
func (c *Config) Guard(what string, fn func() error) {
	at := c.source
	if at.IsZero() {
		at = Caller(1)
	}
	c.guard(at, what, fn)
}

// guard is Guard with a source.
func (c *Config) guard(at Source, what string, fn func() error) {
	if err := guard(fn); err != nil {
		c.fail(at, errors.Join(parts(err, func(err error) error {
			return &Mistake{Source: at, Err: fmt.Errorf("%s: %w", what, err)}
		})...), gap{anything: true})
	}
}

// Commit ends a round. Rounds run one after the other: a declaration overrides those of earlier
// rounds without a conflict, so that an application can override its own. A function that is meant
// to be included should not call it.
func (c *Config) Commit() {
	at := c.source
	if at.IsZero() {
		at = Caller(1)
	}
	c.book.commit(at)
}

// Settings returns the settings of the configuration, which may be changed until it is built. When
// a declaration runs, they are those of the registry that is being built.
func (c *Config) Settings() Settings { return c.book.settings() }

// Build runs the declarations into a new Registry and returns it frozen, or nil and an *Errors. It
// may be called again, whether or not more was recorded; the registries are independent of each
// other. During a build, only the Configs given to running declarations can record.
func (c *Config) Build() (*Registry, error) { return c.book.build() }

var _ Recorder = (*Config)(nil)
