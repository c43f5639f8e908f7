package acl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// wiki returns a tree with lists, a private folder, and documents that their owners may edit.
func wiki(t testing.TB) *folder {
	doc := func(owner string) *folder { return &folder{roles: map[string][]string{owner: {"role:owner"}}} }
	return &folder{
		list: parse(t, `
			allow system.Everyone view
			allow group:editors edit,create
			allow role:owner edit,delete
			allow group:admins *`),
		children: map[string]traversal.Resource{
			"open": &leaf{"open"},
			"private": &folder{
				list: parse(t, `
					allow alice *
					deny system.Everyone *`),
				children: map[string]traversal.Resource{"doc": doc("bob"), "plain": &leaf{"plain"}},
			},
			"docs": &folder{
				list:     parse(t, `deny mallory view`),
				children: map[string]traversal.Resource{"of-bob": doc("bob"), "of-alice": doc("alice")},
			},
		},
	}
}

func TestPermits(t *testing.T) {
	t.Parallel()
	root := wiki(t)
	for _, tt := range []struct {
		path, permission string
		principals       []string
		want             string
	}{
		{"/", "view", []string{acl.Everyone}, "allowed by entry 1 of /: allow system.Everyone view"},
		{"/open", "view", []string{acl.Everyone}, "allowed by entry 1 of /: allow system.Everyone view"},
		{"/open", "edit", []string{acl.Everyone}, "denied: no entry of /open or a resource above it matches"},
		{"/open", "edit", []string{acl.Everyone, "carol", "group:editors"}, "allowed by entry 2 of /: allow group:editors edit,create"},
		{"/open", "anything", []string{"group:admins"}, "allowed by entry 4 of /: allow group:admins *"},
		{"/open", acl.AllPermissions, []string{"group:admins"}, "allowed by entry 4 of /: allow group:admins *"},
		{"/open", acl.AllPermissions, []string{"group:editors"}, "denied: no entry of /open or a resource above it matches"},
		{"/private/plain", "view", []string{acl.Everyone, "alice"}, "allowed by entry 1 of /private: allow alice *"},
		{"/private/plain", "view", []string{acl.Everyone, "group:admins"}, "denied by entry 2 of /private: deny system.Everyone *"},
		{"/docs", "view", []string{acl.Everyone, "mallory"}, "denied by entry 1 of /docs: deny mallory view"},
		{"/docs", "edit", []string{acl.Everyone, "bob"}, "denied: no entry of /docs or a resource above it matches"},
		{"/docs/of-bob", "edit", []string{acl.Everyone, "bob"}, "allowed by entry 3 of /: allow role:owner edit,delete"},
		{"/docs/of-alice", "edit", []string{acl.Everyone, "bob"}, "denied: no entry of /docs/of-alice or a resource above it matches"},
		{"/private/doc", "edit", []string{acl.Everyone, "bob"}, "denied by entry 2 of /private: deny system.Everyone *"},
		{"/open", "", []string{acl.Everyone, "group:admins"}, "denied: no entry of /open or a resource above it matches"},
		{"/open", "view", nil, "denied: no entry of /open or a resource above it matches"},
		{"/open", "view", []string{""}, "denied: no entry of /open or a resource above it matches"},
	} {
		d, err := acl.Permits(t.Context(), nil, find(t, root, tt.path), tt.permission, tt.principals)
		require.NoError(t, err)
		assert.Equal(t, tt.want, d.Reason(), "%s at %s for %v", tt.permission, tt.path, tt.principals)
		assert.Equal(t, tt.permission, d.Permission)
		assert.Equal(t, tt.path, d.Node.Path())
		if d.At.IsZero() {
			assert.Equal(t, -1, d.Index)
			assert.Zero(t, d.Entry)
			continue
		}
		list, err := d.At.Resource().(acl.Provider).ACL(t.Context())
		require.NoError(t, err)
		assert.Equal(t, list[d.Index], d.Entry)
		assert.Equal(t, d.Allowed, d.Entry.Allows())
	}
}

func TestEntriesThatMatchNothing(t *testing.T) {
	t.Parallel()
	root := traversal.NewNode(&folder{
		list:  acl.List{{}, acl.Allow("", "view"), acl.Allow("alice"), acl.Allow("alice", ""), acl.Deny("")},
		roles: map[string][]string{"alice": {""}},
	})
	for _, permission := range []string{"view", "", acl.AllPermissions} {
		d, err := acl.Permits(t.Context(), nil, root, permission, []string{"", "alice"})
		require.NoError(t, err)
		assert.False(t, d.Allowed)
		assert.True(t, d.At.IsZero())
	}
}

// A decision shows clients no more than its result.
func TestDecisionHidesItsReason(t *testing.T) {
	t.Parallel()
	d, err := acl.Permits(t.Context(), nil, find(t, wiki(t), "/open"), "view", []string{acl.Everyone})
	require.NoError(t, err)
	text, err := json.Marshal(map[string]any{"may": d})
	require.NoError(t, err)
	assert.JSONEq(t, `{"may":true}`, string(text))
	assert.Equal(t, "allowed", fmt.Sprint(d))
	assert.Equal(t, "denied", fmt.Sprint(acl.Decision{}))
}

