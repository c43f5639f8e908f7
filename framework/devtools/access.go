package devtools

import (
	"fmt"
	"slices"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Access is what a user may do with a resource.
type Access struct {
	Path       string       `json:"path"`
	User       string       `json:"user,omitempty"`
	Principals []string     `json:"principals"`
	Lineage    []AccessList `json:"lineage"`
	Decisions  []Decision   `json:"decisions"`
}

// AccessList is the access list of one resource of a lineage.
type AccessList struct {
	Path    string   `json:"path"`
	Type    string   `json:"type"`
	Entries []string `json:"entries"`
}

// Decision is whether the user has a permission, and why.
type Decision struct {
	Permission string `json:"permission"`
	Allowed    bool   `json:"allowed"`
	Entry      string `json:"entry,omitempty"`
	Position   int    `json:"position,omitempty"` // of the entry in the list, from 1
	At         string `json:"at,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Error      string `json:"error,omitempty"`
}

// AccessAt asks the policy of the application about each permission at a resource, with the user of r.
func AccessAt(app *framework.App, r *web.Request, at traversal.Node) (*Access, error) {
	// Nobody has the permission "", so the lists are read up to the root.
	lists, err := acl.Explain(r.Context(), r.Traverser(), at, "", nil)
	if err != nil {
		return nil, err
	}
	a := &Access{Path: lists.Node.Path(), Principals: []string{}, Lineage: []AccessList{}, Decisions: []Decision{}}
	if a.User, err = r.UserID(); err != nil {
		return nil, fmt.Errorf("user: %w", err)
	}
	if a.Principals, err = r.Principals(); err != nil {
		return nil, fmt.Errorf("principals: %w", err)
	}
	known := permissionsOf(app)
	for _, step := range lists.Steps {
		list := AccessList{Path: step.Node.Path(), Type: fmt.Sprintf("%T", step.Node.Resource()), Entries: []string{}}
		var entries acl.List
		for _, entry := range step.Entries {
			list.Entries = append(list.Entries, entry.Entry.String())
			entries = append(entries, entry.Entry)
		}
		known = append(known, entries.Permissions()...)
		a.Lineage = append(a.Lineage, list)
	}
	slices.Sort(known)
	for _, permission := range slices.Compact(known) {
		d := Decision{Permission: permission}
		decision, err := r.Permits(permission, at)
		if err != nil {
			d.Error = err.Error()
		} else {
			d.Allowed, d.Reason = decision.Allowed, decision.Why()
			if !decision.At.IsZero() {
				d.At = decision.At.Path()
			}
			if list, ok := decision.Detail.(interface{ Deciding() (string, int) }); ok {
				d.Entry, d.Position = list.Deciding()
			}
		}
		a.Decisions = append(a.Decisions, d)
	}
	return a, nil
}

// permissionsOf returns the permissions that the configuration and the policy name.
func permissionsOf(app *framework.App) (all []string) {
	for _, declared := range app.Registry().Introspect().Category("permissions") {
		all = append(all, declared.Title)
	}
	for _, v := range views.TableOf(app.Registry()).Views() {
		for _, permission := range []string{v.Permission, v.IfPermitted(), v.IfNotPermitted()} {
			if permission != "" {
				all = append(all, permission)
			}
		}
	}
	policy, _ := registry.Lookup[web.SecurityPolicy](app.Registry())
	if knows, ok := policy.(interface{ Permissions() []string }); ok {
		all = append(all, knows.Permissions()...)
	}
	return all
}
