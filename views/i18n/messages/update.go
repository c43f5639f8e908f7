package messages

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/i18n/internal/plural"
	"github.com/mastaba-go/mastaba/views/i18n/internal/po"
)

// Change is what [Update] did to a file.
type Change struct {
	File     string // with slashes, relative to Options.Dir
	Created  bool
	Added    int // messages without a translation
	Fuzzy    int // messages whose translation is that of a similar text
	Obsolete int // translations whose message is gone
}

// String describes the change.
func (c Change) String() string {
	verb := "updated"
	if c.Created {
		verb = "created"
	}
	text := fmt.Sprintf("%s: %s", c.File, verb)
	for _, count := range []struct {
		n    int
		what string
	}{{c.Added, "to translate"}, {c.Fuzzy, "to review"}, {c.Obsolete, "obsolete"}} {
		if count.n > 0 {
			text += fmt.Sprintf(", %d %s", count.n, count.what)
		}
	}
	return text
}

// Update collects the messages of the source, writes the template DOMAIN.pot of each domain into
// the folder of the catalogs, and brings the catalogs up to date, as GNU msgmerge does:
// translations are kept, those of a similar text that is gone are proposed as fuzzy, and other
// translations of texts that are gone become obsolete. It returns the files that it changed. The
// same source and the same catalogs give the same files.
func Update(ctx context.Context, o Options) (*Source, []Change, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	source, err := Extract(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	if len(source.Messages) == 0 {
		return nil, nil, errNoMessages
	}
	root := filepath.Join(o.Dir, o.Catalogs)
	if err := os.MkdirAll(root, 0o777); err != nil {
		return nil, nil, err
	}
	files, err := o.catalogs()
	if err != nil {
		return nil, nil, err
	}
	for _, locale := range o.Locales {
		for _, domain := range source.domains() {
			if f := (catalogFile{locale, domain}); !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
	}
	var changes []Change
	var errs []error
	write := func(change Change, name string, file *po.File) {
		text := []byte(file.String())
		old, err := os.ReadFile(name)
		change.File, change.Created = filepath.ToSlash(relativeTo(o.Dir, name)), errors.Is(err, fs.ErrNotExist)
		if bytes.Equal(old, text) {
			return
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, text, 0o666)); err != nil {
			errs = append(errs, err)
			return
		}
		changes = append(changes, change)
	}
	for _, domain := range source.domains() {
		template := templateOf(source.of(domain), o.NoLines)
		write(Change{}, filepath.Join(root, domain+".pot"), template)
		for _, f := range files {
			if f.domain != domain {
				continue
			}
			name := filepath.Join(root, f.name())
			old, err := readPO(name)
			if errors.Is(err, fs.ErrNotExist) {
				old = &po.File{Entries: []*po.Entry{newHeader(f.locale)}}
			} else if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", relativeTo(o.Dir, name), err))
				continue
			}
			merged, change := merge(old, template)
			write(change, name, merged)
		}
	}
	return source, changes, errors.Join(errs...)
}

func relativeTo(dir, name string) string {
	if rel, err := filepath.Rel(dir, name); err == nil {
		return rel
	}
	return name
}

// catalogFile is a catalog of a domain in a locale.
type catalogFile struct{ locale, domain string }

func (f catalogFile) name() string { return filepath.Join(f.locale, "LC_MESSAGES", f.domain+".po") }

// catalogs returns the catalogs that exist, sorted.
func (o Options) catalogs() ([]catalogFile, error) {
	found, err := filepath.Glob(filepath.Join(globEscape.Replace(filepath.Join(o.Dir, o.Catalogs)), "*", "LC_MESSAGES", "*.po"))
	if err != nil {
		return nil, err
	}
	var files []catalogFile
	for _, name := range found {
		files = append(files, catalogFile{filepath.Base(filepath.Dir(filepath.Dir(name))), strings.TrimSuffix(filepath.Base(name), ".po")})
	}
	return files, nil
}

