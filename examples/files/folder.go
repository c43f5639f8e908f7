package main

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// item is one entry of a folder. To keep it cheap, no file is opened for it.
type item struct {
	name  string
	lower string      // to sort by
	info  fs.FileInfo // of the target of a link; nil if it leads nowhere inside the site
	link  bool
	deep  bool // too deep for a URL
}

func (i item) isFolder() bool { return i.info != nil && i.info.IsDir() }

// reachable reports whether a URL can name the item: it is a folder or a regular file, not too
// deep, and its name is UTF-8 and does not begin like the name of a view.
func (i item) reachable() bool {
	return i.info != nil && !i.deep && (i.info.IsDir() || i.info.Mode().IsRegular()) &&
		utf8.ValidString(i.name) && !strings.HasPrefix(i.name, "@@")
}

func (i item) kind() kind {
	switch {
	case i.info == nil:
		return kind{Label: "Broken link", Icon: "link"}
	case i.info.IsDir():
		return kind{Label: "Folder", Icon: "folder"}
	case !i.info.Mode().IsRegular():
		return kind{Label: "Device", Icon: "file"}
	}
	k := kindOf(i.name)
	if k.Label == "" {
		k.Label = "File"
	}
	return k
}

func (i item) size() int64 {
	if i.info == nil || !i.info.Mode().IsRegular() {
		return -1
	}
	return i.info.Size()
}

func (i item) modified() time.Time {
	if i.info == nil {
		return time.Time{}
	}
	return i.info.ModTime()
}

// items are the entries of a folder; more means that not all of them were read.
type items struct {
	items []item
	more  bool
}

// list reads a folder.
func (f *Folder) list(ctx context.Context) (items, error) {
	dir, err := f.site.root.Open(f.path)
	if err != nil {
		return items{}, f.site.withStatus(err)
	}
	defer func() { _ = dir.Close() }()
	var list items
	for {
		entries, err := dir.ReadDir(1000)
		for _, entry := range entries {
			if !f.site.shows(entry.Name()) {
				continue
			}
			if len(list.items) == f.site.bounds.listing {
				list.more = true
				return list, nil
			}
			list.items = append(list.items, f.item(entry))
		}
		switch {
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return items{}, f.site.withStatus(err)
		case ctx.Err() != nil:
			return items{}, ctx.Err()
		}
	}
}

func (f *Folder) item(entry fs.DirEntry) item {
	i := item{name: entry.Name(), lower: strings.ToLower(entry.Name()), deep: f.isDeepest()}
	if entry.Type()&fs.ModeSymlink != 0 {
		i.link = true
		i.info, _ = f.site.stat(below(f.path, i.name)) // nil if it leads nowhere inside the site
	} else {
		i.info, _ = entry.Info() // nil if it has been deleted
	}
	return i
}

// sort sorts by a column, folders first; equal items are sorted by name.
func (l items) sort(column string, descending bool) {
	slices.SortFunc(l.items, func(a, b item) int {
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
			by = a.modified().Compare(b.modified())
		case "kind":
			by = cmp.Compare(a.kind().Label, b.kind().Label)
		}
		by = cmp.Or(by, cmp.Compare(a.lower, b.lower), cmp.Compare(a.name, b.name))
		if descending {
			return -by
		}
		return by
	})
}

// folderQuery is the query of a folder's page.
type folderQuery struct {
	Sort string `form:"sort"`
	Desc bool   `form:"desc"`
	Page int    `form:"page"`
}

// Validate is called by views.OnInput; its error becomes a 422.
func (q folderQuery) Validate() error {
	if !slices.Contains([]string{"", "name", "kind", "size", "time"}, q.Sort) {
		return errors.New("invalid sort: expected name, kind, size or time")
	}
	if q.Page < 0 {
		return errors.New("invalid page: the first page is 1")
	}
	return nil
}

// url is the query as a link relative to the page.
func (q folderQuery) url() string {
	v := url.Values{}
	if q.Sort != "" && q.Sort != "name" {
		v.Set("sort", q.Sort)
	}
	if q.Desc {
		v.Set("desc", "1")
	}
	if q.Page > 1 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	return "?" + v.Encode()
}

