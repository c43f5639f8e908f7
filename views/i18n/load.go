package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/i18n/internal/builtin"
)

// translations are the catalogs of an application. They are read-only once they are loaded.
type translations struct {
	folders   []folder // the last one wins
	byDefault string
	negotiate Negotiator

	locales      map[string]*localizer // by name, as folders are called
	untranslated *localizer            // the texts of the code
	matcher      language.Matcher
	matched      []string // the names of the matcher's tags
}

// mostBytes is how large a catalog may be.
const mostBytes = 32 << 20

// defaultDomain is the domain of an application.
const defaultDomain = "messages"

// catalogs are those of a folder, by locale and domain.
type catalogs map[string]map[string]*catalog

// framework returns the catalogs of the framework's own texts. Only languages that the application
// has, or is written in, use them.
var framework = sync.OnceValues(func() (catalogs, error) {
	return folder{fsys: builtin.Catalogs()}.read(nil)
})

// load reads all catalogs. Each file is read once, and each locale gets the messages of its
// language and its own, folder by folder.
func (t *translations) load(files *assets.Assets) error {
	var errs []error
	read := make([]catalogs, len(t.folders))
	names := map[string]bool{}
	for i, f := range t.folders {
		var err error
		if read[i], err = f.read(files); err != nil {
			errs = append(errs, &registry.Mistake{Source: f.source, Err: fmt.Errorf("translations: %w", err)})
		}
		for name := range read[i] {
			names[name] = true
		}
	}
	own, err := framework()
	if err != nil {
		errs = append(errs, err)
	}
	t.locales = map[string]*localizer{}
	for name := range names {
		t.locales[name] = newLocalizer(name, append([]catalogs{own}, read...))
	}
	t.untranslated = newLocalizer(t.byDefault, []catalogs{own})
	if t.locales[t.byDefault] != nil || t.locales[languageOf(t.byDefault)] != nil {
		t.untranslated = newLocalizer("und", nil) // the code has another language
	}
	t.match()
	return errors.Join(errs...)
}

// languageOf returns the part of a locale's name whose catalogs it shares: "de" of "de_AT".
func languageOf(name string) string {
	of, _, _ := strings.Cut(name, "_")
	return of
}

// read reads a folder.
func (f folder) read(files *assets.Assets) (catalogs, error) {
	fsys := f.fsys
	if f.spec != "" {
		place, err := files.Find(f.spec)
		if err != nil {
			return nil, err
		}
		if !place.IsDir() {
			return nil, fmt.Errorf("%q is not a folder", f.spec)
		}
		if fsys, err = fs.Sub(place.FS, place.Path); err != nil {
			return nil, err
		}
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	locales := catalogs{}
	var errs []error
	for _, entry := range entries {
		dir := path.Join(entry.Name(), "LC_MESSAGES")
		list, err := fs.ReadDir(fsys, dir)
		if errors.Is(err, fs.ErrNotExist) || !entry.IsDir() {
			continue
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		domains := map[string]*catalog{}
		locales[entry.Name()] = domains
		for _, file := range list {
			domain, ext := strings.TrimSuffix(file.Name(), path.Ext(file.Name())), path.Ext(file.Name())
			if ext != ".po" && (ext != ".mo" || hasPO(list, domain)) {
				continue
			}
			name := path.Join(dir, file.Name())
			if domains[domain], err = readCatalog(fsys, name); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
	}
	if len(locales) == 0 {
		errs = append(errs, errors.New("no folder LOCALE/LC_MESSAGES, such as de/LC_MESSAGES: does the file system begin one level too high or too low? fs.Sub returns a folder of it"))
	}
	return locales, errors.Join(errs...)
}

func hasPO(list []fs.DirEntry, domain string) bool {
	return slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Name() == domain+".po" })
}

func readCatalog(fsys fs.FS, name string) (*catalog, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > mostBytes {
		return nil, fmt.Errorf("the file has %d bytes, want at most %d", info.Size(), mostBytes)
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	if path.Ext(name) == ".mo" {
		return parseMO(data)
	}
	return parsePO(string(data))
}

// match prepares the choice by Accept-Language: among the default locale and those with catalogs.
func (t *translations) match() {
	names := slices.Sorted(maps.Keys(t.locales))
	names = slices.DeleteFunc(names, func(name string) bool { return name == t.byDefault })
	var tags []language.Tag
	for _, name := range append([]string{t.byDefault}, names...) {
		if tag, err := language.Parse(tagOf(name)); err == nil {
			tags, t.matched = append(tags, tag), append(t.matched, name)
		}
	}
	// Otherwise a language that nobody asked for is preferred to the default for its script alone.
	t.matcher = language.NewMatcher(tags, language.PreferSameScript(false))
}

// tagOf returns the name of a locale as a BCP 47 tag, as far as names can be.
func tagOf(name string) string { return strings.ReplaceAll(name, "_", "-") }
