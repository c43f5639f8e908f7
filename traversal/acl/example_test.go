package acl_test

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// Site is the root of a small tree with lists.
type Site struct{ pages map[string]traversal.Resource }

var (
	_ traversal.Container = (*Site)(nil)
	_ acl.Provider        = (*Site)(nil)
)

func (s *Site) Child(_ context.Context, name string) (traversal.Resource, error) {
	if page, ok := s.pages[name]; ok {
		return page, nil
	}
	return nil, traversal.ErrNotFound
}

// Children lists the pages by name.
func (s *Site) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		for _, name := range []string{"Front", "Minutes"} {
			if !yield(traversal.Entry{Name: name, Resource: s.pages[name]}, nil) {
				return
			}
		}
	}
}

// ACL is the list for the whole site, unless a page says otherwise.
func (s *Site) ACL(context.Context) (acl.List, error) {
	return acl.List{
		acl.Allow(acl.Everyone, "view"),
		acl.Allow("role:owner", "edit", "delete"),
		acl.Allow("group:editors", "edit"),
	}, nil
}

// Page is a page with an owner.
type Page struct{ Owner string }

var _ acl.RoleProvider = (*Page)(nil)

// LocalRoles makes the owner the owner of this page.
func (p *Page) LocalRoles(_ context.Context, principals []string) ([]string, error) {
	if slices.Contains(principals, p.Owner) {
		return []string{"role:owner"}, nil
	}
	return nil, nil
}

// Minutes are for the staff alone.
type Minutes struct{}

var _ acl.Provider = (*Minutes)(nil)

func (*Minutes) ACL(context.Context) (acl.List, error) {
	return acl.List{acl.Allow("group:staff", "view"), acl.DenyAll}, nil
}

func newSite() traversal.Node {
	return traversal.NewNode(&Site{pages: map[string]traversal.Resource{"Front": &Page{Owner: "alice"}, "Minutes": &Minutes{}}})
}

func ExamplePermits() {
	ctx := context.Background()
	var traverser traversal.Traverser // that of the application: r.Traverser()
	ask := func(path, permission string, principals ...string) {
		node, err := traverser.Find(ctx, newSite(), path)
		if err != nil {
			fmt.Println(err)
			return
		}
		d, err := acl.Permits(ctx, &traverser, node, permission, append(principals, acl.Everyone))
		if err != nil {
			fmt.Println(err) // neither yes nor no
			return
		}
		fmt.Println(d.Reason())
	}
	ask("/Front", "view")
	ask("/Front", "edit", "bob")
	ask("/Front", "edit", "alice")
	ask("/Minutes", "view", "alice")
	// Output:
	// allowed by entry 1 of /: allow system.Everyone view
	// denied: no entry of /Front or a resource above it matches
	// allowed by entry 2 of /: allow role:owner edit,delete
	// denied by entry 2 of /Minutes: deny system.Everyone *
}

func ExampleFilter() {
	ctx := context.Background()
	site := newSite()
	list := site.Resource().(*Site).Children(ctx)
	for child, err := range acl.Filter(ctx, nil, site, "view", []string{acl.Everyone, "bob"}, list) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(child.Name)
	}
	// Output: Front
}

func ExampleChildren() {
	for node, err := range acl.Children(context.Background(), nil, newSite(), "view", []string{acl.Everyone, "group:staff"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(node.Path())
	}
	// Output:
	// /Front
	// /Minutes
}

func ExampleExplain() {
	site := newSite()
	minutes := site.At("Minutes", &Minutes{})
	x, err := acl.Explain(context.Background(), nil, minutes, "view", []string{acl.Everyone, "bob"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x)
	// Output:
	// denied by entry 2 of /Minutes: deny system.Everyone *
	// view at /Minutes, asked for system.Everyone, bob
	// /Minutes (*acl_test.Minutes)
	//   1. allow group:staff view — another principal
	//   2. deny system.Everyone * — decides
}

func ExamplePrincipalsAllowed() {
	who, err := acl.PrincipalsAllowed(context.Background(), nil, newSite().At("Front", &Page{}), "edit")
	fmt.Println(who, err)
	// Output: [group:editors role:owner] <nil>
}

// A rule gives lists to a type of another package. In an application, register it by
// config.AddLookup.
func ExampleFor() {
	rule := acl.For(func(_ context.Context, m traversal.Map) (acl.List, error) {
		return acl.List{acl.Allow(acl.Authenticated, "view")}, nil
	})
	traverser, err := traversal.New([]traversal.Rule{rule}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := acl.Permits(context.Background(), traverser, traversal.NewNode(traversal.Map{}), "view", []string{acl.Everyone, acl.Authenticated})
	fmt.Println(d.Reason(), err)
	// Output: allowed by entry 1 of /: allow system.Authenticated view <nil>
}

// Members of a project have a role in it, wherever the project is kept.
func ExampleRolesFor() {
	type project struct{ members []string }
	rule := acl.RolesFor(func(_ context.Context, p *project, principals []string) ([]string, error) {
		for _, member := range p.members {
			if slices.Contains(principals, member) {
				return []string{"role:member"}, nil
			}
		}
		return nil, nil
	})
	root := acl.For(func(context.Context, traversal.Map) (acl.List, error) {
		return acl.List{acl.Allow("role:member", "view")}, nil
	})
	traverser, err := traversal.New([]traversal.Rule{rule, root}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	node := traversal.NewNode(traversal.Map{}).At("apollo", &project{members: []string{"alice"}})
	for _, user := range []string{"alice", "bob"} {
		d, err := acl.Permits(context.Background(), traverser, node, "view", []string{acl.Everyone, user})
		fmt.Println(user, d, err)
	}
	// Output:
	// alice allowed <nil>
	// bob denied <nil>
}

func ExampleParse() {
	list, err := acl.Parse(`
		allow group:editors view, edit
		allow "Alice Smith" view        # a name with a blank
		deny system.Everyone *
	`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(list[0].Principal(), list[0].Permissions())
	fmt.Println(list)

	_, err = acl.Parse("allow alice view\ndenny bob view")
	fmt.Println(err)
	// Output:
	// group:editors [view edit]
	// allow group:editors view,edit
	// allow "Alice Smith" view
	// deny system.Everyone *
	// line 2: expected allow or deny, got "denny" (want, for example: allow group:editors edit,view)
}

func ExampleParseTable() {
	table, err := acl.ParseTable(`
		/
			allow system.Everyone view

		/private
			allow group:staff view
			deny system.Everyone *
	`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(table), table["/private"][0])
	// Output: 2 allow group:staff view
}

// Who may see this, and why?
func ExampleGrants() {
	grants, err := acl.Grants(context.Background(), nil, newSite().At("Front", &Page{}), "edit")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, grant := range grants {
		fmt.Println(grant)
	}
	// Output:
	// group:editors by entry 3 of /
	// role:owner by entry 2 of /
}
