package messages

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Options say where the source and the catalogs are. The zero value suits an application whose
// catalogs are in the folder locale of the current directory.
type Options struct {
	// Dir is where the go command runs, and what the places of messages are relative to; "" is the
	// current directory.
	Dir string
	// Packages are the packages whose messages are collected, as the go command takes them: by
	// default ./..., all below Dir. Tests are left out.
	Packages []string
	// Templates are folders of templates, relative to Dir, each optionally with "=" and the domain
	// of their functions t, tn and tc: "pages", or "pages=wiki". By default they are the files
	// below the directories of the packages, with the domain that the options of templates.Add in
	// these packages name. Folders that begin with a dot or "_", and those called testdata, vendor
	// or node_modules, are left out.
	Templates []string
	// Extensions are the file name extensions of templates: by default .html, and those that the
	// options of templates.Add name.
	Extensions []string
	// Catalogs is the folder with LOCALE/LC_MESSAGES/DOMAIN.po; "" is "locale". A relative one is
	// below Dir.
	Catalogs string
	// Domain is the domain of messages that name none; "" is "messages", the domain of
	// applications.
	Domain string
	// NoLines leaves line numbers out of the places in catalogs, so that the catalogs change less
	// often.
	NoLines bool
	// Locales get a catalog of each domain if they have none. [Check] reports the catalogs that
	// they lack.
	Locales []string
}

// Message is a message in the source.
type Message struct {
	Domain  string
	Context string
	ID      string
	Default string // the text without a translation, if it is not ID
	Plural  string // "" without
	// Comments are those for translators: they begin with "TRANSLATORS:".
	Comments []string
	Places   []Place // sorted
}

// Text returns the text without a translation.
func (m *Message) Text() string { return cmp.Or(m.Default, m.ID) }

// Place is a line of the source or of a catalog.
type Place struct {
	File string // with slashes, relative to Options.Dir
	Line int
}

// String returns the place as "app/show.go:12".
func (p Place) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

func comparePlaces(a, b Place) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}

// Problem is something wrong with a message.
type Problem struct {
	Place   Place
	Kind    Kind
	Message string // for people, with the message in quotes
}

// String returns the problem as "app/show.go:12: missing: …".
func (p Problem) String() string { return fmt.Sprintf("%s: %s: %s", p.Place, p.Kind, p.Message) }

// Kind is the kind of a problem.
type Kind string

// The kinds of problems.
const (
	Missing Kind = "missing" // in the source, and not translated
	Stale   Kind = "stale"   // in a catalog, and not in the source
	Fuzzy   Kind = "fuzzy"   // translated, and not reviewed
	Params  Kind = "params"  // the markers of a text are not those of its translation or its values
	Forms   Kind = "forms"   // a translation has not as many plural forms as its language
	Clash   Kind = "clash"   // one message has two different plurals or defaults
	Dynamic Kind = "dynamic" // a text that is not constant, and so cannot be collected
)

