package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// page is the data of the template.
type page struct {
	Title, Kind string
	Crumbs      []link // from the root to the resource
	Facts       []fact
	Links       []link
	JSON        string
	Search      string // URL of the search form; "" for none
	Query       string
}

type link struct{ URL, Text, Note string }

type fact struct{ Name, Value string }

func showWorld(r *framework.Request, w *World) (*framework.Response, error) {
	search, err := r.ResourcePath(r.Node(), web.Elements("search"))
	if err != nil {
		return nil, err
	}
	return show(r, w, page{Search: search})
}

func showContinent(r *framework.Request, c *Continent) (*framework.Response, error) {
	return show(r, c, page{Facts: []fact{{"Countries", fmt.Sprint(len(c.Countries))}}})
}

func showCountry(r *framework.Request, c *Country) (*framework.Response, error) {
	return show(r, c, page{Facts: []fact{
		{"Own name", c.Native},
		{"Code", c.Code},
		{"Capital", c.Capital},
		{"Currency", strings.Join(c.Currencies, ", ")},
		{"Languages", strings.Join(c.Languages, ", ")},
	}})
}

func showRegion(r *framework.Request, region *Region) (*framework.Response, error) {
	return show(r, region, page{Facts: []fact{{"Code", region.Code}}})
}

// show fills in what all pages share: title, breadcrumbs, children.
func show(r *framework.Request, place Place, p page) (*framework.Response, error) {
	p.Title, p.Kind = place.Title(), place.Kind()
	p.Facts = slices.DeleteFunc(p.Facts, func(f fact) bool { return f.Value == "" })
	crumbs, err := breadcrumbs(r)
	if err != nil {
		return nil, err
	}
	p.Crumbs = crumbs
	if p.Links, err = children(r); err != nil {
		return nil, err
	}
	if p.JSON, err = r.ResourcePath(r.Node(), web.Elements("json")); err != nil {
		return nil, err
	}
	return render(r, http.StatusOK, p)
}

// breadcrumbs returns links from the root to the resource. No resource of this tree knows its
// parent or its path; the node knows where it was found.
func breadcrumbs(r *framework.Request) ([]link, error) {
	var crumbs []link
	for node, err := range r.Traverser().Lineage(r.Context(), r.Node()) {
		if err != nil {
			return nil, err
		}
		url, err := r.ResourcePath(node)
		if err != nil {
			return nil, err
		}
		crumbs = append(crumbs, link{URL: url, Text: node.Resource().(Place).Title()})
	}
	slices.Reverse(crumbs)
	return crumbs, nil
}

// children returns links to the children of the resource, if it can list them.
func children(r *framework.Request) ([]link, error) {
	lister, ok := r.Resource().(traversal.Lister)
	if !ok {
		return nil, nil
	}
	var links []link
	for entry, err := range lister.Children(r.Context()) {
		if err != nil {
			return nil, err
		}
		url, err := r.ResourcePath(r.Node().At(entry.Name, entry.Resource))
		if err != nil {
			return nil, err
		}
		links = append(links, link{URL: url, Text: entry.Resource.(Place).Title()})
	}
	return links, nil
}

// search finds countries and regions by a part of their names. It is a view of the root alone.
func search(r *framework.Request, w *World) (*framework.Response, error) {
	parameters, err := r.Parameters()
	if err != nil {
		return nil, err
	}
	text, ok := parameters.Get("q")
	if !ok || strings.TrimSpace(text) == "" {
		return nil, web.BadRequest("enter a text to search for, such as ?q=san")
	}
	crumbs, err := breadcrumbs(r)
	if err != nil {
		return nil, err
	}
	p := page{Title: fmt.Sprintf("Places matching %q", text), Kind: "search", Crumbs: crumbs, Search: r.URL.Path, Query: text}
	for _, continent := range w.Continents {
		for _, country := range continent.Countries {
			at := r.Node().At(continent.Slug, continent).At(country.Slug, country)
			if matches(country, text) {
				if err := p.link(r, at, continent); err != nil {
					return nil, err
				}
			}
			for _, region := range country.Regions {
				if matches(region, text) {
					if err := p.link(r, at.At(region.Slug, region), country); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	return render(r, http.StatusOK, p)
}

// link adds a link to the place at a node; in is the place that contains it.
func (p *page) link(r *framework.Request, at traversal.Node, in Place) error {
	url, err := r.ResourcePath(at)
	if err != nil {
		return err
	}
	p.Links = append(p.Links, link{URL: url, Text: at.Resource().(Place).Title(), Note: in.Title()})
	return nil
}

// placeJSON is the JSON form of a node: the place, and links to its children.
type placeJSON struct {
	Kind     string     `json:"kind"`
	Title    string     `json:"title"`
	Path     string     `json:"path"`
	Place    any        `json:"place,omitempty"`
	Children []linkJSON `json:"children,omitempty"`
}

type linkJSON struct {
	Title string `json:"title"`
	Path  string `json:"path"`
}

// asJSON is a view of every kind of place, since its second parameter is an interface.
func asJSON(r *framework.Request, place Place) (*placeJSON, error) {
	result := &placeJSON{Kind: place.Kind(), Title: place.Title(), Path: r.Node().Path()}
	switch p := place.(type) {
	case *Country:
		own := *p
		own.Regions = nil // they are in Children
		result.Place = own
	case *Region:
		result.Place = p
	}
	below, err := children(r)
	if err != nil {
		return nil, err
	}
	for _, l := range below {
		result.Children = append(result.Children, linkJSON{Title: l.Text, Path: l.URL})
	}
	return result, nil
}

// showError is the page of every error with a status from 400 on. Its response begins with the
// status and the headers of the error.
func showError(r *framework.Request, err error) (*framework.Response, error) {
	status, _ := web.StatusOf(err)
	detail := ""
	if httpError, ok := errors.AsType[*web.HTTPError](err); ok {
		detail = httpError.Detail()
	}
	home := r.Prefix() + "/" // not from a node: a malformed path has none
	return render(r, status, page{
		Title:  http.StatusText(status),
		Kind:   fmt.Sprintf("error %d", status),
		Crumbs: []link{{URL: home, Text: "World"}},
		Facts:  []fact{{"Path", r.URL.Path}, {"Detail", detail}},
	})
}

// showFailure is the page of unexpected errors. The log has the error; the page shows only the id
// of the request.
func showFailure(r *framework.Request, _ error) (*framework.Response, error) {
	return showError(r, web.InternalServerError("request "+r.ID()))
}

func render(r *framework.Request, status int, p page) (*framework.Response, error) {
	var html bytes.Buffer
	if err := pageTemplate.Execute(&html, p); err != nil {
		return nil, err
	}
	response := r.HTML(html.String())
	response.SetStatus(status)
	return response, nil
}