// folderPage is what folder.html shows.
type folderPage struct {
	Rows           []row
	Folders, Files int
	Size           int64
	More           bool
	Deep           bool // none of it can be reached
	Columns        []column
	Page, Pages    int
	First, Last    int // rows, counted from 1
	Previous, Next string
	ReadmeName     string
	Readme         template.HTML
}

type row struct {
	Name, URL  string // URL is "" if the entry cannot be reached
	Kind, Icon string
	Folder     bool
	Link       bool
	Size       int64 // -1 for none
	Time       time.Time
}

type column struct {
	Name, Label, URL string
	Active, Desc     bool
}

// showFolder is the page of a folder: its entries and its README.
func showFolder(r *framework.Request, f *Folder, q folderQuery) (*folderPage, error) {
	list, err := f.list(r.Context())
	if err != nil {
		return nil, err
	}
	list.sort(q.Sort, q.Desc)
	page := &folderPage{More: list.more, Deep: f.isDeepest() && len(list.items) > 0, Page: max(q.Page, 1), Columns: columns(q)}
	for _, i := range list.items {
		if i.isFolder() {
			page.Folders++
		} else {
			page.Files++
			page.Size += max(i.size(), 0)
		}
	}
	size := f.site.bounds.page
	page.Pages = max((len(list.items)+size-1)/size, 1)
	if page.Page > page.Pages {
		return nil, web.NotFound("this folder has " + countText(page.Pages, "page"))
	}
	from := (page.Page - 1) * size
	to := min(from+size, len(list.items))
	page.First, page.Last = from+1, to
	if page.Page > 1 {
		page.Previous = folderQuery{q.Sort, q.Desc, page.Page - 1}.url()
	}
	if page.Page < page.Pages {
		page.Next = folderQuery{q.Sort, q.Desc, page.Page + 1}.url()
	}
	base, err := r.ResourcePath(r.Node())
	if err != nil {
		return nil, err
	}
	page.Rows = make([]row, 0, to-from)
	for _, i := range list.items[from:to] {
		page.Rows = append(page.Rows, i.row(base))
	}
	if page.Page == 1 {
		page.ReadmeName, page.Readme = f.readme(r, list)
	}
	return page, nil
}

// row returns the item as a row of the table. base is the URL of its folder.
func (i item) row(base string) row {
	k := i.kind()
	line := row{
		Name: strings.ToValidUTF8(i.name, "\uFFFD"), Kind: k.Label, Icon: k.Icon,
		Folder: i.isFolder(), Link: i.link, Size: i.size(), Time: i.modified(),
	}
	if i.reachable() {
		line.URL = base + traversal.Quote(i.name)
		if line.Folder {
			line.URL += "/"
		}
	}
	return line
}

// columns returns the headings of the table: a click sorts by one, a second click reverses the
// order.
func columns(q folderQuery) []column {
	sorted := cmp.Or(q.Sort, "name")
	heads := []column{{Name: "name", Label: "Name"}, {Name: "kind", Label: "Kind"}, {Name: "size", Label: "Size"}, {Name: "time", Label: "Modified"}}
	for i := range heads {
		c := &heads[i]
		c.Active = c.Name == sorted
		c.Desc = c.Active && q.Desc
		// The first click on size or time shows the largest or the newest first.
		next := folderQuery{Sort: c.Name, Desc: !c.Active && (c.Name == "size" || c.Name == "time") || c.Active && !q.Desc}
		c.URL = next.url()
	}
	return heads
}

// readme renders the README of a folder, if it has one.
func (f *Folder) readme(r *framework.Request, list items) (name string, html template.HTML) {
	best := len(readmes)
	for _, i := range list.items {
		if at := slices.Index(readmes, i.lower); at >= 0 && at < best && i.reachable() && !i.isFolder() {
			best, name = at, i.name
		}
	}
	if name == "" {
		return "", ""
	}
	entry, err := f.site.find(below(f.path, name))
	if err != nil {
		return "", ""
	}
	switch file := entry.(type) {
	case *Markdown:
		html, err = file.render(r, r.Node())
	case *Text:
		html, err = file.plain()
	}
	if err != nil {
		r.Log().Warn().Err(err).Str("file", name).Msg("cannot render the README")
		return "", ""
	}
	return name, html
}

// readmes are the file names of a README in lower case, the preferred one first.
var readmes = []string{"readme.md", "readme.markdown", "index.md", "readme", "readme.txt", "readme.rst"}
