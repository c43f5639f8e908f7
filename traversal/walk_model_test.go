package traversal_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// tree is a random tree; the styles below are ways to implement it.
type tree struct {
	children map[string]*tree // nil for a leaf, which has no lookup
	fails    bool             // looking it up is an error
}

var (
	errBoom   = errors.New("boom")
	treeNames = []string{"a", "b", "c", "x/y", "é", "...", "@x", "@@v"}
)

func randomTree(rnd *rand.Rand, depth int) *tree {
	if depth == 0 || rnd.IntN(8) == 0 {
		return &tree{}
	}
	t := &tree{children: map[string]*tree{}}
	for _, name := range treeNames {
		if rnd.IntN(3) > 0 {
			child := randomTree(rnd, depth-1)
			child.fails = rnd.IntN(25) == 0
			t.children[name] = child
		}
	}
	return t
}

func randomPath(rnd *rand.Rand) string {
	words := []string{"a", "b", "c", "a", "b", "c", "x%2Fy", "%C3%A9", "...", "@x", "", ".", "..", "%2E.", "@@v", "nope", "@@"}
	var b strings.Builder
	for range rnd.IntN(14) {
		b.WriteString("/" + words[rnd.IntN(len(words))])
	}
	return b.String()
}

// outcome is the result of a walk.
type outcome struct {
	at        *tree
	vroot     *tree
	traversed []string
	view      string
	subpath   []string
	err       error
}

// model is Pyramid's algorithm in its plainest form: clean up the names, then go step by step.
func model(root *tree, path, virtual string) outcome {
	clean := func(path string) []string {
		names := []string{}
		for _, s := range strings.Split(path, "/") {
			name, err := url.PathUnescape(s)
			if err != nil {
				panic(err)
			}
			if name == ".." && len(names) > 0 {
				names = names[:len(names)-1]
			}
			if name != "" && name != "." && name != ".." {
				names = append(names, name)
			}
		}
		return names
	}
	vnames := clean(virtual)
	names := append(append([]string{}, vnames...), clean(path)...)
	o := outcome{at: root, vroot: root, traversed: []string{}, subpath: []string{}}
	for i, name := range names {
		if strings.HasPrefix(name, "@@") {
			o.view, o.subpath = name[2:], names[i+1:]
			return o
		}
		next := o.at.children[name]
		if next == nil {
			o.view, o.subpath = name, names[i+1:]
			return o
		}
		if next.fails {
			o.err = errBoom
			return o
		}
		o.at = next
		o.traversed = append(o.traversed, name)
		if i == len(vnames)-1 {
			o.vroot = next
		}
	}
	return o
}

// style makes a resource of a tree.
type style func(*tree) traversal.Resource

type (
	byChild struct {
		*tree
		s style
	}
	byDescend struct {
		*tree
		s   style
		rnd *rand.Rand // stops early at random; nil: goes as far as it can
	}
	byLookup struct {
		*tree
		s style
	}
	byFuture struct {
		*tree
		s   style
		rnd *rand.Rand // settles some futures at once
	}
	byAsyncLookup struct{ byFuture }
	byPathLookup  struct{ byDescend }
	byNothing     struct{ *tree }
)

func (r byChild) Child(_ context.Context, name string) (traversal.Resource, error) {
	child := r.children[name]
	switch {
	case child == nil:
		return nil, fmt.Errorf("%q: %w", name, traversal.ErrNotFound)
	case child.fails:
		return nil, errBoom
	}
	return r.s(child), nil
}

func (r byFuture) ChildAsync(ctx context.Context, name string) *async.Future[traversal.Resource] {
	return r.later(ctx, name)
}

func (r byFuture) later(ctx context.Context, name string) *async.Future[traversal.Resource] {
	plain := byChild{r.tree, r.s}
	if r.rnd.IntN(2) == 0 {
		return async.Settled(plain.Child(ctx, name))
	}
	return async.Go(ctx, func(ctx context.Context) (traversal.Resource, error) { return plain.Child(ctx, name) })
}

