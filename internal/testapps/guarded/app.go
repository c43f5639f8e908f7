// Package guarded is an application with access lists all over its tree. Its tests send it paths in
// every spelling, and check each response against the lists, which they read in their own way.
package guarded

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// lists are the access lists by place: the names that lead to a resource, between pipes, since some
// contain a slash.
var lists = []struct{ place, entries string }{
	{"", "allow system.Everyone view; allow group:editors edit; allow role:owner view,edit"},
	{"closed", "allow alice *; deny system.Everyone *"},
	{"closed|open", "allow system.Everyone view"},
	{"closed|a/b", "allow bob view"},
	{"open", "deny bob view"},
	{"open|closed", "deny system.Everyone view,edit"},
	{"open|@@edit", "allow system.Everyone edit"},
	{"open|deep|x y", "deny system.Everyone view; allow carol edit"},
	{"edit", "deny system.Everyone *"},
	{"view", "allow system.Authenticated edit"},
	{"bob's", "deny system.Everyone *"},
}

// others are further resources, without a list.
var others = []string{"open|deep|plain", "closed|deep|plain", "a|b|c", "edit|edit", "bob's|page"}

// owners have the local role "role:owner" at a resource and below.
var owners = map[string]string{"a|b": "bob", "closed|deep": "carol"}

// Thing is a resource, found by the names that lead to it.
type Thing struct {
	place    string
	children map[string]*Thing
	list     acl.List
}

var (
	_ traversal.Container = (*Thing)(nil)
	_ acl.Provider        = (*Thing)(nil)
	_ acl.RoleProvider    = (*Thing)(nil)
)

// Child returns the child of that name.
func (t *Thing) Child(_ context.Context, name string) (traversal.Resource, error) {
	if child := t.children[name]; child != nil {
		return child, nil
	}
	return nil, traversal.ErrNotFound
}

// ACL returns the list of the resource.
func (t *Thing) ACL(context.Context) (acl.List, error) { return t.list, nil }

// LocalRoles makes the owner an owner.
func (t *Thing) LocalRoles(_ context.Context, principals []string) ([]string, error) {
	if owner := owners[t.place]; owner != "" && slices.Contains(principals, owner) {
		return []string{"role:owner"}, nil
	}
	return nil, nil
}

// grow returns the tree.
func grow() (*Thing, error) {
	root := &Thing{children: map[string]*Thing{}}
	add := func(place string) *Thing {
		at := root
		for i, name := range split(place) {
			child := at.children[name]
			if child == nil {
				child = &Thing{place: strings.Join(split(place)[:i+1], "|"), children: map[string]*Thing{}}
				at.children[name] = child
			}
			at = child
		}
		return at
	}
	for _, l := range lists {
		list, err := acl.Parse(strings.ReplaceAll(l.entries, ";", "\n"))
		if err != nil {
			return nil, err
		}
		add(l.place).list = list
	}
	for _, place := range others {
		add(place)
	}
	return root, nil
}

// split returns the names of a place.
func split(place string) []string {
	if place == "" {
		return nil
	}
	return strings.Split(place, "|")
}

// policy knows users by the header X-User; carol and dora are editors.
type policy struct{}

func (policy) Identity(r *web.Request) (any, error) {
	if user := r.Header.Get("X-User"); user != "" {
		return user, nil
	}
	return nil, nil
}

// principals are those of a user, "" for an anonymous client.
func principals(user string) []string {
	switch user {
	case "":
		return []string{acl.Everyone}
	case "carol", "dora":
		return []string{acl.Everyone, acl.Authenticated, user, "group:editors"}
	}
	return []string{acl.Everyone, acl.Authenticated, user}
}

func (policy) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	d, err := acl.Permits(r.Context(), r.Traverser(), at, permission, principals(r.Header.Get("X-User")))
	return web.Decision{Allowed: d.Allowed, At: d.At, Detail: d}, err
}

// New builds the application. Each view reports its permission and the place where it was called,
// in headers, so that HEAD shows them too. With strict, all resources on the way must be visible.
func New(strict bool) (*framework.App, error) {
	root, err := grow()
	if err != nil {
		return nil, err
	}
	silent := zerolog.Nop()
	o := framework.Options{
		Root:           func(*framework.Request) (traversal.Resource, error) { return root, nil },
		Security:       policy{},
		TrustedProxies: []string{"192.0.2.0/24"},
		Logger:         &silent,
	}
	if strict {
		o.TraversePermission = "view"
	}
	config := framework.New(o)
	for name, permission := range map[string]string{"": "view", "view": "view", "edit": "edit"} {
		config.AddView(views.On(func(r *framework.Request, t *Thing) (*framework.Response, error) {
			response := r.Text(permission)
			response.SetHeader("Shown", "/"+t.place)
			response.SetHeader("Permission", permission)
			return response, nil
		}), views.Name(name), views.Permission(permission))
	}
	config.AddRoute("tree", "/~/*traverse", routes.GlobalViews())
	config.AddRoute("edit", "/edit-of/{name}", routes.Traverse("/open/{name}"), routes.GlobalViews())
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { // no permission: shows nothing
		return web.Respond(http.StatusNoContent), nil
	}), views.Name("ping"))
	return config.App()
}
