package traversal_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestWalk(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path, virtual string
		ends, view    string
		subpath       []string
		vroot         string
	}{
		{path: "/", ends: "/"},
		{path: "", ends: "/"},
		{path: "/a", ends: "/a"},
		{path: "/a/b/c/", ends: "/a/b/c"},
		{path: "/a/nope", ends: "/a", view: "nope"},
		{path: "/nope/a/b", ends: "/", view: "nope", subpath: []string{"a", "b"}},
		{path: "/nope/../a", ends: "/a"},
		{path: "/a/leaf/x/y", ends: "/a/leaf", view: "x", subpath: []string{"y"}},
		{path: "/a/@@b", ends: "/a", view: "b"},
		{path: "/a/@@b/@@c/d", ends: "/a", view: "b", subpath: []string{"@@c", "d"}},
		{path: "/a/@@odd", ends: "/a", view: "odd"},
		{path: "/a/%40%40odd", ends: "/a", view: "odd"},
		{path: "/@@", ends: "/"},
		{path: "/a/@b", ends: "/a", view: "@b"},
		{path: "/a/x%2Fy", ends: "/a/x%2Fy"},
		{path: "/a/b/c/d/e/f/g/h/i/j", ends: "/a/b/c", view: "d", subpath: []string{"e", "f", "g", "h", "i", "j"}},
		{path: "/", virtual: "/a", ends: "/a", vroot: "/a"},
		{path: "/b/c", virtual: "/a", ends: "/a/b/c", vroot: "/a"},
		{path: "/../../../b", virtual: "/a", ends: "/a/b", vroot: "/a"},
		{path: "/%2E%2E/b", virtual: "/a", ends: "/a/b", vroot: "/a"},
		{path: "/x/../../b/c/x", virtual: "/a", ends: "/a/b/c", view: "x", vroot: "/a"},
		{path: "/c", virtual: "/a/../a/b", ends: "/a/b/c", vroot: "/a/b"},
		{path: "/b", virtual: "/a/nope", ends: "/a", view: "nope", subpath: []string{"b"}, vroot: "/"},
		{path: "/", virtual: "/nope/more", ends: "/", view: "nope", subpath: []string{"more"}, vroot: "/"},
		{path: "/x/y", virtual: "/a/b/c", ends: "/a/b/c", view: "x", subpath: []string{"y"}, vroot: "/a/b/c"},
	} {
		t.Run(tt.virtual+"|"+tt.path, func(t *testing.T) {
			t.Parallel()
			root := site()
			vroot, err := traversal.Split(tt.virtual)
			require.NoError(t, err)
			r, err := walk(t, root, traversal.Path{Escaped: tt.path, VirtualRoot: vroot})
			require.NoError(t, err)
			assert.Equal(t, tt.ends, r.Node().Path())
			assert.Equal(t, tt.ends, traversal.Join(r.Traversed()))
			assert.Equal(t, tt.view, r.ViewName())
			assert.Equal(t, tt.subpath, append([]string(nil), r.Subpath()...))
			assert.Same(t, root, r.Root())
			assert.Equal(t, vroot, append([]string{}, r.VirtualRootPath()...))
			if tt.vroot == "" {
				tt.vroot = "/"
			}
			assert.Equal(t, tt.vroot, r.VirtualRoot().Path())
			found, err := noRules.Find(t.Context(), root, tt.ends[1:])
			require.NoError(t, err)
			assert.Same(t, found.Resource(), r.Resource())
			assert.Same(t, found.Resource(), r.Node().Resource())
		})
	}
}

