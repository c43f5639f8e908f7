package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"path"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// page is what the template shows.
type page struct {
	Title, How string
	Crumbs     []link
	Links      []link
	Bars       []bar
	Total      string
	Trips      int64
}

type link struct{ URL, Text, Note string }

// bar is a span in percent of the whole.
type bar struct {
	Name, By, Lasts string
	Left, Width     float64
}

var ways = []link{
	{"child", "By child", "a round trip for each name, one after the other"},
	{"future", "By future", "the same for the path; what the page needs comes all at once"},
	{"path", "By path", "one round trip for the whole path"},
	{"batch", "Through a Batcher", "round trips are shared with whatever else is asked for at the time"},
}

// site is what the views have in common.
type site struct{ sky *source }

// showWays is the front page.
func (s *site) showWays(r *framework.Request, _ traversal.Map) (*framework.Response, error) {
	p := page{Title: "Four ways to a tree that is elsewhere", How: "Each of them leads to the same places."}
	for _, way := range ways {
		to, err := r.ResourcePath(r.Node(), web.Elements(way.URL, "sol", "outer", "jupiter"))
		if err != nil {
			return nil, err
		}
		p.Links = append(p.Links, link{to, way.Text, way.Note})
	}
	return s.render(r, p)
}

// showPlace is a coroutine: it starts what the page needs, and the request waits for what becomes of it.
func (s *site) showPlace(r *framework.Request, at place) (*async.Future[*framework.Response], error) {
	return async.Go(r.Context(), func(ctx context.Context) (*framework.Response, error) {
		below, err := at.below(ctx)
		if err != nil {
			return nil, err
		}
		p := page{Title: at.told().Title}
		for _, b := range below {
			to, err := r.ResourcePath(r.Node(), web.Elements(path.Base(b.ID)))
			if err != nil {
				return nil, err
			}
			p.Links = append(p.Links, link{to, b.Title, fmt.Sprintf("%d below", len(b.Children))})
		}
		if p.Crumbs, err = crumbs(r); err != nil {
			return nil, err
		}
		for _, way := range ways {
			if names := r.Node().Names(); len(names) > 0 && names[0] == way.URL {
				p.How = way.Text + ": " + way.Note + "."
			}
		}
		return s.render(r, p)
	}), nil
}

// crumbs lead from the root to the resource, out of the lineage of the walk.
func crumbs(r *framework.Request) ([]link, error) {
	var all []link
	for n, ok := r.Node(), true; ok; n, ok = n.Parent() {
		to, err := r.ResourcePath(n)
		if err != nil {
			return nil, err
		}
		text := n.Name()
		if text == "" {
			text = "ways"
		}
		all = append([]link{{URL: to, Text: text}}, all...)
	}
	return all, nil
}

// render draws the waterfall, as far as it has come, and makes the page.
func (s *site) render(r *framework.Request, p page) (*framework.Response, error) {
	w, err := waterfalls.Get(r)
	if err != nil {
		return nil, err
	}
	whole := max(time.Since(w.start), 1)
	p.Total, p.Trips = inMilliseconds(whole), s.sky.trips.Load()
	for _, one := range w.all() {
		p.Bars = append(p.Bars, bar{one.Name, one.By, inMilliseconds(one.Lasts), percent(one.Start, whole), percent(one.Lasts, whole)})
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return nil, err
	}
	return r.HTML(b.String()), nil
}

func inMilliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func percent(d, of time.Duration) float64 { return 100 * float64(max(d, 0)) / float64(of) }
