package messages

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/i18n/internal/builtin"
	"github.com/mastaba-go/mastaba/views/i18n/internal/plural"
	"github.com/mastaba-go/mastaba/views/i18n/internal/po"
)

// Check compares the source with the catalogs of its domains. It returns what is missing, stale,
// fuzzy, or has other markers than its translation, and the problems of the source itself, sorted
// by place. A catalog of the domain mastaba may replace any of the framework's texts, and no
// others. Catalogs of further domains are not checked: they may hold texts of a package.
//
// "de_AT" needs no translation that "de" has. Problems of the kind [Dynamic] are not mistakes in
// themselves: [Mistakes] leaves them out.
func Check(ctx context.Context, o Options) ([]Problem, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	source, err := Extract(ctx, o)
	if err != nil {
		return nil, err
	}
	files, err := o.catalogs()
	if err != nil {
		return nil, err
	}
	problems := source.Problems
	var errs []error
	for _, domain := range source.domains() {
		messages := source.of(domain)
		template := filepath.Join(o.Catalogs, domain+".pot")
		file, err := readPO(filepath.Join(o.Dir, template))
		switch {
		case err == nil:
			problems = append(problems, compareTemplate(filepath.ToSlash(template), file, messages)...)
		case !errors.Is(err, fs.ErrNotExist):
			errs = append(errs, fmt.Errorf("%s: %w", template, err))
		}
		read := map[string]*po.File{}
		for _, f := range files {
			if f.domain != domain {
				continue
			}
			if read[f.locale], err = readPO(filepath.Join(o.Dir, o.Catalogs, f.name())); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", filepath.Join(o.Catalogs, f.name()), err))
			}
		}
		for _, locale := range o.Locales {
			if _, ok := read[locale]; !ok {
				name := filepath.ToSlash(filepath.Join(o.Catalogs, catalogFile{locale, domain}.name()))
				problems = append(problems, Problem{Place{name, 1}, Missing, "there is no such catalog"})
			}
		}
		for _, f := range files {
			if file := read[f.locale]; f.domain == domain && file != nil {
				language, _, regional := strings.Cut(f.locale, "_")
				var under *po.File
				if regional {
					under = read[language]
				}
				name := filepath.ToSlash(filepath.Join(o.Catalogs, f.name()))
				problems = append(problems, compare(name, f.locale, file, under, messages)...)
			}
		}
	}
	for _, f := range files {
		if f.domain != builtin.Domain || slices.Contains(source.domains(), builtin.Domain) {
			continue
		}
		name := filepath.Join(o.Catalogs, f.name())
		file, err := readPO(filepath.Join(o.Dir, name))
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		problems = append(problems, compareOverrides(filepath.ToSlash(name), file)...)
	}
	return sortProblems(problems), errors.Join(errs...)
}

// compareOverrides returns what is wrong with a catalog that replaces texts of the framework: they
// have to exist, with the same markers. It need not have all of them.
func compareOverrides(name string, file *po.File) (problems []Problem) {
	texts := map[po.Key]*po.Entry{}
	if own, err := fs.ReadFile(builtin.Catalogs(), "de/LC_MESSAGES/"+builtin.Domain+".po"); err == nil {
		if german, err := po.Parse(string(own)); err == nil {
			texts = index(german)
		}
	}
	for key, e := range index(file) {
		of := texts[key]
		switch {
		case of == nil:
			problems = append(problems, Problem{Place{name, e.Line}, Stale, quoted(key) + " is not a text of the framework"})
		case e.Fuzzy():
			problems = append(problems, Problem{Place{name, e.Line}, Fuzzy, quoted(key) + ": review the translation, and remove the flag"})
		default:
			for _, marker := range markersOf(strings.Join(e.Forms, " ")) {
				if marker != "text" && !slices.Contains(markersOf(strings.Join(of.Forms, " ")), marker) {
					problems = append(problems, Problem{Place{name, e.Line}, Params, fmt.Sprintf("%s has ${%s}, which the text does not have", quoted(key), marker)})
				}
			}
		}
	}
	return problems
}

// Mistakes returns the problems that have to be mended.
func Mistakes(problems []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return p.Kind == Dynamic })
}

// index returns the entries of a file that are not obsolete.
func index(file *po.File) map[po.Key]*po.Entry {
	entries := map[po.Key]*po.Entry{}
	if file != nil {
		for _, e := range file.Entries {
			if !e.Obsolete && !e.IsHeader() {
				entries[e.Key()] = e
			}
		}
	}
	return entries
}

