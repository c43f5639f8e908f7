package static

import (
	"errors"
	"io/fs"
	"path"
	"time"
)

// mostNames is the largest folder whose names are kept.
const mostNames = 10_000

// listing is the names in a folder on the disk, so that asking for what is not there, such as the
// compressed copies of a file, costs one look at the folder: the system notes when a name in it
// came or went. It is immutable.
type listing struct {
	at    stamp
	names map[string]struct{}
}

// listing returns the names in a folder of the disk, or nil if they are not known: where the system
// does not say when the folder changed, and for assets, which have several layers.
func (v *view) listing(dir string) *listing {
	f, ok := v.files.(folder)
	if !ok || v.immutable {
		return nil
	}
	place, err := f.find(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &listing{}
	case err != nil, !place.IsDir():
		return nil
	}
	at := stampOf(place)
	if at.changed == 0 {
		return nil
	}
	if known, ok := v.folders.get(dir); ok && known.at == at {
		return known
	}
	entries, err := fs.ReadDir(place.FS, place.Path)
	if err != nil || len(entries) > mostNames {
		return nil
	}
	l := &listing{at, make(map[string]struct{}, len(entries))}
	size := 0
	for _, e := range entries {
		l.names[e.Name()] = struct{}{}
		size += len(e.Name()) + 32
	}
	if at.settled(time.Now()) {
		v.folders.put(dir, l, size)
	}
	return l
}

// has reports whether a file may exist. A nil listing knows nothing.
func (l *listing) has(name string) bool {
	if l == nil {
		return true
	}
	_, ok := l.names[path.Base(name)]
	return ok
}

// folderOf returns the folder of a file, "" for the static view itself.
func folderOf(name string) string {
	dir := path.Dir(name)
	if dir == "." {
		return ""
	}
	return dir
}
