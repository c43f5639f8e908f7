package acl_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folder is a resource with everything that a decision may ask.
type folder struct {
	children map[string]traversal.Resource
	list     acl.List
	roles    map[string][]string // by principal
	err      error               // of ACL
	roleErr  error
	calls    *calls
}

type calls struct{ lists, roles int }

var (
	_ traversal.Container = (*folder)(nil)
	_ acl.Provider        = (*folder)(nil)
	_ acl.RoleProvider    = (*folder)(nil)
)

func (f *folder) Child(_ context.Context, name string) (traversal.Resource, error) {
	if child, ok := f.children[name]; ok {
		return child, nil
	}
	return nil, traversal.ErrNotFound
}

func (f *folder) ACL(context.Context) (acl.List, error) {
	if f.calls != nil {
		f.calls.lists++
	}
	return f.list, f.err
}

func (f *folder) LocalRoles(_ context.Context, principals []string) ([]string, error) {
	if f.calls != nil {
		f.calls.roles++
	}
	var roles []string
	for _, p := range principals {
		roles = append(roles, f.roles[p]...)
	}
	return roles, f.roleErr
}

// leaf has no list.
type leaf struct{ name string }

// find returns the node at a path.
func find(t testing.TB, root traversal.Resource, path string) traversal.Node {
	t.Helper()
	var r traversal.Result
	require.NoError(t, new(traversal.Traverser).Walk(t.Context(), root, traversal.Path{Escaped: path}, &r))
	require.Empty(t, r.ViewName())
	return r.Node()
}

// parse returns a list.
func parse(t testing.TB, text string) acl.List {
	t.Helper()
	list, err := acl.Parse(text)
	require.NoError(t, err)
	return list
}
