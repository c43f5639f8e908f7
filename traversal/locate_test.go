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
	circle := &placed{name: "circle"}
	circle.parent = circle
	const advice = " lies in the tree: pass the traversal.Node of the walk (or NewNode and At), implement traversal.Located, or register traversal.Locate for it"
	for _, tt := range []struct {
		name string
		x    any
		path string
		err  string
	}{
		{"root", root, "/", ""},
		{"deep", &placed{name: "a b", parent: shelf}, "/shelf/a%20b", ""},
		{"unknown", &leaf{}, "", "nothing tells where a *traversal_test.leaf" + advice},
		{"unknown parent", &placed{name: "x", parent: &leaf{}}, "", "nothing tells where a *traversal_test.leaf" + advice},
		{"error", &placed{name: "x", parent: &placed{err: denied}}, "", "location of *traversal_test.placed: denied"},
		{"no parent", &placed{name: "x"}, "", `location of *traversal_test.placed: has the name "x", but no parent`},
		{"no name", &placed{parent: root}, "", `location of *traversal_test.placed: has a parent (*traversal_test.placed), but no name`},
		{"nil parent", &placed{name: "x", parent: none}, "", `location of *traversal_test.placed: its parent is a nil *traversal_test.placed`},
		{"circle", circle, "", "location of *traversal_test.placed: more than 10000 parents: they lead in a circle"},
		{"nil", nil, "", "location of <nil>: there is no resource"},
		{"typed nil", none, "", "location of *traversal_test.placed: there is no resource"},
		{"zero node", traversal.Node{}, "", "location of traversal.Node: there is no resource"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := traversal.NodeOf(t.Context(), tt.x)
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.path, n.Path())
			assert.Same(t, tt.x, n.Resource())
		})
	}
	_, err := traversal.NodeOf(t.Context(), &placed{err: denied})
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
	got, err := traversal.NodeOf(ctx, n)
	require.NoError(t, err)
	assert.Equal(t, n, got)

	// By an alias: its own place counts, up to the walk's root, which need not be Located.
	got, err = traversal.NodeOf(ctx, place("new", &leaf{}, "latest", book))
	require.NoError(t, err)
	assert.Equal(t, "/shelf/book", got.Path())
	assert.Same(t, book, got.Resource())
	path, err := traversal.ResourcePath(ctx, place("latest", book), "edit")
	require.NoError(t, err)
	assert.Equal(t, "/shelf/book/edit", path)

	// Another name at the same parent.
	got, err = traversal.NodeOf(ctx, place("shelf", shelf, "alias", book))
	require.NoError(t, err)
	assert.Equal(t, "/shelf/book", got.Path())

	// A parent that does not tell its place, but was walked.
	plain := &leaf{}
	got, err = traversal.NodeOf(ctx, place("x", plain, "y", &placed{name: "z", parent: plain}))
	require.NoError(t, err)
	assert.Equal(t, "/x/z", got.Path())

	// The chain ends at another root: the walk counts.
	other := &placed{name: "o", parent: traversal.Map{}}
	_, err = traversal.NodeOf(ctx, place("shelf", shelf, "o", other))
	require.Error(t, err, "a Map does not tell that it is a root: broken")
	for _, stranger := range []*placed{{}, {name: "o", parent: &placed{}}} {
		n = place("shelf", shelf, "o", stranger)
		got, err = traversal.NodeOf(ctx, n)
		require.NoError(t, err)
		assert.Equal(t, n, got)
	}

	// Broken off: an error, never a shorter lineage.
	for _, broken := range []*placed{
		{name: "x"},
		{err: errors.New("denied")},
		{name: "x", parent: &leaf{}},
		{name: "x", parent: &placed{name: "y"}},
	} {
		_, err = traversal.NodeOf(ctx, place("x", broken))
		require.Error(t, err)
		for _, err := range traversal.Lineage(ctx, place("x", broken)) {
			require.Error(t, err)
		}
		_, _, _, err = traversal.Closest[*leaf](ctx, place("x", broken))
		require.Error(t, err)
	}

	// What is walked below a walk's root stays below it, though the root has a parent itself.
	sub := &placed{name: "sub", parent: root}
	n = traversal.NewNode(sub).At("x", &placed{name: "x", parent: sub})
	got, err = traversal.NodeOf(ctx, n)
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
	_, _, ok, err := traversal.ClosestIn[traversal.Map](t.Context(), tr, &leaf{"l"})
	require.NoError(t, err)
	assert.True(t, ok)
}

