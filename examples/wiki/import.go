package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/examples/markdown"
	"github.com/mastaba-go/mastaba/examples/wiki/merge"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// importer brings a directory of Markdown files into the wiki. It can be repeated: what is there
// already is compared, and only what differs is changed.
type importer struct {
	w      *wiki
	author string
	site   string               // the address of the directory on the web, for links that are written in full
	ready  func(files int)      // before the first file
	step   func(file string)    // after each file
	report func(problem string) // what was left out, and each link that leads nowhere

	fsys     fs.FS
	places   places
	contents map[string][]importEntry // of each directory
	manifest manifest
	counts   importCounts
}

type importCounts struct{ Folders, Created, Updated, Unchanged, Skipped, Broken int }

// importEntry is a directory or a file that becomes a resource.
type importEntry struct {
	path string // of the file
	name string // in the wiki
	kind entryKind
}

type entryKind int

const (
	folderEntry entryKind = iota
	pageEntry
	fileEntry
)

// run imports a directory into a folder of the wiki. Each folder is imported as a whole or not at
// all, in pieces of some hundred pages if it is large.
func (i *importer) run(ctx context.Context, dir string, into *Folder) (importCounts, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return i.counts, err
	}
	defer root.Close()
	i.fsys = root.FS() // follows no link that leads out of it
	if i.manifest, err = readManifest(i.fsys); err != nil {
		return i.counts, err
	}
	if err := i.scan(); err != nil {
		return i.counts, err
	}
	i.ready(i.files())
	return i.counts, i.fill(ctx, "", into)
}

// files returns how many pages and files the directory has, after a scan.
func (i *importer) files() (n int) {
	for _, entries := range i.contents {
		for _, e := range entries {
			if e.kind != folderEntry {
				n++
			}
		}
	}
	return n
}

// scan finds what can be imported, and where it goes.
func (i *importer) scan() error {
	i.places, i.contents = places{"": ""}, map[string][]importEntry{}
	taken := map[string]bool{} // paths in the wiki
	var files []string
	place := func(file, name string, kind entryKind) {
		parent, ok := i.places[dirOf(file)]
		if !ok {
			return // its directory was skipped
		}
		stem, extension := name, ""
		if kind == fileEntry {
			extension = path.Ext(name)
			stem = strings.TrimSuffix(name, extension)
		}
		at := path.Join(parent, name)
		for n := 2; taken[at]; n++ {
			at = path.Join(parent, fmt.Sprintf("%s-%d%s", stem, n, extension))
		}
		taken[at], i.places[file] = true, at
		i.contents[dirOf(file)] = append(i.contents[dirOf(file)], importEntry{file, path.Base(at), kind})
	}
	err := fs.WalkDir(i.fsys, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case file == ".":
		case strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
			place(file, nameOf(d.Name()), folderEntry)
		case !d.Type().IsRegular():
			i.skip(file, "is no regular file")
		default:
			files = append(files, file) // after the directories, which keep their names
		}
		return nil
	})
	for _, file := range files {
		bare, isPage := strings.CutSuffix(path.Base(file), ".md")
		if !isPage {
			place(file, fileName(path.Base(file)), fileEntry)
			continue
		}
		name := nameOf(bare)
		if taken[path.Join(i.places[dirOf(file)], name)] {
			name = nameOf(path.Base(file)) // beside a folder of the same name
		}
		place(file, name, pageEntry)
	}
	return err
}

func (i *importer) skip(file, why string) {
	i.counts.Skipped++
	i.report(file + ": skipped: it " + why)
}

// dirOf returns the directory of a path as places name it.
func dirOf(file string) string { return strings.TrimPrefix(path.Dir(file), ".") }

// nameOf turns the name of a file into one that checkName accepts.
func nameOf(file string) string {
	var name strings.Builder
	for _, r := range file {
		switch {
		case unicode.In(r, unicode.L, unicode.N), name.Len() > 0 && (unicode.Is(unicode.M, r) || strings.ContainsRune("._-", r)):
			name.WriteRune(r)
		case name.Len() > 0 && !strings.HasSuffix(name.String(), "-"):
			name.WriteByte('-')
		}
	}
	short := []rune(strings.TrimRight(name.String(), "-"))
	short = short[:min(len(short), 90)] // room for a number
	if len(short) == 0 {
		return "page"
	}
	return string(short)
}

// perUnit is how many resources one unit of work brings in.
const perUnit = 200

