package traversal_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

// placed knows its place.
type placed struct {
	name   string
	parent traversal.Resource
	err    error
}

func (p *placed) Location(context.Context) (string, traversal.Resource, error) {
	return p.name, p.parent, p.err
}

func TestNodeOfBareResource(t *testing.T) {
	t.Parallel()
	denied := errors.New("denied")
	var none *placed
	root := &placed{}
	shelf := &placed{name: "shelf", parent: root}
	circle := &placed{name: "cycle"}
	circle.parent = circle
	const unknown = "unknown location of *traversal_test.leaf: pass the traversal.Node of the walk (or build one with NewNode and At), " +
		"implement traversal.Located, or register a traversal.Locate rule"
	for _, tt := range []struct {
		name string
		x    any
		path string
		err  string
	}{
		{"root", root, "/", ""},
		{"deep", &placed{name: "a b", parent: shelf}, "/shelf/a%20b", ""},
		{"unknown", &leaf{}, "", unknown},
		{"unknown parent", &placed{name: "x", parent: &leaf{}}, "", unknown},
		{"error", &placed{name: "x", parent: &placed{err: denied}}, "", "location of *traversal_test.placed: denied"},
		{"no parent", &placed{name: "x"}, "", `location of *traversal_test.placed: name "x" without a parent`},
		{"no name", &placed{parent: root}, "", `location of *traversal_test.placed: empty name below a parent (*traversal_test.placed)`},
		{"nil parent", &placed{name: "x", parent: none}, "", `location of *traversal_test.placed: parent is a nil *traversal_test.placed`},
		{"cycle", circle, "", "location of *traversal_test.placed: more than 10000 parents: they form a cycle"},
		{"nil", nil, "", "location of <nil>: resource is nil"},
		{"typed nil", none, "", "location of *traversal_test.placed: resource is a nil *traversal_test.placed"},
		{"zero node", traversal.Node{}, "", "location of traversal.Node: the zero Node has no resource"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := noRules.NodeOf(t.Context(), tt.x)
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.path, n.Path())
			assert.Same(t, tt.x, n.Resource())
		})
	}
	_, err := noRules.NodeOf(t.Context(), &placed{err: denied})
	require.ErrorIs(t, err, denied)
}

func TestLocatedAndWalk(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	root := traversal.Map{}
	place := func(res ...any) traversal.Node { // name, resource, name, resource …
		n := traversal.NewNode(root)
		for i := 0; i < len(res); i += 2 {
			n = n.At(res[i].(string), res[i+1])
		}
		return n
	}
	shelf := &placed{name: "shelf", parent: root}
	book := &placed{name: "book", parent: shelf}

	// As walked.
	n := place("shelf", shelf, "book", book)
	got, err := noRules.NodeOf(ctx, n)
	require.NoError(t, err)
	assert.Equal(t, n, got)

	// Reached by an alias: its own place counts, up to the root of the walk, which need not be
	// Located.
	got, err = noRules.NodeOf(ctx, place("new", &leaf{}, "latest", book))
	require.NoError(t, err)
	assert.Equal(t, "/shelf/book", got.Path())
	assert.Same(t, book, got.Resource())
	path, err := noRules.ResourcePath(ctx, place("latest", book), "edit")
	require.NoError(t, err)
	assert.Equal(t, "/shelf/book/edit", path)

	// Another name at the same parent.
	got, err = noRules.NodeOf(ctx, place("shelf", shelf, "alias", book))
	require.NoError(t, err)
	assert.Equal(t, "/shelf/book", got.Path())

	// A parent that does not state its place, but was walked.
	plain := &leaf{}
	got, err = noRules.NodeOf(ctx, place("x", plain, "y", &placed{name: "z", parent: plain}))
	require.NoError(t, err)
	assert.Equal(t, "/x/z", got.Path())

	// The chain ends at another root: the place in the walk counts.
	other := &placed{name: "o", parent: traversal.Map{}}
	_, err = noRules.NodeOf(ctx, place("shelf", shelf, "o", other))
	require.Error(t, err, "a Map does not state that it is a root: broken")
	for _, stranger := range []*placed{{}, {name: "o", parent: &placed{}}} {
		n = place("shelf", shelf, "o", stranger)
		got, err = noRules.NodeOf(ctx, n)
		require.NoError(t, err)
		assert.Equal(t, n, got)
	}

	// A chain that breaks off is an error, never a shorter lineage.
	for _, broken := range []*placed{
		{name: "x"},
		{err: errors.New("denied")},
		{name: "x", parent: &leaf{}},
		{name: "x", parent: &placed{name: "y"}},
	} {
		_, err = noRules.NodeOf(ctx, place("x", broken))
		require.Error(t, err)
		for _, err := range noRules.Lineage(ctx, place("x", broken)) {
			require.Error(t, err)
		}
		_, _, _, err = traversal.Closest[*leaf](ctx, nil, place("x", broken))
		require.Error(t, err)
	}

	// The root of a walk stays the root, even if it has a parent itself.
	sub := &placed{name: "sub", parent: root}
	n = traversal.NewNode(sub).At("x", &placed{name: "x", parent: sub})
	got, err = noRules.NodeOf(ctx, n)
	require.NoError(t, err)
	assert.Equal(t, n, got)
}

