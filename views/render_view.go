package views

import (
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// RenderOption is an option of [RenderView].
type RenderOption struct{ permissive bool }

// Permissive skips the permission check: for parts of a page whose own view already passed one.
func Permissive() RenderOption { return RenderOption{permissive: true} }

// String returns the option as it is written.
func (o RenderOption) String() string { return "permissive" }

var _ fmt.Stringer = RenderOption{}

// RenderView calls the named view of a resource from within a view, and returns its response. The
// called view gets a request of its own for node. Its predicates are checked, so a view for GET
// does not match within a POST. Only views without a route are looked up. If none matches, the
// error is a [*NoViewError], which has no status: a missing part does not make the page a 404. If
// the permission is denied, the error is a web.HTTPError with status 403, see [Permissive].
func RenderView(r *web.Request, node traversal.Node, name string, o ...RenderOption) (*web.Response, error) {
	t := TableOf(r.Registry())
	permissive := false
	for _, option := range o {
		permissive = permissive || option.permissive
	}
	at := r.WithNode(node, name)
	s := t.resources.at("", name)
	if s != nil {
		if resp, done, err := s.handle(t.types, at, node.Resource(), permissive); done {
			return resp, err
		}
	}
	return nil, t.notFound(at, name, s)
}

// Permitted reports whether the request's user may call the view that RenderView would call. A view
// without a permission is permitted. If no view matches, the error is a [*NoViewError].
func Permitted(r *web.Request, node traversal.Node, name string) (web.Decision, error) {
	t := TableOf(r.Registry())
	at := r.WithNode(node, name)
	s := t.resources.at("", name)
	if s == nil {
		return web.Decision{}, t.notFound(at, name, nil)
	}
	view, _, err := s.chainFor(t.types, at, reflect.TypeOf(node.Resource())).find(at)
	switch {
	case err != nil:
		return web.Decision{}, err
	case view == nil:
		return web.Decision{}, t.notFound(at, name, s)
	case view.info.Permission == "":
		return web.Allow("the view requires no permission"), nil
	}
	return at.Permits(view.info.Permission, node)
}

// notFound is the error of RenderView if no view of the slot matches.
func (t *Table) notFound(at *web.Request, name string, s *slot) error {
	cause := new(NoViewError)
	t.miss(cause, at, name, s, nil)
	cause.Route, cause.routeless = "", true
	cause.Candidates = reported(t.examine(at, true, s), at)
	return cause
}
