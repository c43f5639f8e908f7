package assets

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
)

// override puts what it names in place of a file, or of a folder: of all names that begin with
// path.
type override struct {
	path string
	dir  bool

	with       string  // the package that it names, "" if it names a place
	place      *source // the place, nil if it names a package
	prefix     string  // of the path in with or place
	specPrefix string  // of the specification in with or place
}

// covers returns what follows the override's path in name, and whether the override covers name.
func (o *override) covers(name string) (rest string, ok bool) {
	if o.dir {
		return strings.CutPrefix(name, o.path)
	}
	return "", name == o.path
}

// Override is a directive that puts one asset in place of another, both given by their
// specification: a file for a file ("house:logo.svg", "site:img/own.svg"), or a folder for a folder
// ("house:templates/", "site:pages/"). The specification of a folder ends with a slash; a name
// alone ("house" or "house:") is all files of that package. A name that with lacks is looked up in
// earlier overrides, and then in the package itself.
//
// A folder for a file or a file for a folder, an asset in place of itself, and names that no
// [Add] registered are configuration errors. The path in with does not have to exist.
func Override(c registry.Recorder, asset, with string) {
	cfg := c.Directive()
	o := &override{}
	name, err := o.replaces(asset)
	if err == nil {
		o.with, o.prefix, err = parse(with)
	}
	if err == nil {
		o.specPrefix = o.with + ":" + o.prefix
		err = o.check(asset, with, o.prefix == "" || strings.HasSuffix(o.prefix, "/"))
	}
	o.declare(cfg, name, asset, with, err)
}

// OverrideFS is like [Override] for files without a name: with is a file or folder of fsys, "." for
// all of it. It must exist when the application is built; a final slash makes no difference. These
// files cannot be overridden themselves.
func OverrideFS(c registry.Recorder, asset string, fsys fs.FS, with string) {
	cfg := c.Directive()
	o := &override{}
	name, err := o.replaces(asset)
	if err == nil && absent(fsys) {
		err = fmt.Errorf("override asset %q: nil file system: want an fs.FS, such as an embed.FS or os.DirFS(folder)", asset)
	}
	if err == nil {
		o.place = &source{fsys: fsys, spec: SpecOf(fsys)}
		var found Place
		if found, err = o.place.stat(strings.TrimPrefix(with, ".")); err != nil {
			err = fmt.Errorf("override asset %q: no file or folder %q in %s: %w", asset, with, SpecOf(fsys), err)
		} else {
			o.prefix = slashed(strings.TrimPrefix(found.Path, "."), found.IsDir())
			o.specPrefix = o.place.spec + o.prefix
			err = o.check(asset, with, found.IsDir())
		}
	}
	o.declare(cfg, name, asset, SpecOf(fsys)+with, err)
}

// slashed returns the path with a final slash if it is a folder's.
func slashed(path string, dir bool) string {
	if dir && path != "" {
		return path + "/"
	}
	return path
}

// replaces sets what the override replaces, and returns the package of it.
func (o *override) replaces(asset string) (name string, err error) {
	name, o.path, err = parse(asset)
	o.dir = o.path == "" || strings.HasSuffix(o.path, "/")
	return name, err
}

// parse splits a specification, in which a name alone is the whole package.
func parse(spec string) (name, path string, err error) {
	if name, path, ok := Split(spec); ok {
		return name, path, nil
	}
	if spec == "" || strings.Contains(spec, "/") || strings.Contains(spec, ":") {
		return "", "", errNoPackage(spec)
	}
	return spec, "", nil
}

// check returns what is wrong with a file in place of a folder, and the like.
func (o *override) check(asset, with string, dir bool) error {
	switch {
	case asset == with:
		return fmt.Errorf("override asset %q with itself", asset)
	case o.dir && !dir:
		return fmt.Errorf("override folder %q with file %q: put a slash at the end of the second, if it is a folder", asset, with)
	case !o.dir && dir:
		return fmt.Errorf("override file %q with folder %q: put a slash at the end of the first, if it is a folder", asset, with)
	}
	return nil
}

func (o *override) declare(cfg *registry.Config, name, asset, with string, err error) {
	cfg.Declare(registry.Declaration{
		Category: categoryOverrides, Type: "asset override", Title: asset + " -> " + with,
		Subject: fmt.Sprintf("override of asset %q", asset),
		Fields:  []registry.Field{{Name: "asset", Value: asset}, {Name: "with", Value: with}},
		Phase:   registry.Phase1, Err: err,
		Run: func(c *registry.Config, reg *registry.Registry) error {
			a := Of(reg)
			a.overrides[name] = append([]*override{o}, a.overrides[name]...)
			c.Declare(registry.Declaration{
				Phase:   registry.Phase1 + 1, // all packages are known
				Subject: fmt.Sprintf("override of asset %q", asset),
				Run: func(*registry.Config, *registry.Registry) error {
					_, err := a.lookup(name)
					if o.place == nil {
						_, err2 := a.lookup(o.with)
						err = errors.Join(err, err2)
					}
					return err
				},
			})
			return nil
		},
	})
}
