package traversal

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"path"
	"strings"
)

// FS makes a tree of a file system: directories are [*Dir], regular files are [*File], and nothing
// else in it is a resource.
//
// A name that is no plain element of a path (with a slash, "..") is not found; the URL cannot climb
// out. But os.DirFS follows symbolic links wherever they lead: use os.Root, whose FS method
// refuses that, if others can write into the directory.
func FS(fsys fs.FS) *Dir { return &Dir{fsys: fsys, path: "."} }

// Dir is a directory as a resource.
type Dir struct {
	fsys fs.FS
	path string
}

var (
	_ Container = (*Dir)(nil)
	_ Lister    = (*Dir)(nil)
)

// FS is the file system that d belongs to.
func (d *Dir) FS() fs.FS { return d.fsys }

// Path is the path of d in its file system, "." at the top.
func (d *Dir) Path() string { return d.path }

// Stat asks the file system about d.
func (d *Dir) Stat() (fs.FileInfo, error) { return fs.Stat(d.fsys, d.path) }

// Child is the file or directory of that name, ErrNotFound if there is none or if it is neither.
func (d *Dir) Child(_ context.Context, name string) (Resource, error) {
	if !isElement(name) {
		return nil, ErrNotFound
	}
	at := path.Join(d.path, name)
	info, err := fs.Stat(d.fsys, at)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNotFound
		}
		return nil, err
	}
	if res := d.resource(at, info.Mode()); res != nil {
		return res, nil
	}
	return nil, ErrNotFound
}

// Children yields what Child finds, sorted by name.
func (d *Dir) Children(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		entries, err := fs.ReadDir(d.fsys, d.path)
		for _, e := range entries {
			res := d.resource(path.Join(d.path, e.Name()), e.Type())
			if res == nil { // a link, perhaps
				found, err := d.Child(ctx, e.Name())
				if isNotFound(err) {
					continue
				}
				if err != nil {
					yield(Entry{}, err)
					return
				}
				res = found
			}
			if !yield(Entry{e.Name(), res}, nil) {
				return
			}
		}
		if err != nil {
			yield(Entry{}, err)
		}
	}
}

func (d *Dir) resource(at string, mode fs.FileMode) Resource {
	switch {
	case mode.IsDir():
		return &Dir{d.fsys, at}
	case mode.IsRegular():
		return &File{d.fsys, at}
	}
	return nil
}

// isElement tells whether name is one element of a path, and no way out of it.
func isElement(name string) bool {
	return name != "." && fs.ValidPath(name) && !strings.ContainsAny(name, "/\x00")
}

// File is a regular file as a resource.
type File struct {
	fsys fs.FS
	path string
}

// FS is the file system that f belongs to.
func (f *File) FS() fs.FS { return f.fsys }

// Path is the path of f in its file system.
func (f *File) Path() string { return f.path }

// Stat asks the file system about f.
func (f *File) Stat() (fs.FileInfo, error) { return fs.Stat(f.fsys, f.path) }

// Open opens f for reading; close it.
func (f *File) Open() (fs.File, error) { return f.fsys.Open(f.path) }
