package views

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/internal/condition"
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
	want, err := condition.PhysicalNames(path, names)
	p := web.NewPredicate(kindPhysicalPath, strconv.Quote(traversal.Join(want)), func(r *web.Request) (bool, error) {
		node := r.Node()
		return r.Err() == nil && !node.IsZero() && node.Depth() == len(want) && slices.Equal(node.Names(), want), nil
	})
	if err != nil {
		return p.WithErr(err)
	}
	return p
}
