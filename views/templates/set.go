package templates

import (
	"errors"
	"fmt"
	"hash/maphash"
	"html/template"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/assets"
)

// set is the templates of an application.
type set struct {
	registry   *registry.Registry
	groups     []*group
	extensions []string
	built      int      // how many groups the library has
	named      []*named // templates that views name

	library atomic.Pointer[library]

	mu    sync.Mutex // guards stamp, in development
	stamp uint64     // of the files that the library was made of
}

func newSet(reg *registry.Registry) func() *set {
	return func() *set {
		s := &set{registry: reg}
		reg.OnFreeze(s.announce)
		reg.OnFreeze(s.checkFields)
		reg.OnFreeze(s.checkNames)
		return s
	}
}

// announce says which folders are read while the application serves.
func (s *set) announce() error {
	for _, g := range s.groups {
		assets.Live(s.registry, g.Dir)
	}
	return nil
}

// library is what one reading of all files gave. It is immutable.
type library struct {
	files map[string]*file
	own   map[string]any // the functions of the application
	pages map[string]*page
	wrong map[string][]error // what is wrong with pages

	unread bool // there are no pages, since files could not be read; that is reported
}

// build reads and checks all templates, once they are known.
func (s *set) build(c *registry.Config) error {
	if s.built == len(s.groups) {
		return nil
	}
	s.built = len(s.groups)
	lib, errs := s.read(false)
	s.library.Store(lib)
	for _, name := range sortedKeys(lib.wrong) {
		if !lib.isCalled(name) {
			errs = append(errs, lib.wrong[name]...)
		}
	}
	reported := map[string]bool{}
	for _, err := range errs {
		if !reported[err.Error()] { // two pages may have a mistake of their layout
			c.Report(err)
		}
		reported[err.Error()] = true
	}
	return nil
}

// read reads all files. Without errors every page that no other file calls is complete.
func (s *set) read(development bool) (*library, []error) {
	lib := &library{files: map[string]*file{}, own: map[string]any{}, pages: map[string]*page{}, wrong: map[string][]error{}}
	var errs []error
	for _, g := range s.groups {
		for name, fn := range g.Funcs {
			if lib.own[name] != nil {
				errs = append(errs, fmt.Errorf("templates: the function %q is registered twice, the second time at %s: rename one", name, g.source))
			}
			lib.own[name] = fn
		}
	}
	funcs := map[string]any(lib.funcs(new(executor)))
	for _, g := range s.groups {
		errs = append(errs, readFiles(g, development, funcs, lib.files)...)
	}
	if lib.unread = len(errs) > 0; lib.unread {
		return lib, errs // what they lead to is not worth reading
	}
	for _, name := range sortedKeys(lib.files) {
		p, wrong := lib.assemble(lib.files[name])
		if len(wrong) == 0 {
			e, err := p.newExecutor()
			if err == nil {
				if html, ok := e.template.(*template.Template); ok {
					wrong = checkScripts(html)
				}
				p.give(e)
			} else {
				wrong = append(wrong, err)
			}
		}
		if len(wrong) > 0 {
			lib.wrong[name] = wrong
		}
		lib.pages[name] = p
	}
	return lib, nil
}

// isCalled reports whether another file calls a file; then it need not be a page.
func (lib *library) isCalled(name string) bool {
	for _, f := range lib.files {
		for _, c := range f.calls {
			if to := lib.fileFor(f, c.name); to != nil && to != f && to.name == name {
				return true
			}
		}
	}
	return false
}

// fileFor returns the file that a call in from means: one of its own group, else one with that full
// name; nil if it means a definition, or nothing.
func (lib *library) fileFor(from *file, name string) *file {
	if from.defines[name] != nil {
		return nil
	}
	if f := lib.files[from.group.Prefix+name]; f != nil {
		return f
	}
	return lib.files[name]
}

// librariesWith returns the files of definitions that define a name: those of the group of from, or
// else all others.
func (lib *library) librariesWith(from *file, name string) (found []*file) {
	for _, own := range []bool{true, false} {
		for _, each := range sortedKeys(lib.files) {
			if f := lib.files[each]; (f.group == from.group) == own && f.isLibrary() && f.defines[name] != nil {
				found = append(found, f)
			}
		}
		if found != nil {
			break
		}
	}
	return found
}

// funcs returns all functions, bound to an executor.
func (lib *library) funcs(e *executor) template.FuncMap {
	all := e.funcs()
	for name, fn := range lib.own {
		all[name] = e.bound(fn)
	}
	return all
}

// page returns a page, or an error that says what is wrong with it.
func (lib *library) page(name string) (*page, error) {
	if wrong := lib.wrong[name]; wrong != nil {
		return nil, errors.Join(wrong...)
	}
	if p := lib.pages[name]; p != nil {
		return p, nil
	}
	names := slices.Sorted(maps.Keys(lib.files))
	if near := registry.Nearest(name, names); near != "" {
		return nil, fmt.Errorf("no such template: did you mean %q?", near)
	}
	if len(names) > 12 {
		names = append(names[:12], "…")
	}
	return nil, fmt.Errorf("no such template (have: %s)", strings.Join(names, ", "))
}

// files returns the files of a group.
func (g *group) files(development bool) (fs.FS, error) {
	if development && g.Dir != "" {
		if info, err := os.Stat(g.Dir); err == nil && info.IsDir() {
			return os.DirFS(g.Dir), nil
		}
	}
	return g.open()
}

// fresh returns the library of the files as they are now, for development. It looks at the time and
// size of each file, and reads them all again if any has changed.
func (s *set) fresh() (*library, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stamp, err := s.look()
	if err != nil {
		return nil, err
	}
	if lib := s.library.Load(); stamp == s.stamp {
		return lib, nil
	}
	lib, errs := s.read(true)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	s.stamp = stamp
	s.library.Store(lib)
	return lib, nil
}

var seed = maphash.MakeSeed()

// look returns a number that changes with the files.
func (s *set) look() (uint64, error) {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, g := range s.groups {
		fsys, err := g.files(true)
		if err != nil {
			return 0, err
		}
		err = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, g.Extension) {
				return err
			}
			info, err := fs.Stat(fsys, name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&h, "%s\x00%d\x00%s\n", name, info.Size(), info.ModTime().Format(time.RFC3339Nano))
			return nil
		})
		if err != nil {
			return 0, fmt.Errorf("templates: %w", err)
		}
	}
	return h.Sum64() | 1, nil
}