func TestLineageInsideClosest(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	root := traversal.Map{"a": traversal.Map{"b": traversal.Map{}, "leaf": &leaf{"x"}}, "ab": traversal.Map{}}
	find := func(path string) traversal.Node {
		n, err := traversal.Find(ctx, root, path)
		require.NoError(t, err)
		return n
	}
	var names []string
	for n, err := range traversal.Lineage(ctx, find("a/b")) {
		require.NoError(t, err)
		names = append(names, n.Path())
	}
	assert.Equal(t, []string{"/a/b", "/a", "/"}, names)
	for range traversal.Lineage(ctx, find("a/b")) {
		break
	}
	for _, err := range traversal.Lineage(ctx, 1) {
		require.Error(t, err)
	}

	for _, tt := range []struct {
		a, b any
		want bool
	}{
		{find("a/b"), find("a/b"), true},
		{find("a/b"), find("a"), true},
		{find("a/b"), root, true},
		{find("a/b"), root["a"], true},
		{find("a"), find("a/b"), false},
		{find("ab"), find("a"), false},
		{find("a/b"), find("ab"), false},
		{find("a/leaf"), find("a"), true},
		{find("a"), nil, false},
		{find("a"), traversal.Node{}, false},
		{find("a"), traversal.Map{}, false},
		{find("a"), traversal.NewNode(traversal.Map{}), false},
		// Loaded anew: the same place.
		{traversal.NewNode(root).At("x", &leaf{}).At("y", 1), traversal.NewNode(root).At("x", &leaf{"anew"}), true},
		// Values that cannot be compared do not panic.
		{traversal.NewNode(root).At("x", []int{1}).At("y", struct{ f []int }{}), struct{ f []int }{}, false},
		{traversal.NewNode(root).At("x", [1]any{[]int{}}), [1]any{[]int{}}, false},
	} {
		got, err := traversal.Inside(ctx, tt.a, tt.b)
		require.NoError(t, err)
		assert.Equal(t, tt.want, got, "%v in %v", tt.a, tt.b)
	}
	_, err := traversal.Inside(ctx, 1, root)
	require.Error(t, err)

	res, n, ok, err := traversal.Closest[*leaf](ctx, find("a/leaf"))
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, "x", res.name)
	assert.Equal(t, "/a/leaf", n.Path())
	_, n, ok, err = traversal.Closest[traversal.Container](ctx, find("a/leaf"))
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, "/a", n.Path())
	_, n, ok, err = traversal.Closest[error](ctx, find("a/leaf"))
	require.NoError(t, err)
	assert.False(t, ok)
	assert.True(t, n.IsZero())
	_, _, _, err = traversal.Closest[error](ctx, 1)
	require.Error(t, err)
}

