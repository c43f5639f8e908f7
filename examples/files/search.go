package main

import (
	"cmp"
	"context"
	"errors"
	"html"
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
)

// searchTime is the time limit of a search.
const searchTime = 3 * time.Second

// searchQuery is the query of a search: words that must all be in the path.
type searchQuery struct {
	Text string `form:"q"`
}

// Validate is called by views.OnInput; its error becomes a 422.
func (q searchQuery) Validate() error {
	if len(q.Text) > 200 {
		return errors.New("invalid q: at most 200 bytes")
	}
	return nil
}

// searchPage is the data of search.html.
type searchPage struct {
	Text    string
	Hits    []hit
	Visited int
	Why     string // why the search ended early; "" if it is complete
}

type hit struct {
	row
	Marked template.HTML // the path below the folder, with the matches marked
}

// search finds names below a folder, level by level. It follows no links, so it cannot loop.
func search(r *framework.Request, f *Folder, q searchQuery) (*searchPage, error) {
	page := &searchPage{Text: strings.TrimSpace(q.Text)}
	words := strings.Fields(strings.ToLower(page.Text))
	if len(words) == 0 {
		return page, nil
	}
	base, err := r.ResourcePath(r.Node())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), searchTime)
	defer cancel()

	queue := []string{""} // paths of folders to search, below f
	for len(queue) > 0 && page.Why == "" {
		at := queue[0]
		queue = queue[1:]
		folder := &Folder{place{site: f.site, path: below(f.path, at)}}
		found, folders, err := folder.matches(ctx, r, page, at, words)
		switch {
		case r.Context().Err() != nil:
			return nil, r.Context().Err()
		case ctx.Err() != nil:
			page.Why = "the time limit was reached"
			continue
		case err != nil:
			continue // deleted since, or not readable
		}
		queue = append(queue, folders...)
		for _, i := range found {
			if len(page.Hits) == f.site.bounds.hits {
				page.Why = "there are too many results"
				break
			}
			path := below(at, i.name)
			found := hit{row: i.row(base), Marked: mark(path, words)}
			found.URL = strings.TrimSuffix(base, "/") + traversal.Join(strings.Split(path, "/"))
			if found.Folder {
				found.URL += "/"
			}
			page.Hits = append(page.Hits, found)
		}
	}
	return page, nil
}

// matches returns the items of a folder that a search finds, as many as the page can take, and the
// paths of the folders in it, both sorted by name. at is the path of the folder itself, below the
// one that r is for.
func (f *Folder) matches(ctx context.Context, r *framework.Request, page *searchPage, at string, words []string) (found []item, folders []string, err error) {
	byName := order("name", false)
	hits := selection{order: byName, limit: f.site.bounds.hits - len(page.Hits) + 1} // one more shows that there are more
	_, err = f.visible(ctx, r, f.site.nodeBelow(r.Node(), at), func(i item) bool {
		if page.Visited++; page.Visited > f.site.bounds.visits {
			page.Why = "there are too many files"
			return false
		}
		if !i.reachable() {
			return true
		}
		path := below(at, i.name)
		if i.isFolder() && !i.link {
			folders = append(folders, path)
		}
		if matches(strings.ToLower(path), i.lower, words) {
			hits.add(i)
		}
		return true
	})
	slices.SortFunc(folders, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	})
	return hits.sorted(), folders, err
}

// matches reports whether all words are in the path and at least one is in the name itself.
// Otherwise everything below a match would match, too.
func matches(path, name string, words []string) bool {
	inName := false
	for _, word := range words {
		if !strings.Contains(path, word) {
			return false
		}
		inName = inName || strings.Contains(name, word)
	}
	return inName
}

// mark marks the words in a path.
func mark(path string, words []string) template.HTML {
	lower := strings.ToLower(path)
	if len(lower) != len(path) { // a letter changed its length, so positions differ
		return template.HTML(html.EscapeString(path))
	}
	marked := make([]bool, len(path))
	for _, word := range words {
		for from := 0; ; {
			at := strings.Index(lower[from:], word)
			if at < 0 {
				break
			}
			for i := range len(word) {
				marked[from+at+i] = true
			}
			from += at + len(word)
		}
	}
	var b strings.Builder
	for i := 0; i < len(path); {
		end := i
		for end < len(path) && marked[end] == marked[i] {
			end++
		}
		text := html.EscapeString(path[i:end])
		if marked[i] && utf8.ValidString(path[i:end]) {
			text = "<mark>" + text + "</mark>"
		}
		b.WriteString(text)
		i = end
	}
	return template.HTML(b.String()) // every part is escaped
}
