package main

import (
	"cmp"
	"errors"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

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

// showFolder is the page of a folder: its entries and its README. It keeps only the entries up to
// the page in memory.
func showFolder(r *framework.Request, f *Folder, q folderQuery) (*folderPage, error) {
	bounds := f.site.bounds
	page := &folderPage{Page: max(q.Page, 1), Columns: columns(q)}
	rows := selection{order: order(q.Sort, q.Desc)}
	if page.Page <= (bounds.listing+bounds.page-1)/bounds.page {
		rows.limit = min(page.Page*bounds.page, bounds.listing)
	}
	var best readme
	total := 0
	more, err := f.visible(r.Context(), r, r.Node(), func(i item) bool {
		total++
		if i.isFolder() {
			page.Folders++
		} else {
			page.Files++
			page.Size += max(i.size(), 0)
		}
		best.consider(i)
		rows.add(i)
		return true
	})
	if err != nil {
		return nil, err
	}
	page.More, page.Deep = more, f.isDeepest() && total > 0
	page.Pages = max((total+bounds.page-1)/bounds.page, 1)
	if page.Page > page.Pages {
		return nil, web.NotFound("this folder has " + countText(page.Pages, "page"))
	}
	from := (page.Page - 1) * bounds.page
	to := min(from+bounds.page, total)
	page.First, page.Last = from+1, to
	if page.Page > 1 {
		page.Previous = folderQuery{q.Sort, q.Desc, page.Page - 1}.url()
	}
	if page.Page < page.Pages {
		page.Next = folderQuery{q.Sort, q.Desc, page.Page + 1}.url()
	}
	if page.Rows, err = rowsAt(r, rows.sorted()[from:to]); err != nil {
		return nil, err
	}
	if page.Page == 1 {
		page.ReadmeName, page.Readme = f.readme(r, best.name)
	}
	return page, nil
}

// rowsAt returns items of the folder that r is for as rows of the table.
func rowsAt(r *framework.Request, items []item) ([]row, error) {
	base, err := r.ResourcePath(r.Node())
	if err != nil {
		return nil, err
	}
	rows := make([]row, len(items))
	for n := range items {
		rows[n] = items[n].row(base)
	}
	return rows, nil
}

// row returns the item as a row of the table. base is the URL of its folder.
func (i *item) row(base string) row {
	k := i.kind()
	line := row{
		Name: strings.ToValidUTF8(i.name, "\uFFFD"), Kind: k.Label, Icon: k.Icon,
		Folder: i.isFolder(), Link: i.link, Size: i.size(), Time: i.changed,
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

// readme is the best README among the entries of a folder; its name is "" if there is none.
type readme struct {
	name string
	rank int // in readmes
}

// consider replaces the README if i is a better one. Of the same rank, the first by name is better.
func (best *readme) consider(i item) {
	rank := slices.Index(readmes, i.lower)
	if rank < 0 || !i.reachable() || i.isFolder() {
		return
	}
	if best.name == "" || rank < best.rank || rank == best.rank && i.name < best.name {
		best.name, best.rank = i.name, rank
	}
}

// readme renders the README of a folder.
func (f *Folder) readme(r *framework.Request, name string) (string, template.HTML) {
	if name == "" {
		return "", ""
	}
	entry, err := f.site.find(below(f.path, name))
	if err != nil {
		return "", ""
	}
	var html template.HTML
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
