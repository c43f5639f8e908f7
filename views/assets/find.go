package assets

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
)

// Place is a file or folder that was found.
type Place struct {
	FS   fs.FS       // the file system that it is in
	Path string      // its path there, "." for the whole
	Spec string      // its specification, without final slash: "site:pages/page.html"
	Info fs.FileInfo // what FS says of it
}

// IsDir reports whether it is a folder.
func (p Place) IsDir() bool { return p.Info != nil && p.Info.IsDir() }

// Open opens the file or folder.
func (p Place) Open() (fs.File, error) { return p.FS.Open(p.Path) }

// Find returns the file or folder of a specification, which is the first one that exists: the
// overrides are tried, the last registered first, and then the package. Whether spec ends with a
// slash matters: an override of "house:a/" covers "house:a/" and all below it, but not "house:a",
// and only a folder has a name with a slash at its end. The error is fs.ErrNotExist for a file that
// exists nowhere and for a path with "." or "..", and an *[UnknownError] for a package without
// assets.
//
// A call costs one fs.Stat for each override that covers the name.
func (a *Assets) Find(spec string) (Place, error) {
	for place, err := range a.candidates(spec) {
		return place, err
	}
	return Place{}, &fs.PathError{Op: "find asset", Path: spec, Err: fs.ErrNotExist}
}

// candidates yields all files and folders that a specification may mean, the one that it means
// first. An error other than that a file does not exist ends it.
func (a *Assets) candidates(spec string) iter.Seq2[Place, error] {
	return func(yield func(Place, error) bool) {
		name, path, ok := Split(spec)
		if !ok {
			yield(Place{}, errNoPackage(spec))
			return
		}
		a.walk(name, path, nil, func(p Place, err error) bool {
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				yield(Place{}, fmt.Errorf("asset %q: %w", spec, err))
				return false
			}
			return err != nil || yield(p, nil)
		})
	}
}

// walk calls yield with each place of a path, as far as it exists. used are the overrides on the
// way here: none is used twice, so that overrides that lead to each other come to an end. It
// returns false once yield does.
func (a *Assets) walk(name, path string, used []*override, yield func(Place, error) bool) bool {
	for _, o := range a.overrides[name] {
		rest, ok := o.covers(path)
		if !ok || slices.Contains(used, o) {
			continue
		}
		if o.place != nil {
			if !yield(o.place.stat(o.prefix + rest)) {
				return false
			}
		} else if !a.walk(o.with, o.prefix+rest, append(slices.Clip(used), o), yield) {
			return false
		}
	}
	pkg, err := a.lookup(name)
	if err != nil {
		return yield(Place{}, err)
	}
	return yield(pkg.stat(path))
}

// Target returns the specification that the first override puts in place of spec, the first in
// order whose target exists; spec itself if there is none. Unlike that of a [Place] it is one step:
// the target may be overridden again. Explicit cache busters (static.Explicit) use it.
func (a *Assets) Target(spec string) string {
	name, path, ok := Split(spec)
	if !ok {
		return spec
	}
	for _, o := range a.overrides[name] {
		rest, ok := o.covers(path)
		if !ok {
			continue
		}
		exists := false
		if o.place != nil {
			_, err := o.place.stat(o.prefix + rest)
			exists = err == nil
		} else {
			a.walk(o.with, o.prefix+rest, []*override{o}, func(_ Place, err error) bool {
				exists = err == nil
				return err != nil && errors.Is(err, fs.ErrNotExist)
			})
		}
		if exists {
			return o.specPrefix + rest
		}
	}
	return spec
}
