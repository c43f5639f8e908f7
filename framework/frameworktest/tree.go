package frameworktest

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Tree is a resource tree as a literal, from paths to resources. The tree itself is the root and
// finds the others by their whole paths, so they need no methods. A resource with children of its
// own keeps them. A path that only leads to others holds an empty traversal.Map.
//
//	frameworktest.Tree{"wiki": &Wiki{}, "wiki/Front": &Page{}}
//
// Names cannot contain a slash; use traversal.Map for those.
type Tree map[string]traversal.Resource

var (
	_ traversal.PathContainer = Tree(nil)
	_ traversal.Lister        = Tree(nil)
)

// Root returns a root factory that returns resource for every request.
func Root(resource traversal.Resource) web.RootFactory {
	return func(*framework.Request) (traversal.Resource, error) { return resource, nil }
}

// Descend returns the resources for as many of the names as there are.
func (t Tree) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	var found []traversal.Resource
	path := ""
	for _, name := range names {
		path = strings.TrimPrefix(path+"/"+name, "/")
		resource, ok := t.at(path)
		ok = ok && !strings.Contains(name, "/") // a name with a slash is not a path
		switch {
		case !ok && len(found) == 0:
			return nil, traversal.ErrNotFound
		case !ok:
			return found, nil // the last one may have children itself
		}
		found = append(found, resource)
	}
	return found, nil
}

// Children lists the resources directly below the root.
func (t Tree) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		names := map[string]bool{}
		for path := range t {
			name, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
			names[name] = true
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			resource, _ := t.at(name)
			if !yield(traversal.Entry{Name: name, Resource: resource}, nil) {
				return
			}
		}
	}
}

// at returns the resource at a path without outer slashes: the one given, or an empty Map if there
// are others below it.
func (t Tree) at(path string) (traversal.Resource, bool) {
	between := false
	for key, resource := range t {
		switch key = strings.Trim(key, "/"); {
		case key == path:
			return resource, true
		case strings.HasPrefix(key, path+"/"):
			between = true
		}
	}
	return traversal.Map{}, between
}