func (r byDescend) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	return r.descend(names)
}

func (r byDescend) descend(names []string) (got []traversal.Resource, err error) {
	at := r.tree
	for _, name := range names {
		if strings.HasPrefix(name, "@@") {
			panic("looked up " + name)
		}
		if r.rnd != nil && len(got) > 0 && r.rnd.IntN(3) == 0 {
			return got, nil
		}
		at = at.children[name]
		switch {
		case at == nil && r.rnd != nil && len(got) > 0 && r.rnd.IntN(2) == 0:
			return got, nil
		case at == nil:
			return got, traversal.ErrNotFound
		case at.fails:
			return got, errBoom
		}
		got = append(got, r.s(at))
	}
	return got, nil
}

func (n *tree) asTree() *tree { return n }

func styles(rnd *rand.Rand) map[string]style {
	all := map[string]style{}
	leafOr := func(make style) style {
		return func(n *tree) traversal.Resource {
			if n.children == nil {
				return byNothing{n}
			}
			return make(n)
		}
	}
	all["child"] = leafOr(func(n *tree) traversal.Resource { return byChild{n, all["child"]} })
	all["descend"] = leafOr(func(n *tree) traversal.Resource { return byDescend{tree: n, s: all["descend"]} })
	all["descend, stopping early"] = leafOr(func(n *tree) traversal.Resource {
		return byDescend{tree: n, s: all["descend, stopping early"], rnd: rnd}
	})
	all["lookup"] = leafOr(func(n *tree) traversal.Resource { return byLookup{n, all["lookup"]} })
	all["path lookup"] = leafOr(func(n *tree) traversal.Resource {
		return byPathLookup{byDescend{tree: n, s: all["path lookup"]}}
	})
	all["async child"] = leafOr(func(n *tree) traversal.Resource { return byFuture{n, all["async child"], rnd} })
	all["async lookup"] = leafOr(func(n *tree) traversal.Resource { return byAsyncLookup{byFuture{n, all["async lookup"], rnd}} })
	pure := []style{all["child"], all["descend"], all["descend, stopping early"], all["lookup"], all["path lookup"],
		all["async child"], all["async lookup"]}
	all["mixed"] = leafOr(func(n *tree) traversal.Resource {
		switch r := pure[rnd.IntN(len(pure))](n).(type) {
		case byChild:
			r.s = all["mixed"]
			return r
		case byDescend:
			r.s = all["mixed"]
			return r
		case byLookup:
			r.s = all["mixed"]
			return r
		case byPathLookup:
			r.s = all["mixed"]
			return r
		case byFuture:
			r.s = all["mixed"]
			return r
		case byAsyncLookup:
			r.s = all["mixed"]
			return r
		default:
			return r
		}
	})
	return all
}

func modelTraverser(t testing.TB) *traversal.Traverser {
	tr, err := traversal.New([]traversal.Rule{
		traversal.Lookup(func(ctx context.Context, r byLookup, name string) (traversal.Resource, error) {
			return byChild(r).Child(ctx, name)
		}),
		traversal.LookupPath(func(_ context.Context, r byPathLookup, names []string) ([]traversal.Resource, error) {
			return r.descend(names)
		}),
		traversal.LookupAsync(func(ctx context.Context, r byAsyncLookup, name string) *async.Future[traversal.Resource] {
			return r.later(ctx, name)
		}),
	}, nil)
	require.NoError(t, err)
	return tr
}

