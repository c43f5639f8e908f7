package frameworktest

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views/web"
)

// Access is a security policy for tests, by access lists: As names the user of a request, who has
// some groups, and the lists of the resources decide. It comes with a tree for tests that have
// none; the lists of any other resources count in the same way.
type Access struct {
	groups map[string][]string
	tree   Tree
	root   *Place
}

var (
	_ web.SecurityPolicy = (*Access)(nil)
	_ web.UserIDer       = (*Access)(nil)
	_ web.Principaler    = (*Access)(nil)
	_ web.Rememberer     = (*Access)(nil)
)

// Place is a resource of the tree of an Access.
type Place struct {
	// Path is where it is: "/wiki/Front".
	Path   string
	list   acl.List
	access *Access
}

var (
	_ acl.Provider            = (*Place)(nil)
	_ traversal.PathContainer = (*Place)(nil)
)

// NewAccess reads users and the lists of a tree from text. A line "alice: group:editors
// group:staff" is a user with the groups; the rest is a table as acl.ParseTable reads it, whose
// paths become the resources of Root. Invalid text ends the test.
//
//	access := frameworktest.NewAccess(t, `
//		alice: group:editors
//		bob:
//		/
//		  allow system.Everyone view
//		/wiki
//		  allow group:editors edit
//		  deny system.Everyone *
//		/wiki/Front
//	`)
//	config := framework.New(framework.Options{Root: access.Root(), Security: access})
func NewAccess(t T, text string) *Access {
	t.Helper()
	a := &Access{groups: map[string][]string{}, tree: Tree{}}
	users, table := text, ""
	if at := strings.Index("\n"+text, "\n"+indent(text)+"/"); at >= 0 {
		users, table = text[:at], text[at:]
	}
	for line := range strings.Lines(users) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, groups, ok := strings.Cut(line+" ", ": ")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			t.Fatalf("frameworktest.NewAccess: user %q: want a line such as \"alice: group:editors\"", line)
		}
		a.groups[name] = strings.Fields(groups)
	}
	lists, err := acl.ParseTable(table)
	if err != nil {
		t.Fatalf("frameworktest.NewAccess: %v", err)
	}
	for _, path := range slices.Sorted(maps.Keys(lists)) {
		names, _ := traversal.Split(path) // as ParseTable did
		for _, name := range names {
			if strings.Contains(name, "/") {
				t.Fatalf("frameworktest.NewAccess: path %s: names cannot contain a slash", path)
			}
		}
		a.tree[strings.Join(names, "/")] = &Place{Path: path, list: lists[path], access: a}
	}
	a.root = &Place{Path: "/", list: lists["/"], access: a}
	return a
}

// indent returns the blanks before the first line with a path.
func indent(text string) string {
	for line := range strings.Lines(text) {
		if trimmed := strings.TrimLeft(line, " \t"); strings.HasPrefix(trimmed, "/") {
			return line[:len(line)-len(trimmed)]
		}
	}
	return "\x00"
}

// Root returns a root factory for the tree: a *Place for each path of the table and, without lists,
// for those between.
func (a *Access) Root() web.RootFactory { return Root(a.root) }

// ACL returns the list of the place.
func (p *Place) ACL(context.Context) (acl.List, error) { return p.list, nil }

// Descend returns the places for as many of the names as there are.
func (p *Place) Descend(ctx context.Context, names []string) ([]traversal.Resource, error) {
	if p != p.access.root {
		return nil, traversal.ErrNotFound
	}
	found, err := p.access.tree.Descend(ctx, names)
	for i, resource := range found {
		if _, ok := resource.(*Place); !ok {
			found[i] = &Place{Path: traversal.Join(names[:i+1]), access: p.access}
		}
	}
	return found, err
}

// ActAs makes the request come from a user, who must be one of the text, or "".
func (a *Access) ActAs(r *http.Request, user string) (*http.Request, error) {
	if _, ok := a.groups[user]; !ok && user != "" {
		return nil, unknownUser{user, slices.Sorted(maps.Keys(a.groups))}
	}
	return Policy(nil).ActAs(r, user)
}

type unknownUser struct {
	name  string
	known []string
}

var _ error = unknownUser{}

func (e unknownUser) Error() string {
	return "unknown user " + e.name + " (known: " + strings.Join(e.known, ", ") + ")"
}

// Identity returns the name of the user, nil without one.
func (a *Access) Identity(r *web.Request) (any, error) { return Policy(nil).Identity(r) }

// UserID returns the name of the user, "" without one.
func (a *Access) UserID(r *web.Request) (string, error) { return Policy(nil).UserID(r) }

// Principals returns Everyone and, with a user, Authenticated, the user and their groups.
func (a *Access) Principals(r *web.Request) ([]string, error) {
	user := r.Header.Get(userHeader)
	if user == "" {
		return []string{web.Everyone}, nil
	}
	return append([]string{web.Everyone, web.Authenticated, user}, a.groups[user]...), nil
}

// Permits asks the lists of the resource and of those above it.
func (a *Access) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	principals, err := a.Principals(r)
	if err != nil {
		return web.Decision{}, err
	}
	return security.ACL(r, at, permission, principals)
}

// Remember notes the user in the response, for Response.Remembered.
func (a *Access) Remember(r *web.Request, userID string) (func(*web.Response), error) {
	return Policy(nil).Remember(r, userID)
}

// Forget notes in the response that the user was logged out, for Response.Remembered.
func (a *Access) Forget(r *web.Request) (func(*web.Response), error) { return Policy(nil).Forget(r) }
