package main

import (
	"context"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// reason is the answer to "may they do this, and why?".
type reason struct {
	Allowed bool
	Hidden  bool           // a folder above the resource, At, is not for them
	At      traversal.Node // the resource whose list decided; zero if no entry is about them
	Index   int            // of the entry in that list, from 1
	Words   string         // of the entry
}

// subject is somebody, and what they may do.
type subject struct {
	Who     string
	Note    string
	Reasons []reason // for each of shared
}

// decide answers for somebody who has principals. Whoever wants to do something with a resource
// must also be allowed to view the folders above it.
func decide(ctx context.Context, t *traversal.Traverser, n traversal.Node, permission string, principals []string) (reason, error) {
	var above []traversal.Node
	for up, ok := n.Parent(); ok; up, ok = up.Parent() {
		above = append(above, up)
	}
	for _, up := range slices.Backward(above) {
		d, err := acl.Permits(ctx, t, up, mayView, principals)
		if err != nil {
			return reason{}, err
		}
		if !d.Allowed {
			why := reasonOf(d)
			why.Hidden = true
			if why.At.IsZero() {
				why.At = up
			}
			return why, nil
		}
	}
	d, err := acl.Permits(ctx, t, n, permission, principals)
	return reasonOf(d), err
}

func reasonOf(d acl.Decision) reason {
	if d.At.IsZero() {
		return reason{}
	}
	return reason{Allowed: d.Allowed, At: d.At, Index: d.Index + 1, Words: entryWords(d.Entry)}
}

// explain returns what people may do with a node: strangers, members, the groups, those whom the
// lists name, and the user of a name, if there is one.
func (w *wiki) explain(r *framework.Request, n traversal.Node, user string) ([]subject, error) {
	ctx := r.Context()
	everyone, members := []string{acl.Everyone}, []string{acl.Everyone, acl.Authenticated}
	var list []subject
	add := func(who, note string, principals []string) error {
		s := subject{Who: who, Note: note}
		for _, permission := range shared {
			why, err := decide(ctx, r.Traverser(), n, permission, principals)
			if err != nil {
				return err
			}
			s.Reasons = append(s.Reasons, why)
		}
		list = append(list, s)
		return nil
	}
	names, err := usersNamed(ctx, n)
	if err != nil {
		return nil, err
	}
	if user != "" {
		names = slices.Insert(slices.DeleteFunc(names, func(name string) bool { return name == user }), 0, user)
	}
	for _, name := range names {
		person, err := w.accountOf(ctx, w.db.Reader(), name)
		if err != nil {
			return nil, err
		}
		note, principals := "", members
		switch {
		case person == nil:
			note, principals = "nobody has this name", everyone
		case person.Disabled:
			note, principals = "disabled: cannot log in", everyone
		default:
			name, principals = person.Name, append(slices.Concat(members, person.principals()), userPrefix+person.Name)
			if len(person.Groups) > 0 {
				note = "in " + strings.Join(person.Groups, ", ")
			}
		}
		if err := add(name, note, principals); err != nil {
			return nil, err
		}
	}
	if err := add("Whoever is not logged in", "", everyone); err != nil {
		return nil, err
	}
	if err := add("Members without a group", "", members); err != nil {
		return nil, err
	}
	groups, err := w.allGroups(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if err := add("The group "+g.Name, "", append(slices.Clone(members), groupPrefix+g.Name)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// usersNamed returns the users whom the lists of a node and of those above it name.
func usersNamed(ctx context.Context, n traversal.Node) (names []string, err error) {
	for ok := true; ok; n, ok = n.Parent() {
		list, err := listOf(ctx, n)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if name, isUser := strings.CutPrefix(e.Principal(), userPrefix); isUser && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names, nil
}

// branchList is the access list of one node of a branch, in words.
type branchList struct {
	Node    traversal.Node
	Own     bool // it has a list
	Entries []string
	Stops   bool // what is above does not count
}

// branch returns the lists that decide about a node: its own, and those of the folders above it.
func branch(ctx context.Context, n traversal.Node) (lists []branchList, err error) {
	for ok := true; ok; n, ok = n.Parent() {
		list, err := listOf(ctx, n)
		if err != nil {
			return nil, err
		}
		b := branchList{Node: n, Own: len(list) > 0}
		for _, e := range list {
			b.Entries = append(b.Entries, entryWords(e))
			b.Stops = b.Stops || stops(e)
		}
		lists = append(lists, b)
	}
	return lists, nil
}
