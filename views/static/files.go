package static

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/views/assets"
)

// source finds the files of a static view by their path below it, "" for the folder itself. What it
// returns is a file or a folder; anything else, such as a socket, and what is hidden, is
// fs.ErrNotExist.
type source interface {
	find(name string) (assets.Place, error)
	// spec returns what precedes a path in its specification.
	spec() string
	// immutable reports whether no file ever comes, goes or changes: all are part of the program.
	immutable() bool
	// all returns all files.
	all() (fs.FS, error)
}

// folder is a file system as a source.
type folder struct{ fsys fs.FS }

func (f folder) spec() string    { return assets.SpecOf(f.fsys) }
func (f folder) immutable() bool { return inProgram(f.fsys) }

func (f folder) all() (fs.FS, error) { return f.fsys, nil }

// inProgram reports whether the files of a file system are part of the program: then its root, too,
// has no time.
func inProgram(fsys fs.FS) bool {
	info, err := fs.Stat(fsys, ".")
	return err == nil && info.ModTime().IsZero()
}

func (f folder) find(name string) (assets.Place, error) {
	p := name
	if p == "" {
		p = "."
	}
	info, err := fs.Stat(f.fsys, p)
	return checked(assets.Place{FS: f.fsys, Path: p, Info: info}, err)
}

// named is a folder of assets as a source.
type named struct {
	assets *assets.Assets
	prefix string // the specification of the folder, without final slash unless it is a package
}

func (n named) spec() string {
	if strings.HasSuffix(n.prefix, ":") {
		return n.prefix
	}
	return n.prefix + "/"
}

func (n named) immutable() bool {
	return !slices.ContainsFunc(n.assets.FileSystems(), func(f fs.FS) bool { return !inProgram(f) })
}

func (n named) all() (fs.FS, error) { return n.assets.FS(n.prefix) }

// find looks for "house:static/" and "house:static/app.css": as in Pyramid, the folder itself has a
// slash at its end, so that an override of its content covers it.
func (n named) find(name string) (assets.Place, error) {
	return checked(n.assets.Find(n.spec() + name))
}

// checked turns the errors of a name that no file can have into fs.ErrNotExist.
func checked(p assets.Place, err error) (assets.Place, error) {
	switch {
	case err == nil && (p.Info.IsDir() || p.Info.Mode().IsRegular()):
		return p, nil
	case err == nil, errors.Is(err, fs.ErrInvalid), unusable(err):
		return assets.Place{}, fs.ErrNotExist
	}
	return assets.Place{}, err
}

// unusable reports whether an error of the operating system says that there is no such file to
// serve: one of a name that is too long, below a file in place of a folder, or that a link leads to
// outside of an os.Root.
func unusable(err error) bool {
	text := err.Error()
	return strings.HasSuffix(text, "file name too long") || strings.HasSuffix(text, "not a directory") ||
		strings.HasSuffix(text, "path escapes from parent")
}

// stamp says which file a name was, to notice that it is another one or has changed. The zero stamp
// is that of no file.
type stamp struct {
	place    string
	modified time.Time
	size     int64
	changed  int64 // in nanoseconds, where the system says it
}

func stampOf(p assets.Place) stamp {
	place := p.Spec
	if place == "" {
		place = p.Path
	}
	return stamp{place, p.Info.ModTime(), p.Info.Size(), changed(p.Info)}
}

// fixed reports whether a file cannot change: those that are part of the program have no time.
func (s stamp) fixed() bool { return s.modified.IsZero() && s.place != "" }

// settled reports whether a change of the file would show in its times. Two changes within the
// resolution of a clock do not, so a file that changed just now may have changed again.
func (s stamp) settled(now time.Time) bool {
	if s.changed != 0 {
		age := now.UnixNano() - s.changed
		return age > int64(100*time.Millisecond) || age < 0
	}
	return s.modified.IsZero() || now.Sub(s.modified) > 2*time.Second || now.Before(s.modified)
}

// asContent returns an open file as content.
func asContent(f fs.File) content {
	if c, ok := f.(content); ok {
		return c
	}
	return &forward{File: f}
}

// forward is a file that cannot be sought, such as one in a zip archive. It is read from its start
// to its end, and skips what is not sent.
type forward struct {
	fs.File
	at int64
}

func (f *forward) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.at += int64(n)
	return n, err
}

// Seek skips to an offset from the start. To move back is an error.
func (f *forward) Seek(offset int64, whence int) (int64, error) {
	if whence != io.SeekStart || offset < f.at {
		return f.at, errors.ErrUnsupported
	}
	_, err := io.CopyN(io.Discard, f, offset-f.at)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return f.at, err
}

// hidden reports whether a path has an element that begins with a dot, such as ".git". What is
// below ".well-known" (RFC 8615) is for clients.
func hidden(name string) bool {
	if name == "" || name[0] != '.' && !strings.Contains(name, "/.") {
		return false
	}
	for element := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(element, ".") && element != ".well-known" {
			return true
		}
	}
	return false
}

// servable reports whether a path may be that of a file: clean, without NUL and backslash, and not
// hidden. "" is the folder itself.
func servable(name string) bool {
	return name == "" || name != "." && fs.ValidPath(name) && !strings.ContainsAny(name, "\x00\\") && !hidden(name)
}

// join returns the path of a name beside another file; false if it leaves the static view.
func join(beside, name string) (string, bool) {
	p := path.Join(path.Dir(beside), name)
	return p, p != "." && p != ".." && !strings.HasPrefix(p, "../") && servable(p)
}
