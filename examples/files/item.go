package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// item is one entry of a folder. To keep it cheap, no file is opened for it.
type item struct {
	name, lower string      // lower is what names are sorted by
	mode        fs.FileMode // only the type: for a link that of its target, or fs.ModeSymlink if isLost
	link        bool
	deep        bool // too deep for a URL
	bytes       int64
	changed     time.Time
}

func (i *item) isFolder() bool { return i.mode.IsDir() }

// isLost reports whether the item is a link that leads nowhere inside the site, or has been
// deleted.
func (i *item) isLost() bool { return i.mode&fs.ModeSymlink != 0 }

// reachable reports whether a URL can name the item: it is a folder or a regular file, not too
// deep, and its name is UTF-8 and does not begin like the name of a view.
func (i *item) reachable() bool {
	return !i.deep && (i.mode.IsDir() || i.mode.IsRegular()) && utf8.ValidString(i.name) && !strings.HasPrefix(i.name, "@@")
}

func (i *item) kind() kind {
	switch {
	case i.isLost():
		return kind{Label: "Broken link", Icon: "link"}
	case i.mode.IsDir():
		return kind{Label: "Folder", Icon: "folder"}
	case !i.mode.IsRegular():
		return kind{Label: "Device", Icon: "file"}
	}
	k := kindOf(i.name)
	if k.Label == "" {
		k.Label = "File"
	}
	return k
}

// size is -1 for what has no size.
func (i *item) size() int64 {
	if !i.mode.IsRegular() {
		return -1
	}
	return i.bytes
}

// describe sets the type, the size and the time.
func (i *item) describe(info fs.FileInfo, err error) {
	if err != nil {
		i.mode = fs.ModeSymlink
		return
	}
	i.mode, i.bytes, i.changed = info.Mode().Type(), info.Size(), info.ModTime()
}

// scan calls fn for each entry of the folder that is shown, in no order, until fn returns false. It
// reports whether there are more entries than the site lists. It never holds the whole folder in
// memory.
func (f *Folder) scan(ctx context.Context, fn func(item) bool) (more bool, err error) {
	dir, err := f.site.root.Open(f.path)
	if err != nil {
		return false, f.site.withStatus(err)
	}
	defer func() { _ = dir.Close() }()
	links := links{site: f.site}
	for n := 0; ; {
		entries, err := dir.ReadDir(1000)
		for _, entry := range entries {
			i, ok := f.item(entry, &links)
			switch {
			case !ok:
				continue
			case n == f.site.bounds.listing:
				return true, nil
			case !fn(i):
				return false, nil
			}
			n++
		}
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, f.site.withStatus(err)
		case ctx.Err() != nil:
			return false, ctx.Err()
		}
	}
}

// item describes an entry. It returns false for what is not shown: hidden names, and links to them.
func (f *Folder) item(entry fs.DirEntry, links *links) (i item, ok bool) {
	i = item{name: entry.Name(), deep: f.isDeepest(), mode: entry.Type()}
	if !f.site.shows(i.name) {
		return i, false
	}
	i.lower = strings.ToLower(i.name)
	if i.link = i.isLost(); !i.link {
		i.describe(entry.Info()) // without a system call: ReadDir of an os.Root has read it
		return i, true
	}
	if f.site.access != nil {
		return i, false // see readAccess
	}
	info, err := links.stat(below(f.path, i.name))
	if errors.Is(err, errHidden) {
		return i, false
	}
	i.describe(info, err)
	return i, true
}

// order returns a function that compares items: folders first, then by a column, then by name.
func order(column string, descending bool) func(a, b item) int {
	return func(a, b item) int {
		if a.isFolder() != b.isFolder() {
			if a.isFolder() {
				return -1
			}
			return 1
		}
		by := 0
		switch column {
		case "size":
			by = cmp.Compare(a.size(), b.size())
		case "time":
			by = a.changed.Compare(b.changed)
		case "kind":
			by = cmp.Compare(a.kind().Label, b.kind().Label)
		}
		by = cmp.Or(by, cmp.Compare(a.lower, b.lower), cmp.Compare(a.name, b.name))
		if descending {
			return -by
		}
		return by
	}
}

// selection keeps the first items in an order, at most limit, so that a page of a large folder
// needs no more than the entries up to it. Once there are limit items, they are a heap with the
// last one on top, so that an item which comes after it costs one comparison.
type selection struct {
	order func(a, b item) int
	limit int
	heap  []item
}

func (s *selection) add(i item) {
	switch {
	case len(s.heap) < s.limit:
		if s.heap = append(s.heap, i); len(s.heap) == s.limit {
			for at := s.limit/2 - 1; at >= 0; at-- {
				s.sink(at)
			}
		}
	case s.limit > 0 && s.order(i, s.heap[0]) < 0:
		s.heap[0] = i
		s.sink(0)
	}
}

// sink moves the item at a place down until the heap is in order again.
func (s *selection) sink(at int) {
	for {
		child := 2*at + 1
		if child >= len(s.heap) {
			return
		}
		if child+1 < len(s.heap) && s.order(s.heap[child], s.heap[child+1]) < 0 {
			child++
		}
		if s.order(s.heap[child], s.heap[at]) <= 0 {
			return
		}
		s.heap[at], s.heap[child] = s.heap[child], s.heap[at]
		at = child
	}
}

// sorted returns the items in order. Nothing can be added afterwards.
func (s *selection) sorted() []item {
	slices.SortFunc(s.heap, s.order)
	return s.heap
}
