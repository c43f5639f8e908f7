package main

import (
	"encoding/xml"
	"errors"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// feed is an Atom feed (RFC 4287).
type feed struct {
	XMLName xml.Name  `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string    `xml:"id"`
	Title   string    `xml:"title"`
	Updated string    `xml:"updated"`
	Links   []atomURL `xml:"link"`
	Entries []entry   `xml:"entry"`
}

type entry struct {
	ID      string  `xml:"id"`
	Title   string  `xml:"title"`
	Updated string  `xml:"updated"`
	Author  string  `xml:"author>name"`
	Link    atomURL `xml:"link"`
}

type atomURL struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

// A feed has this many entries at most, of the newest revisions of the wiki.
const feedLength, feedReach = 30, 300

// atom is the feed of the changes in a folder and below it, as far as the client may see the pages.
func (w *wiki) atom(r *framework.Request, f *Folder) (*framework.Response, error) {
	list, err := w.revisions(r.Context(), feedReach, `made > $1 ORDER BY made DESC`, 0)
	if err != nil {
		return nil, err
	}
	self, err := r.ResourceURL(r.Node(), web.Elements("@@atom"))
	if err != nil {
		return nil, err
	}
	out := feed{ID: "urn:uuid:" + f.ID().String(), Title: f.Title, Updated: f.Modified().Format(time.RFC3339), Links: []atomURL{{"self", self}}}
	for _, v := range list {
		if len(out.Entries) == feedLength {
			break
		}
		page, err := w.tree.Get(r.Context(), v.Page)
		if errors.Is(err, traversal.ErrNotFound) {
			continue // deleted
		} else if err != nil {
			return nil, err
		}
		if may, err := visible(r, page); err != nil {
			return nil, err
		} else if !may || !below(page, f) {
			continue
		}
		url, err := r.ResourceURL(page)
		if err != nil {
			return nil, err
		}
		at := v.Made.Format(time.RFC3339)
		if len(out.Entries) == 0 {
			out.Updated = at
		}
		out.Entries = append(out.Entries, entry{
			ID: "urn:uuid:" + v.Page.String() + "#" + at, Title: v.Title, Updated: at, Author: author(v.Author), Link: atomURL{"alternate", url},
		})
	}
	if len(out.Entries) == 0 {
		newest, err := w.newestBelow(r, f)
		if err != nil {
			return nil, err
		}
		out.Updated = newest.Format(time.RFC3339)
	}
	body, err := xml.Marshal(out)
	return r.Bytes("application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...)), err
}

// newestBelow returns when a folder that has no recent change was last changed, as far as its first
// feedReach pages say so that the client may see.
func (w *wiki) newestBelow(r *framework.Request, f *Folder) (time.Time, error) {
	newest, n := f.Modified(), 0
	for node, err := range w.tree.Walk(r.Context(), r.Node()) {
		if err != nil {
			return newest, err
		}
		may, err := visible(r, node)
		if err != nil {
			return newest, err
		}
		if at := node.Resource().(interface{ Modified() time.Time }).Modified(); may && at.After(newest) {
			newest = at
		}
		if n++; n == feedReach {
			break
		}
	}
	return newest, nil
}

// author returns who has made a revision. The wiki itself has made the first.
func author(name string) string {
	if name == "" {
		return "wiki"
	}
	return name
}

// below reports whether a node is in a folder, at any depth.
func below(n traversal.Node, f *Folder) bool {
	for n, ok := n.Parent(); ok; n, ok = n.Parent() {
		if folder, isFolder := n.Resource().(*Folder); isFolder && folder.ID() == f.ID() {
			return true
		}
	}
	return false
}
