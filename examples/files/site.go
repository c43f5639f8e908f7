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
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// maxDepth is the most names in a path. A link to its own folder makes an infinite tree, in which
// each level costs more than the one above.
const maxDepth = 100

// Site is a published directory. Everything is opened through its os.Root, so neither a path nor a
// symbolic link leads out of the directory. (Hard links and mounts are up to the owner.)
type Site struct {
	root   *os.Root
	leaves error // the error of root for a path that leaves it; package os does not export it
	name   string
	hidden bool
	access access              // nil: everyone may see everything
	users  *password.Checker   // nil: nobody can log in
	groups map[string][]string // of each user
	bounds bounds
}

// bounds limit the cost of a request for any size of directory.
type bounds struct {
	page     int // rows of a listing on one page
	listing  int // entries that are read of a folder
	children int // children in the JSON of a folder
	text     int // bytes of a text that are shown
	lines    int // lines of a text that are shown
	markdown int // bytes of Markdown that are rendered
	hits     int // results of a search
	visits   int // entries that a search visits
}

var usualBounds = bounds{
	page: 500, listing: 100_000, children: 1000,
	text: 512 << 10, lines: 5000, markdown: 256 << 10,
	hits: 200, visits: 100_000,
}

// openSite opens the directory dir. If hidden is set, names that begin with a dot are published
// too.
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

// Root is the root factory; the directory is the root of the tree.
func (s *Site) Root(*framework.Request) (traversal.Resource, error) {
	info, err := s.root.Stat(".")
	if err != nil {
		return nil, err
	}
	return &Folder{place{site: s, path: ".", info: info}}, nil
}

// shows reports whether a name may be published: it is a single path element on this system, and
// not hidden.
func (s *Site) shows(name string) bool {
	if name == "" || name == "." || strings.ContainsAny(name, "/\x00") || strings.ContainsRune(name, filepath.Separator) || !filepath.IsLocal(name) {
		return false
	}
	return s.hidden || name[0] != '.'
}

// find returns the resource at a path whose names all pass shows. It follows links that stay inside
// the site. Devices, sockets and the like are not resources.
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

// stat describes the file at a path, following links. It returns ErrNotFound if there is none
// inside the directory, and errHidden, which wraps ErrNotFound, if a link leads to a hidden name.
func (s *Site) stat(at string) (fs.FileInfo, error) {
	info, err := s.root.Lstat(at)
	switch {
	case err != nil:
		return nil, s.missing(err)
	case info.Mode()&fs.ModeSymlink != 0 && s.access != nil:
		return nil, traversal.ErrNotFound // see readAccess
	case info.Mode()&fs.ModeSymlink != 0:
		return (&links{site: s}).stat(at)
	}
	return info, nil
}

// missing returns the error of looking up a file: ErrNotFound if it is missing, else err with a
// status.
func (s *Site) missing(err error) error {
	if s.isMissing(err) {
		return traversal.ErrNotFound
	}
	return s.withStatus(err)
}

// open opens a regular file. Opening a pipe would block until it has a writer, so open does not
// block, and checks the type of the opened file.
func (s *Site) open(at string) (*os.File, fs.FileInfo, error) {
	file, err := s.root.OpenFile(at, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, s.withStatus(err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: at, Err: fs.ErrNotExist}
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, s.withStatus(err)
	}
	return file, info, nil
}

// isMissing reports whether an error means that there is no file at a path, or only a link that
// leads outside or in a loop.
func (s *Site) isMissing(err error) bool {
	for _, missing := range []error{fs.ErrNotExist, syscall.ENOTDIR, syscall.ENAMETOOLONG, syscall.ELOOP, syscall.ENXIO, s.leaves} {
		if errors.Is(err, missing) {
			return true
		}
	}
	return false
}

// withStatus returns a file system error with a status for the client: a file may have been deleted
// or become unreadable since the folder was read.
func (s *Site) withStatus(err error) error {
	switch {
	case s.isMissing(err):
		return web.NotFound("this file no longer exists").With(err)
	case errors.Is(err, fs.ErrPermission):
		return web.Forbidden("the server is not allowed to read this").With(err)
	}
	return err
}

// below returns the path of a name in a folder.
func below(folder, name string) string { return path.Join(folder, name) }
