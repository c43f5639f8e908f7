package conformance

import (
	"context"
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// accessCheck asks the access lists of the tree "main" directly, without an application.
type accessCheck struct {
	Check      string   `json:"check"` // "permits" or "principals_allowed"
	Path       string   `json:"path"`
	Permission string   `json:"permission"`
	Principals []string `json:"principals"`
}

// play asks what the check is about, in every way that the package acl has.
func (a *accessCheck) play(c *Case) (Report, error) {
	tree := c.App.Trees["main"]
	if tree == nil {
		return nil, errors.New("a check of access lists needs the tree main")
	}
	root, err := tree.resource("Root")
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	node, err := descend(ctx, traversal.NewNode(root), a.Path)
	if err != nil {
		return nil, err
	}
	switch a.Check {
	case "permits":
		return a.permits(ctx, node)
	case "principals_allowed":
		who, err := acl.PrincipalsAllowed(ctx, nil, node, a.Permission)
		return Report{"principals": who}, err
	}
	return nil, fmt.Errorf("check %q: %w", a.Check, errUnknown)
}

// permits reports a decision. The explanation and the filter must agree with it.
func (a *accessCheck) permits(ctx context.Context, node traversal.Node) (Report, error) {
	d, err := acl.Permits(ctx, nil, node, a.Permission, a.Principals)
	if err != nil {
		return nil, err
	}
	x, err := acl.Explain(ctx, nil, node, a.Permission, a.Principals)
	if err != nil {
		return nil, err
	}
	if x.Decision.Reason() != d.Reason() {
		return nil, fmt.Errorf("the decision is %q, its explanation %q", d.Reason(), x.Decision.Reason())
	}
	if parent, ok := node.Parent(); ok {
		only := func(yield func(traversal.Entry, error) bool) {
			yield(traversal.Entry{Name: node.Name(), Resource: node.Resource()}, nil)
		}
		seen := false
		for _, err := range acl.Filter(ctx, nil, parent, a.Permission, a.Principals, only) {
			if err != nil {
				return nil, err
			}
			seen = true
		}
		if seen != d.Allowed {
			return nil, fmt.Errorf("the decision is %q, but the filter lets it through: %t", d.Reason(), seen)
		}
	}
	report := Report{"allowed": d.Allowed, "decided_by": pathOf(d.At), "ace": nil}
	if d.Index >= 0 {
		report["ace"] = d.Index
	}
	return report, nil
}

// judge compares an answer with Pyramid's. No rule applies to it.
func (a *accessCheck) judge(c *Case, want Expect, v Verdict, at string) Verdict {
	got, err := a.play(c)
	if err != nil {
		return v.problem("%s: %v", at, err)
	}
	if d := Differences(want, got); d != "" {
		v = v.problem("%s: %s", at, d)
	}
	return v
}
