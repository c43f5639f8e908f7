package framework

import (
	"fmt"

	"github.com/mastaba-go/mastaba/framework/explain"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// decision describes a decision of the policy, and whom it is about.
func (x *explainer) decision(d web.Decision) *explain.Decision {
	out := &explain.Decision{Allowed: d.Allowed, Reason: d.Why(), Lineage: x.lineage()}
	if !d.At.IsZero() {
		out.At = d.At.String()
	}
	if list, ok := d.Detail.(interface{ Deciding() (string, int) }); ok {
		out.Entry, out.Position = list.Deciding()
	}
	x.user()
	return out
}

// undecided describes that the policy failed to decide about a view's permission, nil if it did
// not. The prediction does not say where its error comes from, so the policy is asked again.
func (x *explainer) undecided(p views.Prediction) *explain.Decision {
	if p.Err == nil || p.Decision != nil || p.View == nil || p.View.Permission == "" || x.app.web.Security == nil {
		return nil
	}
	err := web.Try(func() error { _, err := x.request.Permits(p.View.Permission); return err })
	if err == nil {
		return nil
	}
	x.user()
	return &explain.Decision{Error: errorText(err), Lineage: x.lineage()}
}

// lineage returns the resources whose rules count for the resource of the request, from it up to
// the root; nil if they are unknown.
func (x *explainer) lineage() []string {
	node := x.request.Node()
	if node.IsZero() {
		return nil
	}
	node, err := x.place(node)
	if err != nil {
		return nil // walk has noted it
	}
	var all []string
	for ok := !node.IsZero(); ok; node, ok = node.Parent() {
		all = append(all, node.String())
	}
	return all
}

// place returns the one true place of a node.
func (x *explainer) place(node traversal.Node) (at traversal.Node, err error) {
	err = web.Try(func() (err error) {
		at, err = x.request.Traverser().Canonical(x.request.Context(), node)
		return err
	})
	return at, err
}

// placed adds the place that the resource found states itself, if that is not where the walk found
// it.
func (x *explainer) placed(w *explain.Walk, found traversal.Node) {
	switch at, err := x.place(found); {
	case err != nil:
		x.notef("place of the resource unknown: %v", err)
	case at.Path() != found.Path() || fmt.Sprintf("%T", at.Root().Resource()) != fmt.Sprintf("%T", found.Root().Resource()):
		w.Place = at.Path()
	}
}

// user sets the user and their principals, once the policy was consulted about a permission.
func (x *explainer) user() {
	if x.consulted {
		return
	}
	x.consulted = true
	err := web.Try(func() (err error) {
		x.out.User, err = x.request.UserID()
		if _, ok := x.app.web.Security.(web.Principaler); ok && err == nil {
			x.out.Principals, err = x.request.Principals()
		}
		return err
	})
	if err != nil {
		x.notef("user unknown: %v", err)
	}
}