func TestLocateRule(t *testing.T) {
	t.Parallel()
	root := traversal.Map{}
	tr, err := traversal.New([]traversal.Rule{
		traversal.Locate(func(_ context.Context, l *leaf) (string, traversal.Resource, error) { return l.name, root, nil }),
		traversal.Locate(func(context.Context, traversal.Map) (string, traversal.Resource, error) { return "", nil, nil }),
		traversal.Locate(func(_ context.Context, p *placed) (string, traversal.Resource, error) { return "rule", root, nil }),
	}, nil)
	require.NoError(t, err)
	n, err := tr.NodeOf(t.Context(), &leaf{"l"})
	require.NoError(t, err)
	assert.Equal(t, "/l", n.Path())
	path, err := tr.ResourcePath(t.Context(), &placed{name: "method"})
	require.NoError(t, err)
	assert.Equal(t, "/rule", path, "a rule wins")
	_, _, ok, err := traversal.Closest[traversal.Map](t.Context(), tr, &leaf{"l"})
	require.NoError(t, err)
	assert.True(t, ok)
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	root := traversal.Map{}
	top := traversal.NewNode(root)
	shelf := &placed{name: "shelf", parent: root}
	book := &placed{name: "book", parent: shelf}
	other := &placed{}
	mounted := &placed{name: "mounted", parent: other}
	lost := &placed{name: "lost", err: errors.New("denied")}
	for _, tt := range []struct {
		name string
		node traversal.Node
		want string
		err  string
	}{
		{"nothing states its place", top.At("a", &leaf{}).At("b", &leaf{}), "/a/b", ""},
		{"in its place", top.At("shelf", shelf).At("book", book), "/shelf/book", ""},
		{"an alias", top.At("alias", book), "/shelf/book", ""},
		{"below an alias", top.At("alias", book).At("page", &leaf{}).At("line", &leaf{}), "/shelf/book/page/line", ""},
		{"an alias below an alias", top.At("alias", shelf).At("favourite", book).At("page", &leaf{}), "/shelf/book/page", ""},
		{"another tree", top.At("mount", other).At("mounted", mounted).At("page", &leaf{}), "/mount/mounted/page", ""},
		{"another tree, left at once", top.At("alias", mounted).At("page", &leaf{}), "/alias/page", ""},
		{"another tree below an alias", top.At("alias", book).At("mount", other).At("mounted", mounted).At("page", &leaf{}),
			"/shelf/book/mount/mounted/page", ""},
		{"a broken chain", top.At("lost", lost), "", "location of *traversal_test.placed: denied"},
		{"below a broken chain", top.At("lost", lost).At("page", &leaf{}), "", "location of *traversal_test.placed: denied"},
		{"another tree below a broken chain", top.At("lost", lost).At("mount", other).At("mounted", mounted), "", "location of *traversal_test.placed: denied"},
		{"the zero node", traversal.Node{}, "", "location of traversal.Node: the zero Node has no resource"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := noRules.Canonical(ctx, tt.node)
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				assert.True(t, n.IsZero())
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, n.Path())
			assert.Equal(t, tt.node.Resource(), n.Resource())
			if n.Path() == tt.node.Path() {
				assert.Equal(t, tt.node, n, "not made anew")
			}
		})
	}

}

func TestCanonicalDoesNotAllocate(t *testing.T) {
	ctx, root := t.Context(), traversal.Map{}
	shelf := &placed{name: "shelf", parent: root}
	book := &placed{name: "book", parent: shelf}
	deep := traversal.NewNode(root).At("shelf", shelf).At("book", book).At("page", &leaf{})
	r, err := walk(t, site(), traversal.Path{Escaped: "/a/b/c"})
	require.NoError(t, err)
	for _, n := range []traversal.Node{r.Node(), deep} {
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if _, err := noRules.Canonical(ctx, n); err != nil {
				t.Error(err)
			}
		}))
	}
}

func TestHolds(t *testing.T) {
	t.Parallel()
	root := traversal.Map{}
	shelf := &placed{name: "shelf", parent: root}
	for _, tt := range []struct {
		parent traversal.Node
		child  traversal.Resource
		want   bool
		err    string
	}{
		{traversal.NewNode(root), &leaf{}, true, ""},
		{traversal.NewNode(root), shelf, true, ""},
		{traversal.NewNode(root).At("x", shelf), &placed{name: "book", parent: shelf}, true, ""},
		{traversal.NewNode(root), &placed{name: "book", parent: shelf}, false, ""},
		{traversal.NewNode(root), &placed{}, false, ""},
		{traversal.NewNode(root), &placed{err: errors.New("denied")}, false, "location of *traversal_test.placed: denied"},
		{traversal.Node{}, shelf, false, ""},
	} {
		got, err := noRules.Holds(t.Context(), tt.parent, tt.child)
		if tt.err != "" {
			assert.EqualError(t, err, tt.err)
		} else {
			assert.NoError(t, err)
		}
		assert.Equal(t, tt.want, got)
	}
}

// counted is a resource of a mounted tree that counts how often it states its place.
type counted struct {
	placed
	calls *int
}

func (c *counted) Location(ctx context.Context) (string, traversal.Resource, error) {
	*c.calls++
	return c.placed.Location(ctx)
}

// A mounted tree, all of whose resources state their place in it, costs no more than its depth.
func TestCanonicalOfMountedTree(t *testing.T) {
	t.Parallel()
	calls := 0
	res := &counted{calls: &calls}
	n := traversal.NewNode(traversal.Map{}).At("mount", res)
	for range 50 {
		res = &counted{placed{name: "x", parent: res}, &calls}
		n = n.At("x", res)
	}
	got, err := noRules.Canonical(t.Context(), n)
	require.NoError(t, err)
	assert.Equal(t, n, got)
	assert.Equal(t, 51, calls)
}
