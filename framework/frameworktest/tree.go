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

// Tree is a resource tree as a literal: paths and what lies there. The
// resources need no methods of their own, for the tree itself resolves whole
// paths; below one that has children of its own those are found too. What lies between two of them is a traversal.Map without entries. The
// resource at "/" would be the tree's own root, and is the Tree itself.
//
//	frameworktest.Tree{"wiki": &Wiki{}, "wiki/Front": &Page{}}
//
// A name may not hold a slash here; traversal.Map can say that.
type Tree map[string]traversal.Resource

var (
	_ traversal.PathContainer = Tree(nil)
	_ traversal.Lister        = Tree(nil)
)

// Root is a web.RootFactory that gives resource to every request.
func Root(resource traversal.Resource) web.RootFactory {
	return func(*framework.Request) (traversal.Resource, error) { return resource, nil }
}

// Descend resolves as many names as there are resources for.
func (t Tree) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	var found []traversal.Resource
	path := ""
	for _, name := range names {
		path = strings.TrimPrefix(path+"/"+name, "/")
		resource, ok := t.at(path)
		switch {
		case !ok && len(found) == 0:
			return nil, traversal.ErrNotFound
		case !ok:
			return found, nil // the last one may have children of its own
		}
		found = append(found, resource)
	}
	return found, nil
}

// Children lists what lies directly below the root.
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

// at finds the resource at a path without outer slashes: a given one, or an
// empty Map where others lie below.
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
