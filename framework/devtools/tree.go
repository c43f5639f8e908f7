package devtools

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"reflect"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// maxChildren is how many children of a resource the tree shows.
const maxChildren = 200

// place is a resource in the tree.
type place struct{ Name, Path, Type string }

func placeOf(n traversal.Node) place {
	return place{Name: cmp.Or(n.Name(), n.Path()), Path: n.Path(), Type: fmt.Sprintf("%T", n.Resource())}
}

// treeView is a view for the type of a resource.
type treeView struct{ Text, Permission, Link, Source string }

// shownPlace is a resource with what the tree shows of it.
type shownPlace struct {
	place
	Children []place
	More     bool
	Without  string // why there are no children
	Problem  string // of listing them
	Views    []treeView
}

// treePage shows one resource.
type treePage struct {
	head
	Path, User, Method string
	Parents            []place // from the root
	Place              *shownPlace
	Access             *Access
}

func (t *Toolbar) showTree(r *http.Request) (int, any) {
	query := r.URL.Query()
	page := &treePage{head: head{Title: "Tree", Here: "tree"}, Path: cmp.Or(query.Get("path"), "/"), User: query.Get("user"), Method: http.MethodGet}
	if err := t.fillTree(r, page); err != nil {
		page.Error = err.Error()
		return http.StatusBadRequest, page
	}
	return http.StatusOK, page
}

// fillTree finds the resource of a page, and describes it.
func (t *Toolbar) fillTree(hr *http.Request, page *treePage) error {
	own, err := t.request(hr.Context(), http.MethodGet, "/", hr.Host, page.User)
	if err != nil {
		return err
	}
	if page.Path[0] != '/' {
		return fmt.Errorf("invalid path %q: it must begin with a slash", page.Path)
	}
	app := t.app.Load()
	r, done, err := app.Prepare(own.Context(), own)
	if err != nil {
		return err
	}
	err = web.Try(func() error {
		at, err := r.Traverser().Find(r.Context(), r.Node(), page.Path)
		if err != nil {
			return err
		}
		return page.describe(app, r.WithNode(at, ""), at)
	})
	return cmp.Or(err, done())
}

func (page *treePage) describe(app *framework.App, r *web.Request, at traversal.Node) error {
	var lineage []place
	for n, err := range r.Traverser().Lineage(r.Context(), at) {
		if err != nil {
			return err
		}
		lineage = append(lineage, placeOf(n))
	}
	for i := len(lineage) - 1; i > 0; i-- {
		page.Parents = append(page.Parents, lineage[i])
	}
	page.Place = &shownPlace{place: placeOf(at), Without: "None."}
	page.Place.list(r.Context(), r.Traverser(), at)
	page.Place.addViews(app, at)
	var err error
	page.Access, err = AccessAt(app, r, at)
	return err
}

// list adds the children.
func (p *shownPlace) list(ctx context.Context, t *traversal.Traverser, at traversal.Node) {
	if !t.Lists(at.Resource()) {
		p.Without = "Its type cannot list children: type a path above."
		return
	}
	for child, err := range t.Children(ctx, at) {
		if err != nil {
			p.Problem = err.Error()
			return
		}
		if len(p.Children) == maxChildren {
			p.More = true
			return
		}
		p.Children = append(p.Children, placeOf(child))
	}
}

// addViews adds the views that are for the type of the resource, or for all.
func (p *shownPlace) addViews(app *framework.App, at traversal.Node) {
	kind := reflect.TypeOf(at.Resource())
	for _, v := range views.TableOf(app.Registry()).Views() {
		if v.Route != "" || v.ErrorOnly {
			continue
		}
		if v.Resource != nil && v.Resource != kind && (v.Resource.Kind() != reflect.Interface || !kind.Implements(v.Resource)) {
			continue
		}
		shown := treeView{Text: v.String(), Source: v.Source.String(), Link: at.Path()}
		if v.Name != "" {
			if shown.Link != "/" {
				shown.Link += "/"
			}
			shown.Link += "@@" + v.Name
		}
		if v.Permission != "" {
			shown.Permission = "permission " + v.Permission
		}
		p.Views = append(p.Views, shown)
	}
}
