package traversal

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"path"
	"strings"
)

// FS returns a tree of a file system: directories are [*Dir], regular files are [*File], and
// nothing else is a resource.
//
// Names that are not a single element of a path, such as ".." and names with a slash, are not
// found, so that no URL leads out of the tree. But os.DirFS follows symbolic links wherever they
// lead. If others can write into the directory, use the FS method of os.Root, which refuses links
// that lead out of it.
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

// FS returns the file system that d belongs to.
func (d *Dir) FS() fs.FS { return d.fsys }

// Path returns the path of d in its file system, "." at the top.
func (d *Dir) Path() string { return d.path }

// Stat returns the fs.FileInfo of d.
func (d *Dir) Stat() (fs.FileInfo, error) { return fs.Stat(d.fsys, d.path) }

// Child returns the file or directory of that name, or ErrNotFound.
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

// Children yields what Child finds, in the order of fs.ReadDir, which sorts by name.
func (d *Dir) Children(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		entries, err := fs.ReadDir(d.fsys, d.path)
		for _, e := range entries {
			res := d.resource(path.Join(d.path, e.Name()), e.Type())
			if res == nil { // perhaps a symbolic link
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

// resource returns the resource at a path of that mode, or nil.
func (d *Dir) resource(at string, mode fs.FileMode) Resource {
	switch {
	case mode.IsDir():
		return &Dir{d.fsys, at}
	case mode.IsRegular():
		return &File{d.fsys, at}
	}
	return nil
}

// isElement reports whether name is a single element of a path, and not "." or "..".
func isElement(name string) bool {
	return name != "." && fs.ValidPath(name) && !strings.ContainsAny(name, "/\x00")
}

// File is a regular file as a resource.
type File struct {
	fsys fs.FS
	path string
}

// FS returns the file system that f belongs to.
func (f *File) FS() fs.FS { return f.fsys }

// Path returns the path of f in its file system.
func (f *File) Path() string { return f.path }

// Stat returns the fs.FileInfo of f.
func (f *File) Stat() (fs.FileInfo, error) { return fs.Stat(f.fsys, f.path) }

// Open opens f for reading. The caller must close it.
func (f *File) Open() (fs.File, error) { return f.fsys.Open(f.path) }