func TestWalkNamesAndSubpath(t *testing.T) {
	t.Parallel()
	r, err := walk(t, site(), traversal.Path{Escaped: "/ignored", Names: []string{"a", "", "x/y"}, Subpath: []string{"s", "t"}})
	require.NoError(t, err)
	assert.Equal(t, "/a/x%2Fy", r.Node().Path())
	assert.Equal(t, []string{"s", "t"}, r.Subpath())

	r, err = walk(t, site(), traversal.Path{Names: []string{"a", "..", "b", "edit", "z"}, Subpath: []string{"s"}})
	require.NoError(t, err)
	assert.Equal(t, "edit", r.ViewName())
	assert.Equal(t, []string{"z"}, r.Subpath(), "the path was not used up")

	r, err = walk(t, site(), traversal.Path{Escaped: "/ignored", Names: []string{}})
	require.NoError(t, err)
	assert.Equal(t, "/", r.Node().Path())

	_, err = walk(t, site(), traversal.Path{Names: []string{"a", "\xff"}})
	require.EqualError(t, err, `path "a/\xff": not UTF-8`)
	_, err = walk(t, site(), traversal.Path{VirtualRoot: []string{"a\x00"}})
	require.EqualError(t, err, `path "a\x00": contains NUL`)
}

func TestWalkErrors(t *testing.T) {
	t.Parallel()
	denied := errors.New("permission denied")
	var none *leaf
	for _, tt := range []struct {
		name string
		root traversal.Resource
		want string
	}{
		{"error of a child", &folder{children: map[string]traversal.Resource{"wiki": &folder{err: denied}}},
			`traverse "/wiki/Front": child "Front" of *traversal_test.folder: permission denied`},
		{"nil", traversal.Map{"wiki": nil},
			`traverse "/wiki/Front": child "wiki" of traversal.Map: returned resource is nil; return ErrNotFound if there is no such child`},
		{"typed nil", traversal.Map{"wiki": none},
			`traverse "/wiki/Front": child "wiki" of traversal.Map: returned resource is a nil *traversal_test.leaf; return ErrNotFound if there is no such child`},
		{"Node", traversal.Map{"wiki": traversal.NewNode(1)},
			`traverse "/wiki/Front": child "wiki" of traversal.Map: returned resource is a traversal.Node, expected the resource itself`},
		{"nil root", nil, `traverse "/wiki/Front": root is nil`},
		{"typed nil root", none, `traverse "/wiki/Front": root is a nil *traversal_test.leaf`},
		{"Node as root", traversal.NewNode(1), `traverse "/wiki/Front": root is a traversal.Node, expected the resource itself`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := walk(t, tt.root, traversal.Path{Escaped: "/wiki/Front"})
			require.EqualError(t, err, tt.want)
			var se *traversal.StepError
			require.ErrorAs(t, err, &se)
			assert.Equal(t, "/wiki/Front", se.Path)
			assert.NotErrorIs(t, err, traversal.ErrNotFound)
			if tt.name == "error of a child" {
				assert.ErrorIs(t, err, denied)
				assert.Equal(t, "/wiki", r.Node().Path(), "how far it came")
			}
		})
	}
}

