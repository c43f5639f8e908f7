package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/traversal/acl"
)

// shared are the permissions that the sharing page gives and takes.
var shared = []string{mayView, mayEdit, mayShare}

// principalWords returns a principal as people call it.
func principalWords(principal string) string {
	group, isGroup := strings.CutPrefix(principal, groupPrefix)
	user, isUser := strings.CutPrefix(principal, userPrefix)
	switch {
	case principal == acl.Everyone:
		return "everyone"
	case principal == acl.Authenticated:
		return "all members"
	case isGroup:
		return "the group " + group
	case isUser:
		return user
	}
	return principal
}

// entryWords returns an entry of an access list as a sentence without its end, such as "all members
// may view, edit".
func entryWords(e acl.Entry) string {
	what := strings.Join(e.Permissions(), ", ")
	if slices.Contains(e.Permissions(), acl.AllPermissions) {
		what = "do everything"
	}
	if e.Allows() {
		return fmt.Sprintf("%s may %s", principalWords(e.Principal()), what)
	}
	return fmt.Sprintf("%s may not %s", principalWords(e.Principal()), what)
}

// stops reports whether an entry ends a list: what the folders above say does not count.
func stops(e acl.Entry) bool {
	return !e.Allows() && e.Principal() == acl.Everyone && e.Covers(acl.AllPermissions)
}

// keepsAdministrators is the entry with which the lists begin that the sharing page makes: no list
// locks the administrators out.
var keepsAdministrators = acl.Allow(administrators, acl.AllPermissions)

// split takes a list apart: what people have written into it, and whether it stops inheritance.
func split(list acl.List) (written acl.List, stopped bool) {
	for _, e := range list {
		switch {
		case stops(e):
			return written, true // what follows has no effect
		case e.String() != keepsAdministrators.String():
			written = append(written, e)
		}
	}
	return written, false
}

// join makes a list of what split returns, nil if nothing is left in it. The root always has one.
func join(written acl.List, stopped, root bool) acl.List {
	if len(written) == 0 && !stopped && !root {
		return nil
	}
	list := append(acl.List{keepsAdministrators}, written...)
	if stopped && !root {
		list = append(list, acl.DenyAll)
	}
	return list
}