var globEscape = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`)

func readPO(name string) (*po.File, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return po.Parse(string(text))
}

// newHeader returns the header of a template, or of a new catalog of a locale.
func newHeader(locale string) *po.Entry {
	fields := []string{
		"Project-Id-Version: PACKAGE VERSION", "PO-Revision-Date: YEAR-MO-DA HO:MI+ZONE", "Last-Translator: FULL NAME <EMAIL@ADDRESS>",
		"Language-Team: LANGUAGE <LL@li.org>", "Language: " + locale, "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit",
	}
	if rule := pluralForms(locale); rule != "" {
		fields = append(fields, "Plural-Forms: "+rule)
	}
	return &po.Entry{Forms: []string{strings.Join(fields, "\n") + "\n"}}
}

// templateOf returns the messages of a domain as a template of catalogs.
func templateOf(messages []*Message, noLines bool) *po.File {
	header := newHeader("")
	header.SetFuzzy(true)
	file := &po.File{Entries: []*po.Entry{header}}
	for _, m := range messages {
		e := &po.Entry{Context: m.Context, ID: m.ID, Plural: m.Plural, IsPlural: m.Plural != "", Forms: []string{""}}
		if e.IsPlural {
			e.Forms = []string{"", ""}
		}
		e.Extracted = slices.Clone(m.Comments)
		if m.Default != "" {
			e.Extracted = append(e.Extracted, "Default: "+strings.ReplaceAll(m.Default, "\n", " "))
		}
		for _, at := range m.Places {
			place := at.String()
			if noLines {
				place = at.File
			}
			if place = strings.ReplaceAll(place, " ", "%20"); !slices.Contains(e.References, place) {
				e.References = append(e.References, place)
			}
		}
		file.Entries = append(file.Entries, e)
	}
	return file
}

// merge returns a catalog with the messages of a template.
func merge(old, template *po.File) (*po.File, Change) {
	var change Change
	live, gone := map[po.Key]*po.Entry{}, map[po.Key]*po.Entry{}
	for _, e := range old.Entries {
		if e.Obsolete {
			gone[e.Key()] = e
		} else {
			live[e.Key()] = e
		}
	}
	header := old.Header()
	if header == nil {
		header = newHeader("")
	}
	forms := plural.TwoForms.Forms
	if rule, err := plural.Parse(header.Field("Plural-Forms")); err == nil {
		forms = rule.Forms
	}
	merged := &po.File{Entries: []*po.Entry{header}, Trailing: old.Trailing}
	used := map[*po.Entry]bool{header: true}
	var added []*po.Entry
	for _, want := range template.Entries[1:] {
		e := *want
		if from := cmp.Or(live[e.Key()], gone[e.Key()]); from != nil {
			used[from] = true
			if adopt(&e, from, forms); e.Fuzzy() && !from.Fuzzy() {
				change.Fuzzy++
			}
		} else {
			e.Forms = make([]string, formsOf(&e, forms))
			added = append(added, &e)
		}
		merged.Entries = append(merged.Entries, &e)
	}
	similar := &similarity{}
	for _, e := range old.Entries {
		if !used[e] && e.Translated() {
			similar.from = append(similar.from, e)
		}
	}
	for _, e := range added {
		from := similar.find(e)
		if from == nil {
			change.Added++
			continue
		}
		change.Fuzzy++
		used[from] = true
		adopt(e, from, forms)
		e.SetFuzzy(true)
		e.Previous = po.PreviousOf(from)
	}
	for _, e := range old.Entries {
		if used[e] || !e.Translated() {
			continue
		}
		if !e.Obsolete {
			change.Obsolete++
		}
		kept := *e
		kept.Obsolete, kept.Extracted, kept.References, kept.Previous = true, nil, nil, nil
		merged.Entries = append(merged.Entries, &kept)
	}
	return merged, change
}

func formsOf(e *po.Entry, forms int) int {
	if e.IsPlural {
		return forms
	}
	return 1
}

// adopt gives an entry the translation of another one, and what translators wrote. It is fuzzy if
// the plural has changed.
func adopt(e, from *po.Entry, forms int) {
	e.Comments, e.Flags, e.Previous = from.Comments, from.Flags, from.Previous
	e.Forms = make([]string, formsOf(e, forms))
	copy(e.Forms, from.Forms)
	if e.IsPlural && !from.IsPlural {
		for i := range e.Forms {
			e.Forms[i] = from.Forms[0]
		}
	}
	switch {
	case !from.Translated():
		e.SetFuzzy(false)
	case e.IsPlural != from.IsPlural || e.Plural != from.Plural:
		e.SetFuzzy(true)
		e.Previous = po.PreviousOf(from)
	}
}

// similarity finds an entry with a similar text, as far as that is worth its time.
type similarity struct{ from []*po.Entry }

const (
	leastSimilar = 0.6 // as msgmerge
	longestText  = 500 // bytes
	mostTexts    = 2000
)

func (s *similarity) find(e *po.Entry) *po.Entry {
	var best *po.Entry
	most := leastSimilar
	if len(e.ID) > longestText || len(s.from) > mostTexts {
		return nil
	}
	for _, from := range s.from {
		short, long := min(len(e.ID), len(from.ID)), max(len(e.ID), len(from.ID))
		if len(from.ID) > longestText || from.Context != e.Context || float64(2*short) <= most*float64(short+long) {
			continue
		}
		if got := 2 * float64(common([]rune(e.ID), []rune(from.ID))) / float64(len([]rune(e.ID))+len([]rune(from.ID))); got > most {
			most, best = got, from
		}
	}
	return best
}

// common returns the length of the longest common subsequence.
func common(a, b []rune) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		before := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			before = above
		}
	}
	return row[len(b)]
}
