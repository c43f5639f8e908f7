package traversaltest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/traversaltest"
)

func TestCheckReadyTrees(t *testing.T) {
	t.Parallel()
	require.NoError(t, traversaltest.Check(t.Context(), traversal.Map{
		"a": traversal.Map{"b": 1, "x/y": 2}, "é": map[string]any{"c": "d"},
	}, traversaltest.Options{Paths: []string{"/a/x%2Fy", "/"}, Missing: []string{"/a/c", "/é/c/d"}}))

	require.NoError(t, traversaltest.Check(t.Context(), traversal.FS(fstest.MapFS{
		"a/b/c.txt": {}, "top": {},
	}), traversaltest.Options{Paths: []string{"/a/b/c.txt"}}))
}

// table is a tree in a flat table of paths, found by Descend.
type table map[string]bool

type row struct {
	table table
	path  string
	early bool
}

func (r *row) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	var got []traversal.Resource
	path := r.path
	for _, name := range names {
		path += "/" + traversal.Quote(name)
		if !r.table[path] {
			return got, traversal.ErrNotFound
		}
		got = append(got, &row{r.table, path, r.early})
		if r.early {
			break
		}
	}
	return got, nil
}

func (r *row) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		for _, name := range []string{"a", "b", "c"} {
			if r.table[r.path+"/"+name] && !yield(traversal.Entry{Name: name, Resource: &row{r.table, r.path + "/" + name, r.early}}, nil) {
				return
			}
		}
	}
}

func (r *row) Location(context.Context) (string, traversal.Resource, error) {
	if r.path == "" {
		return "", nil, nil
	}
	i := strings.LastIndex(r.path, "/")
	return r.path[i+1:], &row{r.table, r.path[:i], r.early}, nil
}

func TestCheckDescend(t *testing.T) {
	t.Parallel()
	tab := table{"/a": true, "/a/b": true, "/a/b/c": true, "/c": true}
	for _, early := range []bool{false, true} {
		err := traversaltest.Check(t.Context(), &row{table: tab, early: early}, traversaltest.Options{
			Paths: []string{"/a/b/c"},
			Same:  func(a, b traversal.Resource) bool { return a.(*row).path == b.(*row).path },
		})
		require.NoError(t, err)
	}
}

// odd is a container with given results.
type odd struct {
	child   func(ctx context.Context, name string) (traversal.Resource, error)
	entries []traversal.Entry
	err     error
}

func (o *odd) Child(ctx context.Context, name string) (traversal.Resource, error) {
	if o.child != nil {
		return o.child(ctx, name)
	}
	for _, e := range o.entries {
		if e.Name == name {
			return e.Resource, nil
		}
	}
	return nil, traversal.ErrNotFound
}

func (o *odd) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		for _, e := range o.entries {
			if !yield(e, nil) {
				return
			}
		}
		if o.err != nil {
			yield(traversal.Entry{}, o.err)
		}
	}
}

// oddPath is a PathContainer with given results.
type oddPath struct {
	odd
	descend func(names []string) ([]traversal.Resource, error)
}

func (o *oddPath) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	return o.descend(names)
}

type lost struct{ name string }

func (l lost) Location(context.Context) (string, traversal.Resource, error) {
	if l.name == "" {
		return "", nil, nil
	}
	return l.name, lost{}, nil
}