// fill imports the contents of a directory into a folder.
func (i *importer) fill(ctx context.Context, dir string, folder *Folder) error {
	folders := map[string]*Folder{}
	for piece := range slices.Chunk(i.contents[dir], perUnit) {
		before := i.counts
		var problems []string
		contents, err := i.storeContents(ctx, folder, piece)
		if err != nil {
			return err
		}
		err = transaction.Run(ctx, i.w.db, transaction.RunOptions{Attempts: 5}, func(ctx context.Context) error {
			i.counts, problems = before, nil // it may be a second attempt
			present, err := i.present(ctx, folder)
			if err != nil {
				return err
			}
			for _, e := range piece {
				problem, err := i.put(ctx, folder, e, present[e.name], contents[e.path], folders)
				if err != nil {
					return fmt.Errorf("%s: %w", e.path, err)
				}
				problems = append(problems, problem...)
			}
			return nil
		})
		if err != nil {
			return errors.Join(err, i.dropContents(ctx, contents))
		}
		for _, problem := range problems {
			i.report(problem)
		}
		for _, e := range piece {
			if e.kind != folderEntry {
				i.step(e.path)
			}
		}
	}
	for _, e := range i.contents[dir] {
		if sub := folders[e.path]; sub != nil {
			if err := i.fill(ctx, e.path, sub); err != nil {
				return err
			}
		}
	}
	return nil
}

// present returns what a folder has already.
func (i *importer) present(ctx context.Context, folder *Folder) (map[string]traversal.Resource, error) {
	present := map[string]traversal.Resource{}
	for child, err := range folder.Children(ctx) {
		if err != nil {
			return nil, err
		}
		present[child.Name] = child.Resource
	}
	return present, nil
}

// put creates or updates a resource, and returns what was wrong with it. content is that of a file
// that is new or has changed.
func (i *importer) put(ctx context.Context, folder *Folder, e importEntry, present traversal.Resource, content *importedContent, folders map[string]*Folder) (problems []string, err error) {
	ctx = sqltree.WithActor(ctx, userPrefix+i.author)
	switch e.kind {
	case pageEntry:
		return i.putPage(ctx, folder, e, present)
	case fileEntry:
		return i.putFile(ctx, folder, e, present, content)
	}
	sub, ok := present.(*Folder)
	switch {
	case present != nil && !ok:
		return i.elsewhere(e), nil
	case !ok:
		i.counts.Folders++
		sub = &Folder{Title: i.manifest.Resources[e.path].title(e.name)}
		err = i.create(ctx, folder, e, sub)
	}
	folders[e.path] = sub
	return nil, err
}

// elsewhere skips an entry whose name something of another kind has.
func (i *importer) elsewhere(e importEntry) []string {
	i.counts.Skipped++
	return []string{e.path + ": skipped: the wiki has something else of this name"}
}

func (i *importer) putPage(ctx context.Context, folder *Folder, e importEntry, present traversal.Resource) (problems []string, err error) {
	page, ok := present.(*Page)
	source, err := fs.ReadFile(i.fsys, e.path)
	why := ""
	switch {
	case err != nil:
		return nil, err
	case present != nil && !ok:
		return i.elsewhere(e), nil
	case !utf8.Valid(source) || bytes.ContainsRune(source, 0):
		why = "it is no text in UTF-8"
	case len(source) > mostText:
		why = fmt.Sprintf("it has more than %d bytes", mostText)
	}
	if why != "" {
		i.counts.Skipped++
		return []string{e.path + ": skipped: " + why}, nil
	}
	text := merge.Normal(i.places.relink(string(source), e.path, i.site, func(link string, line int) {
		i.counts.Broken++
		problems = append(problems, fmt.Sprintf("%s:%d: the link %s leads nowhere", e.path, line, link))
	}))
	title := i.manifest.Resources[e.path].title(titleOf(text, e.name))
	switch {
	case !ok:
		i.counts.Created++
		page = &Page{Title: title, Text: text}
		err = i.create(ctx, folder, e, page)
	case page.Title == title && page.Text == text:
		i.counts.Unchanged++
		return problems, nil
	default:
		i.counts.Updated++
		page.Title, page.Text = title, text
		if err = i.w.tree.Update(ctx, page); errors.Is(err, sqltree.ErrConflict) {
			err = transaction.MarkRetryable(err)
		}
	}
	if err != nil {
		return nil, err
	}
	return problems, i.w.keep(ctx, page, i.author)
}

// create puts a resource into a folder, with the access list that the manifest has for it.
func (i *importer) create(ctx context.Context, folder *Folder, e importEntry, res sqltree.Resource) error {
	if err := i.w.tree.Create(ctx, folder, e.name, res); err != nil {
		return err
	}
	if list := i.manifest.Resources[e.path].ACL; list != nil {
		return i.w.tree.SetACL(ctx, res, list)
	}
	return nil
}

// titleOf returns the title of a text, which is otherwise that of its name.
func titleOf(text, name string) string {
	title := []rune(markdown.Title([]byte(text)))
	if len(title) == 0 {
		return name
	}
	for len(string(title)) > mostTitle {
		title = title[:len(title)-1]
	}
	return string(title)
}
