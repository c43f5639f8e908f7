package main

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/mastaba-go/mastaba/traversal"
)

// links follows links to their targets. A link cannot publish a hidden name.
type links struct {
	site  *Site
	known map[string]bool // folders on whose path nothing is hidden or a link
}

const (
	mostLinks = 40   // on the path of one file, as on Linux
	mostKnown = 1000 // folders, to bound the memory
)

// errHidden is the error of a link that leads to a hidden name.
var errHidden = fmt.Errorf("a link leads to a hidden name: %w", traversal.ErrNotFound)

// stat describes the target of the link at a path, like Site.stat.
func (l *links) stat(at string) (fs.FileInfo, error) {
	if !l.site.hidden {
		if err := l.check(at); err == errHidden {
			return nil, err
		} else if err != nil {
			return nil, l.site.missing(err)
		}
	}
	info, err := l.site.root.Stat(at)
	if err != nil {
		return nil, l.site.missing(err)
	}
	return info, nil
}

// check returns errHidden if the target of a link, or a folder on the way to it, is hidden. It
// follows links one by one, as the system does.
func (l *links) check(link string) error {
	real, rest := "", strings.Split(link, "/") // real has no links
	for followed := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			if real = path.Dir(real); real == "." {
				real = ""
			}
			continue
		}
		at := path.Join(real, name)
		if l.known[at] {
			real = at
			continue
		}
		info, err := l.site.root.Lstat(at)
		switch {
		case err != nil:
			return err
		case info.Mode()&fs.ModeSymlink != 0:
			if followed++; followed > mostLinks {
				return syscall.ELOOP
			}
			target, err := l.site.root.Readlink(at)
			if err != nil {
				return err
			}
			rest = append(strings.Split(filepath.ToSlash(target), "/"), rest...)
		case !l.site.shows(name):
			return errHidden
		default:
			if real = at; info.IsDir() {
				l.remember(at)
			}
		}
	}
	return nil
}

func (l *links) remember(folder string) {
	if l.known == nil {
		l.known = map[string]bool{}
	}
	if len(l.known) < mostKnown {
		l.known[folder] = true
	}
}