func TestFind(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	root := site()
	a, err := traversal.Find(ctx, root, "a")
	require.NoError(t, err)
	for _, tt := range []struct {
		x    any
		path string
		want string
		err  string
	}{
		{a, "", "/a", ""},
		{a, "b/c", "/a/b/c", ""},
		{a, "/b", "/b", ""},
		{a, "/", "/", ""},
		{a, "..", "/a", ""}, // like Pyramid: there is nothing above where a walk begins
		{a, "x%2Fy", "/a/x%2Fy", ""},
		{root, "a/b", "/a/b", ""},
		{&placed{name: "n", parent: &placed{}}, "/", "/", ""},
		{&placed{name: "n", parent: &placed{}}, "", "/n", ""},
		{a, "/a/nope/x", "", `find "/a/nope/x": *traversal_test.folder has no child "nope"`},
		{a, "@@edit", "", `find "/@@edit": *traversal_test.folder has no child "@@edit"`},
		{a, "%", "", `path "%": bad escape "%"`},
		{root, "/a", "", "nothing tells where a *traversal_test.folder"},
		{nil, "a", "", "location of <nil>: there is no resource"},
	} {
		n, err := traversal.Find(ctx, tt.x, tt.path)
		if tt.err != "" {
			require.ErrorContains(t, err, tt.err)
			_, notFound := errors.AsType[*traversal.NotFoundError](err)
			assert.Equal(t, notFound, errors.Is(err, traversal.ErrNotFound))
			continue
		}
		require.NoError(t, err, tt.path)
		assert.Equal(t, tt.want, n.Path(), tt.path)
	}

	n, err := traversal.FindNames(ctx, a, "x/y")
	require.NoError(t, err)
	assert.Equal(t, "/a/x%2Fy", n.Path())
	n, err = traversal.FindNames(ctx, a)
	require.NoError(t, err)
	assert.Equal(t, "/a", n.Path())
	_, err = traversal.FindNames(ctx, a, "nope")
	require.ErrorIs(t, err, traversal.ErrNotFound)
	_, err = traversal.FindNames(ctx, nil, "nope")
	require.Error(t, err)
	_, err = traversal.FindNames(ctx, a, "\xff")
	require.Error(t, err)
}

func TestTraverse(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	root := site()
	a, err := traversal.Find(ctx, root, "a")
	require.NoError(t, err)
	r, err := traversal.Traverse(ctx, a, "b/edit/x")
	require.NoError(t, err)
	assert.Equal(t, "/a/b", r.Node().Path())
	assert.Equal(t, []string{"b"}, r.Traversed())
	assert.Equal(t, "edit", r.ViewName())
	assert.Equal(t, []string{"x"}, r.Subpath())
	assert.Same(t, a.Resource(), r.Root())
	assert.Same(t, root, r.Node().Root().Resource())

	r, err = traversal.Traverse(ctx, a, "/b/@@x")
	require.NoError(t, err)
	assert.Same(t, root, r.Root())
	assert.Equal(t, "/b", r.Node().Path())

	deep, path := chainOfMaps(20, 0)
	r, err = traversal.Traverse(ctx, traversal.NewNode(1).At("m", deep), path[1:]+"/view")
	require.NoError(t, err)
	assert.Equal(t, "/m"+path, r.Node().Path())
	assert.Equal(t, 21, r.Node().Depth())
}

func TestResourcePath(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a := traversal.NewNode(site()).At("a b", 1)
	for _, tt := range []struct {
		x        any
		elements []string
		want     string
	}{
		{a, nil, "/a%20b"},
		{a, []string{"x/y", "@@edit"}, "/a%20b/x%2Fy/@@edit"},
		{a, []string{""}, "/a%20b/"},
		{a.Root(), nil, "/"},
		{a.Root(), []string{"a"}, "/a"},
		{&placed{name: "p", parent: &placed{}}, nil, "/p"},
	} {
		got, err := traversal.ResourcePath(ctx, tt.x, tt.elements...)
		require.NoError(t, err)
		assert.Equal(t, tt.want, got)
	}
	_, err := traversal.ResourcePath(ctx, 1)
	require.Error(t, err)

	r, err := walk(t, site(), traversal.Path{Escaped: "/a/b"})
	require.NoError(t, err)
	names, err := traversal.ResourceNames(ctx, r.Node())
	require.NoError(t, err)
	names[0] = "changed"
	assert.Equal(t, []string{"a", "b"}, r.Traversed(), "the names are the caller's own")
}
