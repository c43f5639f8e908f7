package main

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/traversal"
)

// Entry is every resource of the site: a folder or one of the kinds of files.
type Entry interface {
	// Kind says what it is in a word or two.
	Kind() string
	mediaType() string // of the raw file; "" for a folder
	at() *place
}

// place is what all resources have: where they lie, and what the file system
// says about that. They are made anew for each request.
type place struct {
	site *Site
	path string      // within the directory, "." at the top
	info fs.FileInfo // of what a link leads to
}

func (p *place) at() *place { return p }

// name is the last element of the path; the root has the directory's own.
func (p *place) name() string {
	if p.path == "." {
		return p.site.name
	}
	return path.Base(p.path)
}

// Folder is a directory.
type Folder struct{ place }

// File is a regular file without a better type: there is nothing to show of it.
type File struct {
	place
	kind kind
}

// Text is a file that people can read: programs, data, notes.
type Text struct{ File }

// Markdown is a text that is shown as the page it describes.
type Markdown struct{ Text }

// Image is a picture that browsers can show.
type Image struct{ File }

// Media is sound or film that browsers can play.
type Media struct{ File }

var (
	_ traversal.Container = (*Folder)(nil)
	_ traversal.Lister    = (*Folder)(nil)
	_ Entry               = (*Folder)(nil)
	_ Entry               = (*File)(nil)
)

// Kind is the word for it.
func (*Folder) Kind() string { return "Folder" }

// Kind is what the name of the file says.
func (f *File) Kind() string {
	return cmp.Or(f.kind.Label, "File")
}

// Kind is what the name of the file says.
func (t *Text) Kind() string {
	return cmp.Or(t.kind.Label, "Text")
}

func (*Folder) mediaType() string { return "" }
func (f *File) mediaType() string { return cmp.Or(f.kind.Type, "application/octet-stream") }

// Child is the folder or file of that name. All that a client can name goes
// through here.
func (f *Folder) Child(_ context.Context, name string) (traversal.Resource, error) {
	if !f.site.shows(name) || f.isDeepest() {
		return nil, traversal.ErrNotFound
	}
	entry, err := f.site.find(below(f.path, name))
	if err != nil {
		return nil, err
	}
	return entry, nil
}

// isDeepest tells whether what lies in the folder is too deep to be reached.
func (f *Folder) isDeepest() bool { return strings.Count(f.path, "/") >= maxDepth }

// Children are all folders and files, sorted by name. The pages use list, which
// looks into no file.
func (f *Folder) Children(ctx context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		list, err := f.list(ctx)
		if err != nil {
			yield(traversal.Entry{}, err)
			return
		}
		list.sort("name", false)
		for _, item := range list.items {
			if !item.reachable() {
				continue
			}
			child, err := f.Child(ctx, item.name)
			if err != nil {
				continue // it is gone, or closed to us
			}
			if !yield(traversal.Entry{Name: item.name, Resource: child}, nil) {
				return
			}
		}
	}
}

// open opens the file for reading.
func (f *File) open() (*os.File, fs.FileInfo, error) { return f.site.open(f.path) }

// head reads the first n bytes of the file, or all of them.
func (f *File) head(n int) ([]byte, error) {
	file, _, err := f.open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	b, err := io.ReadAll(io.LimitReader(file, int64(n)))
	if err != nil {
		return nil, f.site.answer(err)
	}
	return b, nil
}

// newFile finds the type of a regular file, by its name if that is enough.
// What might be a text is looked into, for many texts have telling names
// (LICENSE, Makefile, .ts) and some have misleading ones.
func newFile(p place) Entry {
	f := File{place: p, kind: kindOf(p.name())}
	switch f.kind.Class {
	case classImage:
		return &Image{f}
	case classMedia:
		return &Media{f}
	case classBinary:
		return &f
	}
	b, err := f.head(lookedAt)
	if err != nil || !isText(b) {
		if f.kind.Class != classUnknown {
			f.kind = kind{Icon: "file"} // the name promised a text
		}
		return &f
	}
	if f.kind.Class == classUnknown {
		f.kind.Type = ""
	}
	if f.kind.Type == "" {
		f.kind.Type = "text/plain; charset=utf-8"
	}
	if !isUTF8(b) {
		f.kind.Type, _, _ = strings.Cut(f.kind.Type, ";") // it has a charset that nothing tells
	}
	if f.kind.Class == classMarkdown {
		return &Markdown{Text{f}}
	}
	return &Text{f}
}

// lookedAt is how much of a file tells what it is.
const lookedAt = 1024

// isUTF8 tells whether a file is in UTF-8, as far as it begins with b.
func isUTF8(b []byte) bool {
	for cut := 1; len(b) == lookedAt && cut < utf8.UTFMax; cut++ { // the last character may go on
		if end := b[lookedAt-cut:]; utf8.RuneStart(end[0]) {
			if !utf8.FullRune(end) {
				b = b[:lookedAt-cut]
			}
			break
		}
	}
	return utf8.Valid(b)
}

// isText tells whether a file that begins with b is text in UTF-8, or in one
// of the older encodings that extend ASCII.
func isText(b []byte) bool {
	if bytes.IndexByte(b, 0) >= 0 {
		return false
	}
	odd := 0
	for rest := b; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 && utf8.FullRune(rest) || r < ' ' && !strings.ContainsRune("\t\n\r\f\x1b", r) {
			odd++
		}
		rest = rest[size:]
	}
	return odd <= 1+len(b)/10
}
