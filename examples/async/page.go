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

// page is the data of the template.
type page struct {
	Title, How string
	Crumbs     []link
	Links      []link
	Bars       []bar
	Total      string
	Trips      int64
}

type link struct{ URL, Text, Note string }

// bar is a span of the waterfall; Left and Width are percentages of the whole.
type bar struct {
	Name, By, Lasts string
	Left, Width     float64
}

var ways = []link{
	{"child", "By child", "one round trip for each name, in sequence"},
	{"future", "By future", "one round trip for each name of the path; the children load concurrently"},
	{"path", "By path", "one round trip for the whole path"},
	{"batch", "Through a Batcher", "concurrent requests share round trips"},
}

// site holds what all views need.
type site struct{ sky *source }

// showWays is the front page.
func (s *site) showWays(r *framework.Request, _ traversal.Map) (*framework.Response, error) {
	p := page{Title: "Four ways to read a remote tree", How: "All four lead to the same places."}
	for _, way := range ways {
		to, err := r.ResourcePath(r.Node(), web.Elements(way.URL, "sol", "outer", "jupiter"))
		if err != nil {
			return nil, err
		}
		p.Links = append(p.Links, link{to, way.Text, way.Note})
	}
	return s.render(r, p)
}

// showPlace is a coroutine: it returns a future of its response, for which the framework waits.
func (s *site) showPlace(r *framework.Request, at place) (*async.Future[*framework.Response], error) {
	return async.Go(r.Context(), func(ctx context.Context) (*framework.Response, error) {
		below, err := at.below(ctx)
		if err != nil {
			return nil, err
		}
		p := page{Title: at.body().Title}
		for _, b := range below {
			to, err := r.ResourcePath(r.Node(), web.Elements(path.Base(b.ID)))
			if err != nil {
				return nil, err
			}
			p.Links = append(p.Links, link{to, b.Title, fmt.Sprintf("%d children", len(b.Children))})
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

// crumbs returns links from the root to the resource.
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

// render renders the page with the waterfall so far.
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