// compareTemplate returns what a template lacks, and what it has too much.
func compareTemplate(name string, file *po.File, messages []*Message) (problems []Problem) {
	entries := index(file)
	for _, m := range messages {
		key := po.Key{Context: m.Context, ID: m.ID}
		if entries[key] == nil {
			problems = append(problems, Problem{m.Places[0], Missing, fmt.Sprintf("%s is not in %s: extract the messages", m, name)})
		}
		delete(entries, key)
	}
	for key, e := range entries {
		problems = append(problems, Problem{Place{name, e.Line}, Stale, quoted(key) + " is not in the source: extract the messages"})
	}
	return problems
}

// String returns the text in quotes, with its context.
func (m *Message) String() string { return quoted(po.Key{Context: m.Context, ID: m.ID}) }

func quoted(key po.Key) string {
	if key.Context != "" {
		return fmt.Sprintf("%q (context %q)", key.ID, key.Context)
	}
	return fmt.Sprintf("%q", key.ID)
}

// compare returns what is wrong with a catalog. under is that of the language of a regional one.
func compare(name, locale string, file, under *po.File, messages []*Message) (problems []Problem) {
	entries, below := index(file), index(under)
	rule := plural.TwoForms
	if h := file.Header(); h.Field("Plural-Forms") != "" {
		r, err := plural.Parse(h.Field("Plural-Forms"))
		if err != nil {
			problems = append(problems, Problem{Place{name, h.Line}, Forms, err.Error()})
		} else {
			rule = r
		}
	}
	for _, m := range messages {
		key := po.Key{Context: m.Context, ID: m.ID}
		e := entries[key]
		delete(entries, key)
		at := Place{}
		if e != nil {
			at = Place{name, e.Line}
		}
		switch {
		case e == nil || !e.Translated():
			if b := below[key]; b == nil || !b.Translated() || b.Fuzzy() {
				problems = append(problems, Problem{m.Places[0], Missing, fmt.Sprintf("%s has no translation in %s (%s)", m, locale, name)})
			}
			continue
		case e.Fuzzy():
			problems = append(problems, Problem{at, Fuzzy, fmt.Sprintf("%s: review the translation, and remove the flag", m)})
			continue
		case e.IsPlural != (m.Plural != ""):
			problems = append(problems, Problem{at, Forms, fmt.Sprintf("%s has a plural only in the source or only in the catalog: extract the messages", m)})
			continue
		case e.IsPlural && (len(e.Forms) != rule.Forms || slices.Contains(e.Forms, "")):
			problems = append(problems, Problem{at, Forms, fmt.Sprintf("%s: want %d plural forms, none of them empty", m, rule.Forms)})
		}
		problems = append(problems, compareMarkers(at, m, e)...)
	}
	for key, e := range entries {
		problems = append(problems, Problem{Place{name, e.Line}, Stale, quoted(key) + " is not in the source"})
	}
	return problems
}

// compareMarkers compares the markers of a text with those of its translation. A form for a single
// number may leave them out.
func compareMarkers(at Place, m *Message, e *po.Entry) (problems []Problem) {
	want := markersOf(m.Text() + " " + m.Plural)
	if m.Plural != "" && !slices.Contains(want, "n") {
		want = append(want, "n")
	}
	for i, form := range e.Forms {
		got := markersOf(form)
		where := fmt.Sprintf("%s: the translation", m)
		if len(e.Forms) > 1 {
			where = fmt.Sprintf("%s: form %d", m, i)
		}
		for _, name := range got {
			if !slices.Contains(want, name) {
				problems = append(problems, Problem{at, Params, fmt.Sprintf("%s has ${%s}, which the text does not have", where, name)})
			}
		}
		for _, name := range want {
			if !slices.Contains(got, name) && form != "" && m.Plural == "" {
				problems = append(problems, Problem{at, Params, fmt.Sprintf("%s lacks ${%s}", where, name)})
			}
		}
	}
	if m.Plural == "" {
		return problems
	}
	for _, name := range markersOf(m.Plural) { // some form has to show it
		if !slices.ContainsFunc(e.Forms, func(form string) bool { return slices.Contains(markersOf(form), name) }) {
			problems = append(problems, Problem{at, Params, fmt.Sprintf("%s: no form has ${%s}", m, name)})
		}
	}
	return problems
}
