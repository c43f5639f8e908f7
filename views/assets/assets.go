package assets

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
)

const (
	categoryAssets    = "assets"
	categoryOverrides = "asset overrides"
)

// Assets are the named file systems of an application with their overrides. It is complete after
// registry.Phase1, and then safe for concurrent use.
type Assets struct {
	packages map[string]*source
	// overrides has those of each package, the one to ask first at the front.
	overrides map[string][]*override
}

// source is a file system with a name: that of Add, or where it is on the disk.
type source struct {
	name string // "" if it is no package
	fsys fs.FS
	spec string // what precedes a path in the specifications of its files: "house:", "/srv/files/"
}

// Of returns the assets of an application, which are empty if there are none.
func Of(reg *registry.Registry) *Assets {
	if reg.Frozen() {
		if a, ok := registry.Lookup[*Assets](reg); ok {
			return a
		}
		return &Assets{}
	}
	return registry.Ensure(reg, func() *Assets {
		return &Assets{packages: map[string]*source{}, overrides: map[string][]*override{}}
	})
}

// Add is a directive that registers the files of a package under a name, by which specifications
// refer to them: "house:templates/page.html". The name is any text without a colon and slash. Two
// of one name conflict, unless one overrides the other. The files are read when they are used.
func Add(c registry.Recorder, name string, fsys fs.FS) {
	cfg := c.Directive()
	var err error
	switch {
	case name == "" || strings.ContainsAny(name, ":/"):
		err = fmt.Errorf(`assets %q: invalid name: want one without colon and slash, such as "house"`, name)
	case absent(fsys):
		err = fmt.Errorf("assets %q: nil file system: want an fs.FS, such as an embed.FS or os.DirFS(folder)", name)
	}
	d := registry.Declaration{
		Category: categoryAssets, Type: "assets", ID: name,
		Fields: []registry.Field{{Name: "files", Value: fmt.Sprintf("%T", fsys)}},
		Phase:  registry.Phase1, Err: err,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			Of(reg).packages[name] = &source{name: name, fsys: fsys, spec: name + ":"}
			return nil
		},
	}
	if name == "" {
		d.ID = nil
	}
	cfg.Declare(d)
}

// absent reports whether a file system is nil, also a nil pointer or map.
func absent(fsys fs.FS) bool {
	if fsys == nil {
		return true
	}
	switch v := reflect.ValueOf(fsys); v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Interface:
		return v.IsNil()
	}
	return false
}

// Split splits a specification into the name of the package and the path in it. It returns false
// for one without a colon.
func Split(spec string) (name, path string, ok bool) {
	name, path, ok = strings.Cut(spec, ":")
	return name, path, ok && name != "" && !strings.Contains(name, "/")
}

// SpecOf returns what precedes a path in the specifications of the files of a file system without a
// name: for an os.DirFS its folder and a slash ("/srv/files/"), for others the type in angle
// brackets.
func SpecOf(fsys fs.FS) string {
	if v := reflect.ValueOf(fsys); v.IsValid() && v.Kind() == reflect.String {
		return strings.TrimSuffix(v.String(), "/") + "/"
	}
	return fmt.Sprintf("<%T>/", fsys)
}

// Names returns the names of all packages with assets, sorted.
func (a *Assets) Names() []string { return slices.Sorted(maps.Keys(a.packages)) }

// FileSystems returns the file systems of all packages and overrides.
func (a *Assets) FileSystems() []fs.FS {
	var all []fs.FS
	for _, s := range a.packages {
		all = append(all, s.fsys)
	}
	for _, overrides := range a.overrides {
		for _, o := range overrides {
			if o.place != nil {
				all = append(all, o.place.fsys)
			}
		}
	}
	return all
}

// lookup returns a package, or an error that says which there are.
func (a *Assets) lookup(name string) (*source, error) {
	if s, ok := a.packages[name]; ok {
		return s, nil
	}
	have := a.Names()
	hint := ""
	switch near := registry.Nearest(name, have); {
	case near != "":
		hint = fmt.Sprintf(": did you mean %q?", near)
	case len(have) > 0:
		hint = " (have: " + strings.Join(have, ", ") + ")"
	}
	err := &UnknownError{Name: name, hint: hint}
	return nil, registry.Missing(err, registry.Ref{Category: categoryAssets, ID: name})
}

// UnknownError is the error of a specification whose package has no assets.
type UnknownError struct {
	Name string // of the package

	hint string
}

var _ error = (*UnknownError)(nil)

// Error names the package, and those that there are.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("no assets are called %q%s: add them with config.AddAssets(%q, files)", e.Name, e.hint, e.Name)
}

// errNoPackage is the error of a specification that names no package.
func errNoPackage(spec string) error {
	return fmt.Errorf(`asset %q: missing package: want a specification such as "house:templates/page.html"`, spec)
}

// clean returns the path of fs.FS for the path of a specification, and whether it ended with a
// slash. Empty elements vanish; "." and ".." are fs.ErrInvalid.
func clean(name string) (p string, dir bool, err error) {
	if name == "" {
		return ".", true, nil
	}
	dir = strings.HasSuffix(name, "/")
	parts := strings.Split(name, "/")
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	p = path.Join(parts...)
	if p == "" {
		return ".", true, nil
	}
	if slices.Contains(parts, ".") || slices.Contains(parts, "..") || !fs.ValidPath(p) {
		return "", dir, fs.ErrInvalid
	}
	return p, dir, nil
}

// stat returns where a path is in a file system: an error that is fs.ErrNotExist if it is nowhere
// or, with a final slash, not a folder.
func (s *source) stat(name string) (Place, error) {
	p, dir, err := clean(name)
	if err != nil {
		return Place{}, fs.ErrNotExist
	}
	info, err := fs.Stat(s.fsys, p)
	switch {
	case errors.Is(err, fs.ErrInvalid):
		return Place{}, fs.ErrNotExist
	case err != nil:
		return Place{}, err
	case dir && !info.IsDir():
		return Place{}, fs.ErrNotExist
	}
	spec := s.spec + p
	if p == "." {
		spec = strings.TrimSuffix(s.spec, "/")
	}
	return Place{FS: s.fsys, Path: p, Spec: spec, Info: info}, nil
}
