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

// Containment holds if the resource of the request or one of its parents is a T: has that type,
// implements that interface, or inherits from it (see [Inherit]). For an error view the resource is
// that at which traversal ended, not the error.
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

// PhysicalPath holds if the resource is at that path: "/wiki/Front", unescaped, empty segments
// ignored. For names with slashes give all names, starting with the root's empty one: "", "wiki",
// "Front". It never holds for an error view.
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
