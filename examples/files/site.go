package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// maxDepth bounds the names of a path. A link to its own folder makes a tree
// without end, in which each level costs more than the one above.
const maxDepth = 100

// Site is a directory that is published. Everything is opened through its
// os.Root, which follows a link only if that stays inside: neither a path nor a
// link leads out of the directory. (Hard links and mounts are the owner's.)
type Site struct {
	root   *os.Root
	leaves error // what root says of a path that would leave it; os exports no name for it
	name   string
	hidden bool
	bounds bounds
}

// bounds keep a request cheap, however large the directory is.
type bounds struct {
	page     int // rows of a listing on one page
	listing  int // entries of a folder that are read at all
	children int // children in the JSON of a folder
	text     int // bytes of a text that are shown
	lines    int // lines of a text that are shown
	markdown int // bytes of Markdown that are rendered
	hits     int // results of a search
	visits   int // entries that a search looks at
}

var usualBounds = bounds{
	page: 500, listing: 100_000, children: 1000,
	text: 512 << 10, lines: 5000, markdown: 256 << 10,
	hits: 200, visits: 100_000,
}

// openSite opens the directory dir. With hidden, names that begin with a dot
// are published too.
func openSite(dir string, hidden bool) (*Site, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	name := filepath.Base(dir)
	if absolute, err := filepath.Abs(dir); err == nil {
		name = filepath.Base(absolute)
	}
	_, leaves := root.Lstat("..")
	return &Site{root: root, leaves: errors.Unwrap(leaves), name: name, hidden: hidden, bounds: usualBounds}, nil
}

// Close closes the directory.
func (s *Site) Close() error { return s.root.Close() }

// Root is the root factory: the tree begins with the directory itself.
func (s *Site) Root(*framework.Request) (traversal.Resource, error) {
	info, err := s.root.Stat(".")
	if err != nil {
		return nil, err
	}
	return &Folder{place{site: s, path: ".", info: info}}, nil
}

// shows tells whether a name may be published at all: a single element of a
// path, which for this system means nothing else, and not a hidden one.
func (s *Site) shows(name string) bool {
	if name == "" || name == "." || strings.ContainsAny(name, "/\x00") || strings.ContainsRune(name, filepath.Separator) || !filepath.IsLocal(name) {
		return false
	}
	return s.hidden || name[0] != '.'
}

// find gives the resource at a path whose names are all shown.
// Links are followed, as far as they stay inside. What is neither a folder nor
// a regular file (a device, a socket) is no resource.
func (s *Site) find(at string) (Entry, error) {
	info, err := s.stat(at)
	if err != nil {
		return nil, err
	}
	p := place{site: s, path: at, info: info}
	switch {
	case info.IsDir():
		return &Folder{p}, nil
	case info.Mode().IsRegular():
		return newFile(p), nil
	}
	return nil, traversal.ErrNotFound
}

// stat tells about a path, and about what a link leads to; ErrNotFound if that
// is nothing inside the directory.
func (s *Site) stat(at string) (fs.FileInfo, error) {
	info, err := s.root.Stat(at)
	switch {
	case err == nil:
		return info, nil
	case s.isMissing(err):
		return nil, traversal.ErrNotFound
	}
	return nil, s.answer(err)
}

// open opens a regular file. Nothing else: to open a pipe would wait for
// somebody to write into it, so this does not wait, and looks at what it got.
func (s *Site) open(at string) (*os.File, fs.FileInfo, error) {
	file, err := s.root.OpenFile(at, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, s.answer(err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: at, Err: fs.ErrNotExist}
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, s.answer(err)
	}
	return file, info, nil
}

// isMissing tells whether an error means that there is nothing at a path:
// nothing at all, or a link that leads outside or in a circle.
func (s *Site) isMissing(err error) bool {
	for _, missing := range []error{fs.ErrNotExist, syscall.ENOTDIR, syscall.ENAMETOOLONG, syscall.ELOOP, syscall.ENXIO, s.leaves} {
		if errors.Is(err, missing) {
			return true
		}
	}
	return false
}

// answer gives an error of the file system the status that it has for a client:
// a directory may change, or be closed to us, between two looks at it.
func (s *Site) answer(err error) error {
	switch {
	case s.isMissing(err):
		return web.NotFound("it was here a moment ago").With(err)
	case errors.Is(err, fs.ErrPermission):
		return web.Forbidden("the server is not allowed to read this").With(err)
	}
	return err
}

// below is the path of a name in a folder.
func below(folder, name string) string { return path.Join(folder, name) }
