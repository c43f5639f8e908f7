package views

import (
	"errors"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

// IfPermitted is a predicate: it holds if the security policy permits this on the resource. A
// request without the permission goes on to the next view, so that one name can show different
// people different pages:
//
//	config.AddView(views.On(editor), views.IfPermitted("edit"))
//	config.AddView(views.On(show))
//
// If no other view handles the request, and one would but for its permission, the answer is that of
// a denied [Permission]: 403, or 401. So IfPermitted hides nothing, and Allow has the methods of
// such views. An application without a policy is a configuration error, as with Permission.
//
// It is not for routes, which are matched before the resource is known; in an error view it asks
// about the resource where traversal ended.
func IfPermitted(permission string) Option {
	p := web.NewPredicate(kindPermitted, condition.Texts([]string{permission}), func(r *web.Request) (bool, error) {
		return r.Can(permission)
	}).WithData(permitted(permission))
	if permission == "" {
		return p.WithErr(errors.New(`views.IfPermitted(""): want a permission`))
	}
	return p
}

// permitted is the Data of an IfPermitted predicate: its permission.
type permitted string

// isPermitted reports whether a predicate that does not hold means that a permission is denied.
// That of Not(IfPermitted(…)) is granted then.
func isPermitted(p web.Predicate) bool { return p.Kind() == kindPermitted && !p.Negated() }

// IfPermitted returns the permission of the view's predicate [IfPermitted], "" without one.
func (i *Info) IfPermitted() string { return i.asked(false) }

// IfNotPermitted returns the permission of its predicate Not(IfPermitted(…)), "" without one.
func (i *Info) IfNotPermitted() string { return i.asked(true) }

func (i *Info) asked(negated bool) string {
	for _, p := range i.Predicates {
		if permission, ok := p.Data().(permitted); ok && p.Negated() == negated {
			return string(permission)
		}
	}
	return ""
}

// permissions returns what the view's options Permission and IfPermitted name.
func (i *Info) permissions() []string {
	all := []string{i.Permission, i.IfPermitted(), i.IfNotPermitted()}
	return slices.DeleteFunc(all, func(permission string) bool { return permission == "" })
}

// Permitted reports whether the request's user may call the view of that name that [RenderView]
// would call: Pyramid's view_execution_permitted. It looks the view up by all its predicates, among
// the views without a route, and does not run it. A view without a permission is permitted. If a
// view would match but for its predicate [IfPermitted], the decision denies. If no view matches,
// the error is a [*NoViewError].
func Permitted(r *web.Request, node traversal.Node, name string) (web.Decision, error) {
	t := TableOf(r.Registry())
	at := r.WithNode(node, name)
	s := t.resources.at("", name)
	if s == nil {
		return web.Decision{}, t.notFound(at, name, nil)
	}
	view, _, err := s.chainFor(t.types, condition.MethodOf(at.Method), node.Resource()).find(at)
	if err != nil {
		return web.Decision{}, err
	}
	if view == nil {
		denied, err := firstDenied(at, t.examine(at, true, s))
		switch {
		case err != nil:
			return web.Decision{}, err
		case denied == nil:
			return web.Decision{}, t.notFound(at, name, s)
		}
		return denied.Decision, nil
	}
	if view.info.Permission == "" {
		return web.Allow("the view requires no permission"), nil
	}
	return at.Permits(view.info.Permission, node)
}

// refused returns the error of a request for which a view lacks nothing but its IfPermitted; nil if
// there is no such view.
func refused(r *web.Request, all []candidate) error {
	denied, err := firstDenied(r, all)
	if denied == nil || err != nil {
		return err
	}
	return Refuse(r, denied)
}

// firstDenied returns what was denied for the first of the views that lacks nothing but its
// IfPermitted; nil if there is none. It asks the policy again, since a predicate keeps no decision.
func firstDenied(r *web.Request, all []candidate) (*DeniedError, error) {
	at := slices.IndexFunc(all, func(c candidate) bool {
		return len(c.failed) == 1 && isPermitted(c.failed[0])
	})
	if at < 0 {
		return nil, nil
	}
	permission := string(all[at].failed[0].Data().(permitted))
	decision, err := r.Permits(permission)
	if err != nil {
		return nil, err
	}
	return &DeniedError{View: all[at].info.String(), Permission: permission, Decision: decision}, nil
}
