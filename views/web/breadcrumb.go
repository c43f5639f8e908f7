package web

import (
	"cmp"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
)

// Breadcrumb is a step on the way from the root to the resource of a request.
type Breadcrumb struct {
	Title   string // what its method Title() string returns, else its name; for a root "Home", translated
	Path    string // as [Request.ResourcePath] returns it
	Node    traversal.Node
	Current bool // the page is the default view of this resource; never the root behind a route
}

// Breadcrumbs returns the way from the virtual root to the resource of the request, the root first:
// none before traversal. An error is that of the lineage or of a path.
func Breadcrumbs(r *Request) ([]Breadcrumb, error) {
	if r.Node().IsZero() {
		return nil, nil
	}
	var crumbs []Breadcrumb
	for node, err := range r.Traverser().Lineage(r.Context(), r.Node()) {
		path := ""
		if err == nil {
			path, err = r.ResourcePath(node)
		}
		if err != nil {
			return nil, err
		}
		current := crumbs == nil && r.ViewName() == "" && (r.Match() == nil || node.Depth() > 0)
		crumbs = append(crumbs, Breadcrumb{Title: r.title(node), Path: path, Node: node, Current: current})
		if node.Depth() == len(r.VirtualRootPath()) {
			break
		}
	}
	slices.Reverse(crumbs)
	return crumbs, nil
}

func (r *Request) title(node traversal.Node) (title string) {
	if titled, ok := node.Resource().(interface{ Title() string }); ok {
		title = titled.Title()
	}
	return cmp.Or(title, node.Name(), r.Translate(Message{ID: "Home"}))
}
