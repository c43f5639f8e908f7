package views

import (
	"fmt"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

// RenderOption is an option of [RenderView].
type RenderOption struct{ permissive bool }

// Permissive skips the check of the option [Permission]: for parts of a page whose own view already
// passed one. The predicate [IfPermitted] is checked all the same.
func Permissive() RenderOption { return RenderOption{permissive: true} }

// String returns the option as it is written.
func (o RenderOption) String() string { return "permissive" }

var _ fmt.Stringer = RenderOption{}

// RenderView calls the named view of a resource from within a view, and returns its response. The
// called view gets a request of its own for node. Its predicates are checked, so a view for GET
// does not match within a POST. Only views without a route are looked up. If none matches, the
// error is a [*NoViewError], which has no status: a missing part does not make the page a 404. If
// the permission is denied, the error is that of [Refuse], see [Permissive].
func RenderView(r *web.Request, node traversal.Node, name string, o ...RenderOption) (*web.Response, error) {
	t := TableOf(r.Registry())
	permissive := false
	for _, option := range o {
		permissive = permissive || option.permissive
	}
	at := r.WithNode(node, name)
	s := t.resources.at("", name)
	if s != nil {
		method := condition.MethodOf(at.Method)
		if resp, done, err := s.chainFor(t.types, method, node.Resource()).handle(at, node.Resource(), method, permissive); done {
			return resp, err
		}
	}
	if err := refused(at, t.examine(at, true, s)); err != nil {
		return nil, err
	}
	return nil, t.notFound(at, name, s)
}

// notFound is the error of RenderView if no view of the slot matches.
func (t *Table) notFound(at *web.Request, name string, s *slot) error {
	cause := new(NoViewError)
	t.miss(cause, at, name, s, nil)
	cause.Route, cause.routeless = "", true
	cause.Candidates = reported(t.examine(at, true, s), at)
	return cause
}