func sortProblems(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(comparePlaces(a.Place, b.Place), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(problems)
}

// Source is what [Extract] found.
type Source struct {
	// Messages are sorted by domain, then by their first place.
	Messages []*Message
	// Problems are of the kinds Params, Clash and Dynamic.
	Problems []Problem
}

// domains returns the domains of the messages, sorted.
func (s *Source) domains() []string {
	names := map[string]bool{}
	for _, m := range s.Messages {
		names[m.Domain] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// of returns the messages of a domain.
func (s *Source) of(domain string) []*Message {
	return slices.DeleteFunc(slices.Clone(s.Messages), func(m *Message) bool { return m.Domain != domain })
}

// withDefaults returns complete options.
func (o Options) withDefaults() (Options, error) {
	dir, err := filepath.Abs(cmp.Or(o.Dir, "."))
	if err != nil {
		return o, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil { // as the go command prints it
		return o, err
	}
	o.Dir, o.Catalogs, o.Domain = dir, cmp.Or(o.Catalogs, "locale"), cmp.Or(o.Domain, "messages")
	if filepath.IsAbs(o.Catalogs) {
		if o.Catalogs, err = filepath.Rel(dir, o.Catalogs); err != nil {
			return o, err
		}
	}
	if len(o.Packages) == 0 {
		o.Packages = []string{"./..."}
	}
	for _, locale := range o.Locales {
		if locale == "" || strings.ContainsAny(locale, `/\.`) {
			return o, fmt.Errorf("invalid locale %q: want a name such as de or pt_BR", locale)
		}
	}
	return o, nil
}

// Extract collects the messages of the source. It calls the go command, which compiles what the
// packages import. An error is a source that cannot be read; mistakes in messages are problems.
func Extract(ctx context.Context, o Options) (*Source, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	packages, err := load(ctx, o.Dir, o.Packages, fset)
	if err != nil {
		return nil, err
	}
	c := &collector{Options: o, fset: fset, found: map[entryKey]*Message{}}
	domains := c.collectGo(packages)
	if err := c.collectTemplates(packages, domains); err != nil {
		return nil, err
	}
	return c.source(), nil
}

// collector gathers messages.
type collector struct {
	Options
	fset     *token.FileSet
	found    map[entryKey]*Message
	problems []Problem
}

type entryKey struct{ domain, context, id string }

// add adds a message at a place. values are the names that it has values for; nil if unknown.
func (c *collector) add(m Message, at Place, comments []string, values []string, known bool) {
	if m.ID == "" { // the header of catalogs
		return
	}
	for _, text := range []string{m.ID, m.Plural, m.Context, m.Default, m.Domain} {
		if !utf8.ValidString(text) {
			c.problem(at, Dynamic, "%q is not UTF-8, so that the message cannot be collected", text)
			return
		}
	}
	m.Domain = cmp.Or(m.Domain, c.Domain)
	if strings.ContainsAny(m.Domain, `/\`) {
		c.problem(at, Dynamic, "the domain %q is not the name of a file, so that the message cannot be collected", m.Domain)
		return
	}
	key := entryKey{m.Domain, m.Context, m.ID}
	old := c.found[key]
	if old == nil {
		old = &m
		c.found[key] = old
	}
	switch {
	case old.Plural == "":
		old.Plural = m.Plural
	case m.Plural != "" && m.Plural != old.Plural:
		c.problem(at, Clash, "%q has the plural %q here, and %q at %s: use one of them, or a context", m.ID, m.Plural, old.Plural, old.Places[0])
	}
	switch {
	case old.Default == "":
		old.Default = m.Default
	case m.Default != "" && m.Default != old.Default:
		c.problem(at, Clash, "%q has the default %q here, and %q at %s: use one of them, or a context", m.ID, m.Default, old.Default, old.Places[0])
	}
	if !slices.Contains(old.Places, at) {
		old.Places = append(old.Places, at)
	}
	for _, comment := range comments {
		if !slices.Contains(old.Comments, comment) {
			old.Comments = append(old.Comments, comment)
		}
	}
	if known {
		for _, name := range markersOf(m.Text() + " " + m.Plural) {
			if !slices.Contains(values, name) && (name != "n" || m.Plural == "") {
				c.problem(at, Params, "%q has no value for ${%s}", m.Text(), name)
			}
		}
	}
}

func (c *collector) problem(at Place, kind Kind, format string, args ...any) {
	c.problems = append(c.problems, Problem{at, kind, fmt.Sprintf(format, args...)})
}

// place returns a position in a Go file.
func (c *collector) place(pos token.Pos) Place {
	at := c.fset.Position(pos)
	return Place{c.relative(at.Filename), at.Line}
}

func (c *collector) relative(name string) string {
	if rel, err := filepath.Rel(c.Dir, name); err == nil {
		name = rel
	}
	return filepath.ToSlash(name)
}

func (c *collector) source() *Source {
	s := &Source{Messages: slices.Collect(maps.Values(c.found)), Problems: sortProblems(c.problems)}
	for _, m := range s.Messages {
		slices.SortFunc(m.Places, comparePlaces)
	}
	slices.SortFunc(s.Messages, func(a, b *Message) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), comparePlaces(a.Places[0], b.Places[0]), cmp.Compare(a.Context, b.Context), cmp.Compare(a.ID, b.ID))
	})
	return s
}

var errNoMessages = errors.New("no messages found: are these the right packages?")