var errDown = errors.New("connection refused")

// An error is neither a yes nor a no, and names its resource.
func TestErrorsDecideNothing(t *testing.T) {
	t.Parallel()
	allow, deny := parse(t, "allow alice view"), parse(t, "deny alice view")
	tree := func(list acl.List, doc *folder) *folder {
		return &folder{list: list, children: map[string]traversal.Resource{"doc": doc}}
	}
	for _, tt := range []struct {
		name string
		root *folder
		kind string
	}{
		{"list, allowed above", tree(allow, &folder{err: errDown}), "acl"},
		{"list, denied above", tree(deny, &folder{err: errDown}), "acl"},
		{"list beside an error", tree(deny, &folder{list: allow, err: errDown}), "acl"},
		{"roles", tree(parse(t, "allow role:owner view"), &folder{roleErr: errDown}), "local roles"},
		{"not found is an error too", tree(allow, &folder{err: traversal.ErrNotFound}), "acl"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			node := find(t, tt.root, "/doc")
			d, err := acl.Permits(t.Context(), nil, node, "view", []string{"alice"})
			assert.Zero(t, d)
			var e *acl.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "/doc", e.At.Path())
			assert.Equal(t, tt.kind, e.Kind)
			assert.EqualError(t, err, tt.kind+" of /doc (*acl_test.folder): "+e.Err.Error())

			x, err := acl.Explain(t.Context(), nil, node, "view", []string{"alice"})
			require.ErrorAs(t, err, &e)
			assert.Zero(t, x.Decision)

			for child, err := range acl.Filter(t.Context(), nil, traversal.NewNode(tt.root), "view", []string{"alice"}, entries(tt.root)) {
				assert.Zero(t, child)
				require.ErrorAs(t, err, &e)
				assert.Equal(t, "/doc", e.At.Path())
			}
			if tt.kind == "acl" {
				_, err = acl.PrincipalsAllowed(t.Context(), nil, node, "view")
				require.ErrorAs(t, err, &e)
			}
		})
	}
}

// located states its place.
type located struct {
	name   string
	parent traversal.Resource
	err    error
	list   acl.List
}

func (l *located) Location(context.Context) (string, traversal.Resource, error) {
	return l.name, l.parent, l.err
}

func (l *located) ACL(context.Context) (acl.List, error) { return l.list, nil }

func TestBrokenLineageIsAnError(t *testing.T) {
	t.Parallel()
	root := &located{list: parse(t, "allow system.Everyone *")}
	broken := &located{name: "broken", err: errDown}
	for _, node := range []traversal.Node{
		{},
		traversal.NewNode(root).At("broken", broken),
		traversal.NewNode(root).At("doc", &located{name: "doc", parent: broken}),
		traversal.NewNode(root).At("below", broken).At("doc", &leaf{}),
		traversal.NewNode(root).At("doc", &located{name: "", parent: root}),
	} {
		d, err := acl.Permits(t.Context(), nil, node, "view", []string{acl.Everyone})
		require.Error(t, err)
		assert.Zero(t, d)
		x, err := acl.Explain(t.Context(), nil, node, "view", []string{acl.Everyone})
		require.Error(t, err)
		assert.Nil(t, x)
		_, err = acl.PrincipalsAllowed(t.Context(), nil, node, "view")
		require.Error(t, err)
		for child, err := range acl.Filter(t.Context(), nil, node, "view", []string{acl.Everyone}, entries(&folder{children: map[string]traversal.Resource{"a": &leaf{}}})) {
			require.Error(t, err)
			assert.Zero(t, child)
		}
	}
}

// No alias leads around the list of the folder that it stands for.
func TestAliasHasTheLineageOfItsPlace(t *testing.T) {
	t.Parallel()
	root := &located{list: parse(t, "allow system.Everyone view")}
	secret := &located{name: "secret", parent: root, list: parse(t, "deny system.Everyone view")}
	shared := &located{name: "shared", parent: secret}
	for _, tt := range []struct {
		node traversal.Node
		want string
	}{
		{traversal.NewNode(root).At("alias", shared), "denied by entry 1 of /secret: deny system.Everyone view"},
		{traversal.NewNode(root).At("alias", shared).At("doc", &leaf{}), "denied by entry 1 of /secret: deny system.Everyone view"},
		{traversal.NewNode(root).At("a", &leaf{}).At("b", &leaf{}), "allowed by entry 1 of /: allow system.Everyone view"},
		// Another tree: its places do not count here.
		{traversal.NewNode(&leaf{}).At("alias", shared), "denied: no entry of /alias or a resource above it matches"},
	} {
		d, err := acl.Permits(t.Context(), nil, tt.node, "view", []string{acl.Everyone})
		require.NoError(t, err)
		assert.Equal(t, tt.want, d.Reason())
	}
	x, err := acl.Explain(t.Context(), nil, traversal.NewNode(root).At("alias", shared).At("doc", &leaf{}), "view", []string{acl.Everyone})
	require.NoError(t, err)
	assert.Equal(t, "/secret/shared/doc", x.Decision.Node.Path())
}

