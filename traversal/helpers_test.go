package traversal_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noRules uses the methods of resources alone.
var noRules traversal.Traverser

// folder is a Container.
type folder struct {
	name     string
	children map[string]traversal.Resource
	err      error
}

func (f *folder) Child(_ context.Context, name string) (traversal.Resource, error) {
	if f.err != nil {
		return nil, f.err
	}
	if child, ok := f.children[name]; ok {
		return child, nil
	}
	return nil, fmt.Errorf("%s: %w", f.name, traversal.ErrNotFound)
}

// leaf has no children.
type leaf struct{ name string }

// pathStub returns a fixed result from Descend, and records the names of each call.
type pathStub struct {
	found []traversal.Resource
	err   error
	calls [][]string
}

func (p *pathStub) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	p.calls = append(p.calls, append([]string{}, names...))
	return p.found, p.err
}

// walk walks with a Traverser of those rules.
func walk(t testing.TB, root traversal.Resource, p traversal.Path, rules ...traversal.Rule) (*traversal.Result, error) {
	t.Helper()
	tr, err := traversal.New(rules, nil)
	require.NoError(t, err)
	r := new(traversal.Result)
	return r, tr.Walk(t.Context(), root, p, r)
}

// site returns a tree with /a/b/c, /a/leaf, /b/c, and "x/y" as one name in /a.
func site() *folder {
	c := &folder{name: "c"}
	b := &folder{name: "b", children: map[string]traversal.Resource{"c": c}}
	a := &folder{name: "a", children: map[string]traversal.Resource{"b": b, "leaf": &leaf{"leaf"}, "x/y": &leaf{"x/y"}, "@@odd": &leaf{"odd"}}}
	return &folder{name: "root", children: map[string]traversal.Resource{"a": a, "b": b}}
}

// chainOfMaps returns a Map in which "/n1/n2/…" leads depth levels down, and that path. Each level
// has the given number of other names, too.
func chainOfMaps(depth, names int) (traversal.Map, string) {
	var path strings.Builder
	for i := 1; i <= depth; i++ {
		fmt.Fprintf(&path, "/n%d", i)
	}
	m := traversal.Map{}
	for i := depth; i >= 1; i-- {
		up := traversal.Map{}
		for j := range names {
			up["x"+strconv.Itoa(j)] = traversal.Map{}
		}
		up["n"+strconv.Itoa(i)] = m
		m = up
	}
	return m, path.String()
}

// itself is its own child by every name, to measure a level without its lookup.
type itself struct{}

func (s *itself) Child(context.Context, string) (traversal.Resource, error) { return s, nil }

// whole has all its descendants in memory.
type whole struct{ below []traversal.Resource }

func (w *whole) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	return w.below[:len(names)], nil
}

// remote finds children by futures; its Child must not be called.
type remote struct {
	child func(ctx context.Context, name string) *async.Future[traversal.Resource]
}

func (r *remote) ChildAsync(ctx context.Context, name string) *async.Future[traversal.Resource] {
	return r.child(ctx, name)
}

func (r *remote) Child(context.Context, string) (traversal.Resource, error) {
	return nil, errors.New("Child was called")
}

// remotePath has all three capabilities.
type remotePath struct {
	remote
	pathStub
}

// settled returns a remote whose every lookup has that result.
func settled(res traversal.Resource, err error) *remote {
	return &remote{func(context.Context, string) *async.Future[traversal.Resource] { return async.Settled(res, err) }}
}

// scoped returns a context with a scope, which must end without an error.
func scoped(t *testing.T) context.Context {
	t.Helper()
	ctx, scope := async.WithScope(t.Context(), 0)
	t.Cleanup(func() { assert.NoError(t, scope.End(time.Minute)) })
	return ctx
}