func TestWalkDescend(t *testing.T) {
	t.Parallel()
	denied := errors.New("permission denied")
	notFound := fmt.Errorf("no row: %w", traversal.ErrNotFound)
	var none *leaf
	one, two := &leaf{"1"}, &leaf{"2"}
	other := &folder{children: map[string]traversal.Resource{"b": &folder{children: map[string]traversal.Resource{"c": one}}}}
	again := &pathStub{found: []traversal.Resource{two}}
	const prefix = `traverse "/a/b/c/@@v/w": `
	for _, tt := range []struct {
		name string
		got  []traversal.Resource
		err  error
		ends string // path, view name, subpath
		want string // error
	}{
		{"all", []traversal.Resource{one, two, one}, nil, "/a/b/c v [w]", ""},
		{"fewer", []traversal.Resource{one, two}, nil, "/a/b c [@@v w]", ""},
		{"fewer, then by Child", []traversal.Resource{other}, nil, "/a/b/c v [w]", ""},
		{"fewer, then by Descend", []traversal.Resource{one, again}, nil, "/a/b/c v [w]", ""},
		{"fewer and not found", []traversal.Resource{other}, traversal.ErrNotFound, "/a b [c @@v w]", ""},
		{"none and not found", nil, notFound, "/ a [b c @@v w]", ""},
		{"other error", []traversal.Resource{one}, denied, "", prefix + `descend "a/b/c" of *traversal_test.pathStub: permission denied`},
		{"none", nil, nil, "", prefix + `descend "a/b/c" of *traversal_test.pathStub: returned neither a resource nor an error; return ErrNotFound for a name that does not exist`},
		{"more", []traversal.Resource{one, one, one, one}, nil, "", prefix + `descend "a/b/c" of *traversal_test.pathStub: returned 4 resources for 3 names`},
		{"more, not found", []traversal.Resource{one, one, one, one}, notFound, "", prefix + `descend "a/b/c" of *traversal_test.pathStub: returned 4 resources for 3 names`},
		{"all, not found", []traversal.Resource{one, one, one}, notFound, "", prefix + `descend "a/b/c" of *traversal_test.pathStub: returned a resource for every name, but also the error "no row: no such resource"`},
		{"nil", []traversal.Resource{one, nil}, nil, "", prefix + `descend "a/b/c" of *traversal_test.pathStub: for "b": returned resource is nil; return ErrNotFound if there is no such child`},
		{"typed nil", []traversal.Resource{one, none}, notFound, "", prefix + `descend "a/b/c" of *traversal_test.pathStub: for "b": returned resource is a nil *traversal_test.leaf; return ErrNotFound if there is no such child`},
	} {
		for _, byRule := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/rule=%v", tt.name, byRule), func(t *testing.T) {
				root := &pathStub{found: tt.got, err: tt.err}
				p := traversal.Path{Escaped: "/a/b/c/@@v/w"}
				var r *traversal.Result
				var err error
				want := tt.want
				if byRule {
					type ruled struct{}
					r, err = walk(t, ruled{}, p, traversal.LookupPath(func(ctx context.Context, _ ruled, names []string) ([]traversal.Resource, error) {
						return root.Descend(ctx, names)
					}))
					if want != "" {
						want = strings.NewReplacer("descend", "path lookup", "*traversal_test.pathStub", "traversal_test.ruled").Replace(want)
					}
				} else {
					r, err = walk(t, root, p)
				}
				assert.Equal(t, [][]string{{"a", "b", "c"}}, root.calls, "one call, without the names from @@ on")
				if want != "" {
					require.EqualError(t, err, want)
					assert.NotErrorIs(t, err, traversal.ErrNotFound)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, tt.ends, fmt.Sprintf("%s %s %v", r.Node().Path(), r.ViewName(), r.Subpath()))
			})
		}
	}
	assert.Equal(t, [][]string{{"c"}, {"c"}}, again.calls)

	// Only a view below: Descend is not called.
	root := &pathStub{}
	_, err := walk(t, root, traversal.Path{Escaped: "/@@v/a"})
	require.NoError(t, err)
	assert.Empty(t, root.calls)
}

func TestWalkDescendPrefersPath(t *testing.T) {
	t.Parallel()
	type both struct {
		*pathStub
		*folder
	}
	r, err := walk(t, both{&pathStub{found: []traversal.Resource{1}}, &folder{err: errors.New("Child was called")}}, traversal.Path{Escaped: "/a"})
	require.NoError(t, err)
	assert.Equal(t, 1, r.Resource())
}

func TestWalkDeepDescend(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{4, 5, 6, 8, 9, 32, 33, 64, 65, 1000} {
		w := &whole{}
		for range depth {
			w.below = append(w.below, w)
		}
		_, path := chainOfMaps(depth, 0)
		r, err := walk(t, w, traversal.Path{Escaped: path + "/@@view"})
		require.NoError(t, err)
		assert.Equal(t, path, r.Node().Path())
		assert.Equal(t, depth, r.Node().Depth())
		assert.Equal(t, "view", r.ViewName())

		m, path := chainOfMaps(depth, 0)
		r, err = walk(t, m, traversal.Path{Escaped: path + "/view/x"})
		require.NoError(t, err)
		assert.Equal(t, path, r.Node().Path())
		assert.Equal(t, []string{"x"}, r.Subpath())
	}
}

func TestWalkStopsWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	stop := errors.New("client disconnected")
	ctx, cancel := context.WithCancelCause(t.Context())
	root := site()
	tr, err := traversal.New([]traversal.Rule{
		traversal.Lookup(func(ctx context.Context, f *folder, name string) (traversal.Resource, error) {
			if name == "b" {
				cancel(stop)
			}
			return f.Child(ctx, name)
		}),
	}, nil)
	require.NoError(t, err)
	var r traversal.Result
	err = tr.Walk(ctx, root, traversal.Path{Escaped: "/a/b/c"}, &r)
	require.EqualError(t, err, `traverse "/a/b/c": stopped before "c" of *traversal_test.folder: context canceled: client disconnected`)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, stop)
	assert.Equal(t, "/a/b", r.Node().Path())

	require.NoError(t, tr.Walk(ctx, root, traversal.Path{Escaped: "/@@view"}, &r), "nothing to look up")
}

func TestWalkDoesNotRecoverPanics(t *testing.T) {
	t.Parallel()
	assert.PanicsWithValue(t, "boom", func() {
		_, _ = walk(t, 1, traversal.Path{Escaped: "/a"}, traversal.Lookup(func(context.Context, int, string) (traversal.Resource, error) { panic("boom") }))
	})
}

func TestWalkAllocations(t *testing.T) {
	// Not parallel: AllocsPerRun.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tr, err := traversal.New([]traversal.Rule{
		traversal.Lookup(func(_ context.Context, s *itself, _ string) (traversal.Resource, error) { return s, nil }),
	}, nil)
	require.NoError(t, err)
	for _, tt := range []struct {
		path string
		room int
		want float64
	}{
		{"/", 0, 0}, {"/a", 1, 0}, {"/a/b/c/d", 4, 0}, {"/a/b/c/d/@@view", 5, 0}, {"/a/./b/../b//c/", 3, 0},
		{"/a", 0, 1}, {"/a/b/c/d/e", 4, 1}, {"/1/2/3/4/5/6/7/8/@@v", 1, 1}, {"/1/2/3/4/5/6/7/8/@@v", 9, 0},
		{"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31/32", 0, 1},
		{"/a%20b", 1, 1},
	} {
		path := tt.path
		w := &whole{below: make([]traversal.Resource, 40)}
		for i := range w.below {
			w.below[i] = w
		}
		for _, root := range []traversal.Resource{&itself{}, w} {
			var r traversal.Result
			var room traversal.Room
			names, below := make([]string, tt.room), make([]traversal.Resource, tt.room)
			got := testing.AllocsPerRun(100, func() {
				r = traversal.Result{}
				r.Use(&room, names, below)
				if err := tr.Walk(ctx, root, traversal.Path{Escaped: path}, &r); err != nil {
					t.Fatal(err)
				}
				_ = r.Node().Names()
				_ = r.Subpath()
			})
			assert.Equal(t, tt.want, got, "%T %s", root, path)
		}
	}
}

// endless has a child of every name, and finds one at a time.
type endless struct{}

func (endless) Descend(context.Context, []string) ([]traversal.Resource, error) {
	return []traversal.Resource{endless{}}, nil
}

// The cost of a walk grows with its path: in quadratic time this one would take many seconds.
func TestLongWalkByShortSteps(t *testing.T) {
	t.Parallel()
	var r traversal.Result
	path := traversal.Path{Escaped: strings.Repeat("/a", 100_000) + "/@@edit/b"}
	require.NoError(t, (*traversal.Traverser)(nil).Walk(context.Background(), endless{}, path, &r))
	assert.Equal(t, 100_000, r.Node().Depth())
	assert.Equal(t, "edit", r.ViewName())
	assert.Equal(t, []string{"b"}, r.Subpath())
}
