package main

import (
	"context"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// searchInput is what somebody looks for, and how many hits of it they have seen.
type searchInput struct {
	Q    string `form:"q"`
	From int    `form:"from"`
}

// searchPage is what search.html shows.
type searchPage struct {
	Query string
	Hits  []sqltree.Hit
	Next  int // From of the next page; 0 if there is none
}

const (
	hitsOnPage = 20
	mostHits   = 1000 // that somebody can look through
)

// search looks for pages in the whole wiki, and finds those that the client may see.
func (w *wiki) search(r *framework.Request, _ *Folder, in searchInput) (searchPage, error) {
	from := min(max(in.From, 0), mostHits)
	hits, err := w.tree.Search(r.Context(), in.Q, sqltree.SearchOptions{
		Permits: func(_ context.Context, n traversal.Node) (bool, error) { return visible(r, n) },
		Limit:   hitsOnPage + 1, Offset: from,
	})
	page := searchPage{Query: in.Q, Hits: hits}
	if len(hits) > hitsOnPage {
		page.Hits, page.Next = hits[:hitsOnPage], from+hitsOnPage
	}
	return page, err
}