func TestCheckReports(t *testing.T) {
	t.Parallel()
	denied := errors.New("denied")
	one := traversal.Entry{Name: "one", Resource: 1}
	found := func(res ...traversal.Resource) func([]string) ([]traversal.Resource, error) {
		return func(names []string) ([]traversal.Resource, error) { return res, nil }
	}
	for _, tt := range []struct {
		name string
		root traversal.Resource
		o    traversaltest.Options
		want string
	}{
		{"nil root", nil, traversaltest.Options{}, "root is nil"},
		{"path that does not exist", traversal.Map{"a": 1}, traversaltest.Options{Paths: []string{"/a/b"}}, `/a (int): path "/a/b" should exist, but "b" is not found`},
		{"path that cannot be read", traversal.Map{}, traversaltest.Options{Paths: []string{"/%"}}, `/ (traversal.Map): path "/%": invalid escape "%"`},
		{"missing path that exists", traversal.Map{"a": 1}, traversaltest.Options{Missing: []string{"/a"}}, `/ (traversal.Map): has a resource at ["a"]`},
		{"listed, not found", &odd{entries: []traversal.Entry{one}, child: func(context.Context, string) (traversal.Resource, error) { return nil, traversal.ErrNotFound }},
			traversaltest.Options{}, `Child "one": no such resource`},
		{"other type", &odd{entries: []traversal.Entry{one}, child: func(_ context.Context, name string) (traversal.Resource, error) {
			if name == "one" {
				return "1", nil
			}
			return nil, traversal.ErrNotFound
		}}, traversaltest.Options{}, `Child "one" returns string, expected int as found elsewhere`},
		{"anything is found", &odd{child: func(context.Context, string) (traversal.Resource, error) { return 1, nil }}, traversaltest.Options{}, `has a resource at ["../"]`},
		{"missing is an error", &odd{child: func(context.Context, string) (traversal.Resource, error) { return nil, denied }}, traversaltest.Options{}, "does not exist: expected ErrNotFound, got traverse"},
		{"cancelled is not found", &odd{entries: []traversal.Entry{one}, child: func(ctx context.Context, name string) (traversal.Resource, error) {
			if name == "one" && ctx.Err() == nil {
				return 1, nil
			}
			return nil, traversal.ErrNotFound
		}}, traversaltest.Options{}, "returns ErrNotFound if its context is cancelled"},
		{"listed twice", &odd{entries: []traversal.Entry{one, one}}, traversaltest.Options{}, `lists "one" twice`},
		{"bad name", &odd{entries: []traversal.Entry{{Name: "..", Resource: 1}}}, traversaltest.Options{}, `lists a child "..", a name that no path can contain`},
		{"view name", &odd{entries: []traversal.Entry{{Name: "@@x", Resource: 1}}}, traversaltest.Options{}, `lists a child "@@x", a name that selects a view`},
		{"listing fails", &odd{err: denied}, traversaltest.Options{}, "denied"},
		{"wrong place", traversal.Map{"a": lost{"b"}}, traversaltest.Options{}, "/a (traversaltest_test.lost): states that its path is /b"},
		{"Descend disagrees", &oddPath{odd{entries: []traversal.Entry{one}}, found("x")}, traversaltest.Options{}, `Descend to ["one"] returns string for "one", expected int as found elsewhere`},
		{"Descend returns nothing", &oddPath{odd{entries: []traversal.Entry{one}}, found()}, traversaltest.Options{}, `Descend to ["one"] returns neither a resource nor an error`},
		{"Descend returns more", &oddPath{odd{entries: []traversal.Entry{one}}, found(1, 1, 1, 1)}, traversaltest.Options{}, `Descend to ["one"] returns 4 resources`},
		{"Descend finds what is not there", &oddPath{odd{entries: []traversal.Entry{one}}, found(1, 2)}, traversaltest.Options{}, `finds a resource at ["one" "no such resource`},
		{"Descend does not find", &oddPath{odd{entries: []traversal.Entry{one}}, func([]string) ([]traversal.Resource, error) { return nil, traversal.ErrNotFound }},
			traversaltest.Options{}, `Descend to ["one"] does not find "one", which exists`},
		{"Descend fails", &oddPath{odd{entries: []traversal.Entry{one}}, func([]string) ([]traversal.Resource, error) { return nil, denied }}, traversaltest.Options{}, `Descend to ["one"]: denied`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, traversaltest.Check(t.Context(), tt.root, tt.o), tt.want)
		})
	}
}

func TestCheckStopsAtMaxNodes(t *testing.T) {
	t.Parallel()
	calls := 0
	var endless *odd
	endless = &odd{child: func(_ context.Context, name string) (traversal.Resource, error) {
		calls++
		if name == "again" {
			return endless, nil
		}
		return nil, traversal.ErrNotFound
	}}
	endless.entries = []traversal.Entry{{Name: "again", Resource: endless}}
	require.NoError(t, traversaltest.Check(t.Context(), endless, traversaltest.Options{MaxNodes: 10}))
	assert.Less(t, calls, 1000)
}

func TestCheckUsesRules(t *testing.T) {
	t.Parallel()
	tr, err := traversal.New([]traversal.Rule{
		traversal.Lookup(func(_ context.Context, n int, name string) (traversal.Resource, error) {
			if name == "next" {
				return n + 1, nil
			}
			return nil, traversal.ErrNotFound
		}),
	}, nil)
	require.NoError(t, err)
	require.NoError(t, traversaltest.Check(t.Context(), 1, traversaltest.Options{Traverser: tr, Paths: []string{"/next/next"}}))
	require.Error(t, traversaltest.Check(t.Context(), 1, traversaltest.Options{Paths: []string{"/next/next"}}))
}

func ExampleCheck() {
	site := traversal.Map{"wiki": traversal.Map{"Front": "Welcome"}}
	err := traversaltest.Check(context.Background(), site, traversaltest.Options{Paths: []string{"/wiki/Front", "/wiki/Back"}})
	fmt.Println(err)
	// Output: /wiki (traversal.Map): path "/wiki/Back" should exist, but "Back" is not found
}
