package traversal_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

var errDenied = errors.New("denied")

// The same tree, found in each way that a walk has: /open/secret/deep, and /open/broken fails.
type (
	guardedTree  map[string]any // string keys are names; an error fails the lookup
	guardedChild struct{ tree guardedTree }
	guardedAsync struct{ tree guardedTree }
	guardedPath  struct{ tree guardedTree }
)

var guarded = guardedTree{"open": guardedTree{
	"secret": guardedTree{"deep": guardedTree{}, "broken": errBoom},
	"broken": errBoom,
}}

func (t guardedTree) child(name string, as func(guardedTree) traversal.Resource) (traversal.Resource, error) {
	switch child := t[name].(type) {
	case guardedTree:
		return as(child), nil
	case error:
		return nil, child
	}
	return nil, traversal.ErrNotFound
}

func (c guardedChild) Child(_ context.Context, name string) (traversal.Resource, error) {
	return c.tree.child(name, func(t guardedTree) traversal.Resource { return guardedChild{t} })
}

func (c guardedAsync) ChildAsync(ctx context.Context, name string) *async.Future[traversal.Resource] {
	return async.Settled(c.tree.child(name, func(t guardedTree) traversal.Resource { return guardedAsync{t} }))
}

func (c guardedPath) Descend(_ context.Context, names []string) (found []traversal.Resource, err error) {
	for _, name := range names {
		child, err := c.tree.child(name, func(t guardedTree) traversal.Resource { return guardedPath{t} })
		if err != nil {
			return found, err
		}
		found, c = append(found, child), child.(guardedPath)
	}
	return found, nil
}

// A guard is asked about every resource on the way, whichever capability finds it, and what is below
// a resource that it refuses makes no difference to the result.
func TestGuard(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		path   string
		denied string // the path of the resource that the guard refuses
		asked  string // about which resources, in order
		end    string // where the walk ended, and the view name
		err    error
	}{
		"nothing is refused":         {"/open/secret/deep", "", "/ /open /open/secret", "/open/secret/deep", nil},
		"the last one is the view's": {"/open/secret", "/open/secret", "/ /open", "/open/secret", nil},
		"an existing child":          {"/open/secret/deep", "/open/secret", "/ /open /open/secret", "/open/secret", errDenied},
		"a missing child":            {"/open/secret/none", "/open/secret", "/ /open /open/secret", "/open/secret", errDenied},
		"a child that fails":         {"/open/secret/broken", "/open/secret", "/ /open /open/secret", "/open/secret", errDenied},
		"below an existing child":    {"/open/secret/deep/x/y", "/open/secret", "/ /open /open/secret", "/open/secret", errDenied},
		"below a missing child":      {"/open/secret/none/x/y", "/open/secret", "/ /open /open/secret", "/open/secret", errDenied},
		"encoded":                    {"/open/%73ecret/deep", "/open/secret", "/ /open /open/secret", "/open/secret", errDenied},
		"dot segments":               {"/open/./x/%2E%2e//secret/deep", "/open/secret", "/ /open /open/secret", "/open/secret", errDenied},
		"a selected view":            {"/open/secret/@@deep", "/open/secret", "/ /open", "/open/secret @@deep", nil},
		"below a selected view":      {"/open/secret/@@deep/x", "/open/secret", "/ /open", "/open/secret @@deep", nil},
		"the root":                   {"/open", "/", "/", "/", errDenied},
		"the root alone":             {"/", "/", "", "/", nil},
		"missing at last":            {"/open/none", "", "/ /open", "/open @@none", nil},
		"failing at last":            {"/open/broken", "", "/ /open", "/open", errBoom},
	} {
		for style, root := range map[string]traversal.Resource{"child": guardedChild{guarded}, "async": guardedAsync{guarded}, "path": guardedPath{guarded}} {
			t.Run(name+" by "+style, func(t *testing.T) {
				t.Parallel()
				var asked, steps []string
				base, err := traversal.New(nil, []traversal.Hook{func(_ context.Context, s traversal.Step) { steps = append(steps, s.Name) }})
				require.NoError(t, err)
				tr := base.Guarded(func(_ context.Context, n traversal.Node) error {
					asked = append(asked, n.Path())
					if n.Path() == tt.denied {
						return errDenied
					}
					return nil
				})
				var r traversal.Result
				err = tr.Walk(t.Context(), root, traversal.Path{Escaped: tt.path}, &r)
				require.ErrorIs(t, err, tt.err)
				end := r.Node().Path()
				if tt.err == nil && r.ViewName() != "" {
					end += " @@" + r.ViewName()
				}
				assert.Equal(t, tt.end, end)
				if !(style == "path" && errors.Is(tt.err, errBoom)) { // asked again, one by one
					assert.Equal(t, tt.asked, strings.Join(asked, " "))
				}
				if errors.Is(tt.err, errDenied) {
					assert.Len(t, steps, r.Node().Depth(), "no step below is observed")
				}
			})
		}
	}
}

func TestGuardOfAVirtualRoot(t *testing.T) {
	t.Parallel()
	deny := func(_ context.Context, n traversal.Node) error {
		if n.Path() == "/open" {
			return errDenied
		}
		return nil
	}
	var none *traversal.Traverser
	var r traversal.Result
	err := none.Guarded(deny).Walk(t.Context(), guardedPath{guarded}, traversal.Path{Escaped: "/deep", VirtualRoot: []string{"open", "secret"}}, &r)
	require.ErrorIs(t, err, errDenied, "the way to the virtual root is guarded too")
	step := new(traversal.StepError)
	require.ErrorAs(t, err, &step)
	assert.EqualError(t, step, `traverse "/open/secret/deep": stopped before "secret" of traversal_test.guardedPath: denied`)
}
