package views

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Predicates about the resource, and about who asks. For an error view the
// resource is that at which the walk ended, not the error.

// Containment holds if the resource of the request, or one of those that it
// lies in, is a T: a concrete type, an interface, or a type that one of them
// inherits views from (see [Inherit]). An error view is asked about the
// resource at which the walk ended, not about the error.
func Containment[T any]() web.Predicate {
	want := reflect.TypeFor[T]()
	return web.NewPredicate(kindContainment, strconv.Quote(want.String()), func(r *web.Request) (bool, error) {
		node := r.Node()
		for at := !node.IsZero(); at; node, at = node.Parent() {
			if _, is := node.Resource().(T); is || inherits(r, node.Resource(), want) {
				return true, nil
			}
		}
		return false, nil
	}).WithData(want)
}

// PhysicalPath holds if the resource lies at exactly that place in the tree:
// one path, unescaped, whose empty parts count for nothing ("/wiki/Front"), or
// the names from the root on, which begin with the root's empty one
// ("", "wiki", "Front"): so names may hold slashes. An error lies nowhere: for an
// error view it never holds.
func PhysicalPath(path string, names ...string) web.Predicate {
	var problem error
	var want []string
	switch {
	case len(names) == 0:
		want = slices.DeleteFunc(strings.Split(path, "/"), func(name string) bool { return name == "" })
	case path != "":
		problem = fmt.Errorf("physical path %q, %q: the first name is the root's, which is empty", path, names)
		want = append([]string{path}, names...)
	default:
		want = slices.Clone(names)
	}
	text := strconv.Quote(traversal.Join(want))
	p := web.NewPredicate(kindPhysicalPath, text, func(r *web.Request) (bool, error) {
		node := r.Node()
		return r.Err() == nil && !node.IsZero() && node.Depth() == len(want) && slices.Equal(node.Names(), want), nil
	})
	if problem != nil {
		return p.WithErr(problem)
	}
	return p
}
