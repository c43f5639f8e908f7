package views

import (
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// RenderOption says how RenderView calls a view.
type RenderOption struct{ permissive bool }

// Permissive calls the view whatever permission it asks for: for parts of a page
// whose own view has decided already.
func Permissive() RenderOption { return RenderOption{permissive: true} }

// String returns the option as it is written.
func (o RenderOption) String() string { return "permissive" }

var _ fmt.Stringer = RenderOption{}

// RenderView calls the view of another resource, or another view of the same
// one, from within a view, and returns its response. The view sees a request of
// its own that looks at node; predicates are asked as for a request, so that a
// view for GET does not answer from within a POST. Only views without a route are
// looked for. Without one the error is a [*NoViewError], which knows no status: that a
// part of a page is missing is no 404 of the page. A denied permission is a
// web.HTTPError with status 403, see [Permissive].
func RenderView(r *web.Request, node traversal.Node, name string, o ...RenderOption) (*web.Response, error) {
	t := TableOf(r.Registry())
	permissive := false
	for _, option := range o {
		permissive = permissive || option.permissive
	}
	at := r.WithNode(node, name)
	s := t.resources.at("", name)
	if s != nil {
		if resp, done, err := s.answer(t.types, at, node.Resource(), permissive); done {
			return resp, err
		}
	}
	return nil, t.notFound(at, name, s)
}

// Permitted asks whether the view that RenderView would call may be called by
// whoever makes the request. A view without a permission is permitted. Without a
// view there is nothing to decide: that is a [*NoViewError].
func Permitted(r *web.Request, node traversal.Node, name string) (web.Decision, error) {
	t := TableOf(r.Registry())
	at := r.WithNode(node, name)
	s := t.resources.at("", name)
	if s == nil {
		return web.Decision{}, t.notFound(at, name, nil)
	}
	view, _, err := s.chain(t.types, reflect.TypeOf(node.Resource())).find(at)
	switch {
	case err != nil:
		return web.Decision{}, err
	case view == nil:
		return web.Decision{}, t.notFound(at, name, s)
	case view.info.Permission == "":
		return web.Allow("the view asks for no permission"), nil
	}
	return at.Permits(view.info.Permission, node)
}

// notFound is the error if no view of the place is to be called by another view.
func (t *Table) notFound(at *web.Request, name string, s *slot) error {
	cause := new(NoViewError)
	t.miss(cause, at, name, s, nil)
	cause.Route = "" // where it was not looked for
	cause.Candidates = reported(t.examine(at, s), at)
	return cause
}
