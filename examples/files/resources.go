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
	// Kind names the kind of entry in a word or two.
	Kind() string
	mediaType() string // of the raw file; "" for a folder
	at() *place
}

// place is what all resources share: their path and what the file system reports about it. They are
// created anew for each request.
type place struct {
	site *Site
	path string      // within the directory; "." is the root
	info fs.FileInfo // of the target, for a link
}

func (p *place) at() *place { return p }

// name returns the last element of the path; for the root, the name of the directory.
func (p *place) name() string {
	if p.path == "." {
		return p.site.name
	}
	return path.Base(p.path)
}

// Folder is a directory.
type Folder struct{ place }

// File is a regular file without a better type; it has no preview.
type File struct {
	place
	kind kind
}

// Text is a file of text, such as source code, data or notes.
type Text struct{ File }

// Markdown is a text that is rendered.
type Markdown struct{ Text }

// Image is a picture that browsers can show.
type Image struct{ File }

// Media is audio or video that browsers can play.
type Media struct{ File }

var (
	_ traversal.Container = (*Folder)(nil)
	_ traversal.Lister    = (*Folder)(nil)
	_ Entry               = (*Folder)(nil)
	_ Entry               = (*File)(nil)
)

// Kind returns "Folder".
func (*Folder) Kind() string { return "Folder" }

// Kind returns the kind by the name of the file.
func (f *File) Kind() string {
	return cmp.Or(f.kind.Label, "File")
}

// Kind returns the kind by the name of the file.
func (t *Text) Kind() string {
	return cmp.Or(t.kind.Label, "Text")
}

func (*Folder) mediaType() string { return "" }
func (f *File) mediaType() string { return cmp.Or(f.kind.Type, "application/octet-stream") }

// Child returns the folder or file of that name. Every name that a client sends passes through
// here.
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

// isDeepest reports whether the entries of the folder are too deep to be reached.
func (f *Folder) isDeepest() bool { return strings.Count(f.path, "/") >= maxDepth }

// Children yields all folders and files, sorted by name. The pages use scan, which opens no file.
func (f *Folder) Children(ctx context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		all := selection{order: order("name", false), limit: f.site.bounds.listing}
		_, err := f.scan(ctx, func(i item) bool {
			if i.reachable() {
				all.add(i)
			}
			return true
		})
		if err != nil {
			yield(traversal.Entry{}, err)
			return
		}
		for _, i := range all.sorted() {
			child, err := f.Child(ctx, i.name)
			if err != nil {
				continue // deleted since, or not readable
			}
			if !yield(traversal.Entry{Name: i.name, Resource: child}, nil) {
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
		return nil, f.site.withStatus(err)
	}
	return b, nil
}

// newFile returns a regular file as the resource of its type: by its name if that is enough,
// otherwise by its first bytes. Many texts have no known extension (LICENSE), and some names
// mislead.
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
			f.kind = kind{Icon: "file"} // not text, despite its name
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
		f.kind.Type, _, _ = strings.Cut(f.kind.Type, ";") // its charset is unknown
	}
	if f.kind.Class == classMarkdown {
		return &Markdown{Text{f}}
	}
	return &Text{f}
}

// lookedAt is the number of bytes that decide the type of a file.
const lookedAt = 1024

// isUTF8 reports whether b, the first bytes of a file, is UTF-8.
func isUTF8(b []byte) bool {
	for cut := 1; len(b) == lookedAt && cut < utf8.UTFMax; cut++ { // the last character may be cut off
		if end := b[lookedAt-cut:]; utf8.RuneStart(end[0]) {
			if !utf8.FullRune(end) {
				b = b[:lookedAt-cut]
			}
			break
		}
	}
	return utf8.Valid(b)
}

// isText reports whether b, the first bytes of a file, is text in UTF-8 or in one of the older
// encodings that extend ASCII.
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