// agree walks in each style and compares the result with the model.
func agree(t testing.TB, tr *traversal.Traverser, rnd *rand.Rand, root *tree, path, virtual string) {
	want := model(root, path, virtual)
	vnames, err := traversal.Split(virtual)
	require.NoError(t, err)
	ctx, scope := async.WithScope(t.Context(), 0)
	defer func() { require.NoError(t, scope.End(-1)) }()
	for name, s := range styles(rnd) {
		where := fmt.Sprintf("%s: path %q virtual %q", name, path, virtual)
		var r traversal.Result
		err := tr.Walk(ctx, s(root), traversal.Path{Escaped: path, VirtualRoot: vnames}, &r)
		if want.err != nil {
			require.ErrorIs(t, err, want.err, where)
			continue
		}
		require.NoError(t, err, where)
		got := outcome{
			at:        treeOf(r.Resource()),
			vroot:     treeOf(r.VirtualRoot().Resource()),
			traversed: append([]string{}, r.Traversed()...),
			view:      r.ViewName(),
			subpath:   append([]string{}, r.Subpath()...),
		}
		require.Equal(t, want.traversed, got.traversed, where)
		require.Equal(t, want.view, got.view, where)
		require.Equal(t, want.subpath, got.subpath, where)
		require.Same(t, want.at, got.at, where)
		require.Same(t, want.vroot, got.vroot, where)
		inTree(t, root, r.Node(), where)
	}
}

func treeOf(res traversal.Resource) *tree { return res.(interface{ asTree() *tree }).asTree() }

// inTree checks that the lineage of n is a path of the tree, from its root.
func inTree(t testing.TB, root *tree, n traversal.Node, where string) {
	at := root
	for i, name := range n.Names() {
		at = at.children[name]
		up := n
		for up.Depth() > i+1 {
			up, _ = up.Parent()
		}
		require.Equal(t, name, up.Name(), where)
		require.Same(t, at, treeOf(up.Resource()), where)
	}
	require.Same(t, root, treeOf(n.Root().Resource()), where)
	require.Same(t, at, treeOf(n.Resource()), where)
}

func TestWalksAgreeWithModel(t *testing.T) {
	t.Parallel()
	tr := modelTraverser(t)
	for seed := range uint64(150) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		root := randomTree(rnd, 1+rnd.IntN(5))
		for range 20 {
			virtual := ""
			if rnd.IntN(3) == 0 {
				virtual = randomPath(rnd)
			}
			agree(t, tr, rnd, root, randomPath(rnd), virtual)
		}
	}
}

// strictFS fails the test on every name that is not below the root.
type strictFS struct {
	t  testing.TB
	fs fs.FS
}

func (s strictFS) Open(name string) (fs.File, error) {
	require.True(s.t, fs.ValidPath(name) && !strings.Contains(name, "\x00"), "opened %q", name)
	return s.fs.Open(name)
}

func FuzzWalk(f *testing.F) {
	for seed, path := range []string{"/a/b/c", "/a/../../../b", "/%2e%2E/a", "/..%2F..%2Fetc%2Fpasswd", "/a/@@v/b", "/c/x%2Fy/%C3%A9",
		"/a\\..\\b", "//a/./b", strings.Repeat("/a", 40), "/a/b/%zz", "/\xff", "/%00"} {
		f.Add(uint64(seed), path, "")
		f.Add(uint64(seed), path, "/a/b")
	}
	f.Fuzz(func(t *testing.T, seed uint64, path, virtual string) {
		tr := modelTraverser(t)
		rnd := rand.New(rand.NewPCG(seed, 3))
		root := randomTree(rnd, 4)
		child := byChild{root, styles(rnd)["child"]}
		var r traversal.Result
		_, pathErr := traversal.Split(path)
		_, virtualErr := traversal.Split(virtual)
		switch {
		case pathErr != nil:
			err := tr.Walk(t.Context(), child, traversal.Path{Escaped: path}, &r)
			require.IsType(t, (*traversal.PathError)(nil), err)
			require.True(t, r.IsZero())
		case virtualErr != nil:
			agree(t, tr, rnd, root, path, "")
		default:
			agree(t, tr, rnd, root, path, virtual)
		}

		dir := traversal.FS(strictFS{t, fstest.MapFS{"a/b/c": {}, "a/x": {}, "b": {}, "...": {}}})
		if tr.Walk(t.Context(), dir, traversal.Path{Escaped: path}, &r) == nil {
			require.Same(t, dir, r.Node().Root().Resource())
		}
	})
}