// Rules give lists and local roles to types of other packages, and win over methods.
func TestRules(t *testing.T) {
	t.Parallel()
	tr, err := traversal.New([]traversal.Rule{
		acl.For(func(_ context.Context, l *leaf) (acl.List, error) {
			return acl.List{acl.Allow("role:reader", "view")}, nil
		}),
		acl.RolesFor(func(_ context.Context, l *leaf, principals []string) ([]string, error) {
			return []string{"role:reader"}, nil
		}),
		acl.For(func(context.Context, *folder) (acl.List, error) { return acl.List{acl.Deny("alice", "view")}, nil }),
	}, nil)
	require.NoError(t, err)
	root := &folder{list: parse(t, "allow alice view"), children: map[string]traversal.Resource{"leaf": &leaf{}}}
	for path, want := range map[string]string{
		"/":     "denied by entry 1 of /: deny alice view",
		"/leaf": "allowed by entry 1 of /leaf: allow role:reader view",
	} {
		for _, tr := range []*traversal.Traverser{tr, tr.Observed(nil)} {
			d, err := acl.Permits(t.Context(), tr, find(t, root, path), "view", []string{"alice"})
			require.NoError(t, err)
			assert.Equal(t, want, d.Reason())
		}
	}

	_, err = traversal.New([]traversal.Rule{
		acl.For[*leaf](nil), acl.RolesFor[*leaf](nil), acl.For(func(context.Context, error) (acl.List, error) { return nil, nil }),
	}, nil)
	assert.EqualError(t, err, "acl for *acl_test.leaf: the function is nil\n"+
		"local roles for *acl_test.leaf: the function is nil\n"+
		"acl for error: a rule cannot be for an interface; use the type of the resources in the tree")
	twice := acl.For(func(context.Context, *leaf) (acl.List, error) { return nil, nil })
	_, err = traversal.New([]traversal.Rule{twice, twice}, nil)
	assert.EqualError(t, err, "acl for *acl_test.leaf given twice: remove one")
}

// Local roles cost nothing where the lists decide without them, and are loaded once.
func TestLocalRolesAreLoadedOnDemand(t *testing.T) {
	t.Parallel()
	var n calls
	doc := &folder{list: parse(t, "allow alice view\nallow role:x edit\nallow role:y edit"), calls: &n}
	root := &folder{calls: &n, children: map[string]traversal.Resource{"doc": doc}}
	node := find(t, root, "/doc")
	for _, tt := range []struct {
		permission   string
		lists, roles int
	}{{"view", 1, 0}, {"edit", 2, 2}, {"delete", 2, 0}} {
		n = calls{}
		_, err := acl.Permits(t.Context(), nil, node, tt.permission, []string{"alice"})
		require.NoError(t, err)
		assert.Equal(t, calls{tt.lists, tt.roles}, n, tt.permission)
	}
}

// Someone with hundreds of groups gets the same answers.
func TestManyPrincipals(t *testing.T) {
	t.Parallel()
	principals := []string{acl.Everyone}
	for i := range 500 {
		principals = append(principals, fmt.Sprintf("group:%d", i))
	}
	var list acl.List
	for i := range 100 {
		list = append(list, acl.Deny(fmt.Sprintf("group:%d", 1000+i), "view"))
	}
	leaf := &many{append(list, acl.Allow("group:499", "view"), acl.Allow("", "edit")), &leaf{}}
	node := traversal.NewNode(leaf)
	for permission, want := range map[string]string{
		"view": "allowed by entry 101 of /: allow group:499 view",
		"edit": "denied: no entry of / or a resource above it matches",
	} {
		d, err := acl.Permits(t.Context(), nil, node, permission, principals)
		require.NoError(t, err)
		assert.Equal(t, want, d.Reason())
		d, err = acl.Permits(t.Context(), nil, node, permission, principals[:499])
		require.NoError(t, err)
		assert.False(t, d.Allowed)
		assert.True(t, d.At.IsZero())
	}
}

func TestDecisionsDoNotAllocate(t *testing.T) {
	root := wiki(t)
	var list acl.List
	for i := range 20 {
		list = append(list, acl.Allow(fmt.Sprintf("group:%d", i), "view"))
	}
	root.children["many"] = &many{list, &many{list, &many{list, &leaf{}}}}
	node := find(t, root, "/many/x/x/x")
	principals := []string{acl.Everyone, acl.Authenticated, "bob", "group:a", "group:b"}
	for _, permission := range []string{"view", "edit", "none"} {
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if _, err := acl.Permits(context.Background(), nil, node, permission, principals); err != nil {
				t.Error(err)
			}
		}), permission)
	}
}

// many is a resource with a list and one child.
type many struct {
	list  acl.List
	child traversal.Resource
}

func (m *many) ACL(context.Context) (acl.List, error) { return m.list, nil }

func (m *many) Child(context.Context, string) (traversal.Resource, error) { return m.child, nil }
