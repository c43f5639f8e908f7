package acl_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	root := wiki(t)
	for _, tt := range []struct {
		path, permission string
		principals       []string
		want             string
	}{
		{"/open", "edit", []string{acl.Everyone, "group:editors"}, `allowed by entry 2 of /: allow group:editors edit,create
edit at /open, asked for system.Everyone, group:editors
/open (*acl_test.leaf)
  no entries
/ (*acl_test.folder)
  1. allow system.Everyone view — another permission
  2. allow group:editors edit,create — decides
  3. allow role:owner edit,delete — not reached
  4. allow group:admins * — not reached`},
		{"/docs/of-bob", "delete", []string{acl.Everyone, "bob"}, `allowed by entry 3 of /: allow role:owner edit,delete
delete at /docs/of-bob, asked for system.Everyone, bob
local role role:owner of /docs/of-bob
/docs/of-bob (*acl_test.folder)
  no entries
/docs (*acl_test.folder)
  1. deny mallory view — another permission
/ (*acl_test.folder)
  1. allow system.Everyone view — another permission
  2. allow group:editors edit,create — another permission
  3. allow role:owner edit,delete — decides
  4. allow group:admins * — not reached`},
		{"/private/plain", "view", []string{acl.Everyone}, `denied by entry 2 of /private: deny system.Everyone *
view at /private/plain, asked for system.Everyone
/private/plain (*acl_test.leaf)
  no entries
/private (*acl_test.folder)
  1. allow alice * — another principal
  2. deny system.Everyone * — decides`},
		{"/open", "edit", nil, `denied: no entry of /open or a resource above it matches
edit at /open, asked for nobody
/open (*acl_test.leaf)
  no entries
/ (*acl_test.folder)
  1. allow system.Everyone view — another permission
  2. allow group:editors edit,create — another principal
  3. allow role:owner edit,delete — another principal
  4. allow group:admins * — another principal`},
	} {
		x, err := acl.Explain(t.Context(), nil, find(t, root, tt.path), tt.permission, tt.principals)
		require.NoError(t, err)
		assert.Equal(t, tt.want, x.String())
	}
}

// What was seen before an error is reported with it.
func TestExplainUpToAnError(t *testing.T) {
	t.Parallel()
	root := &folder{err: errDown, children: map[string]traversal.Resource{"doc": &folder{list: parse(t, "allow bob view")}}}
	x, err := acl.Explain(t.Context(), nil, find(t, root, "/doc"), "view", []string{"alice"})
	require.ErrorIs(t, err, errDown)
	assert.Equal(t, "no decision\nview at /doc, asked for alice\n/doc (*acl_test.folder)\n  1. allow bob view — another principal", x.String())
	assert.Zero(t, x.Decision)
}

type (
	noContext   struct{}
	noError     struct{}
	onlyPointer struct{}
	odd         struct{}
)

func (noContext) ACL() (acl.List, error)                                         { return nil, nil }
func (noError) LocalRoles(context.Context, []string) []string                    { return nil }
func (*onlyPointer) ACL(context.Context) (acl.List, error)                       { return nil, nil }
func (*onlyPointer) LocalRoles(context.Context, []string) ([]string, error)      { return nil, nil }
func (odd) ACL(context.Context) error                                            { return nil }
func (odd) LocalRoles(_ context.Context, _ string) (roles []string, other error) { return nil, nil }

func TestMisfits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value any
		want  []string
	}{
		{&leaf{}, nil},
		{&folder{}, nil},
		{&onlyPointer{}, nil},
		{nil, nil},
		{noContext{}, []string{"its method ACL() (acl.List, error) is not called: want ACL(context.Context) (acl.List, error)"}},
		{&noError{}, []string{"its method LocalRoles(context.Context, []string) []string is not called: want LocalRoles(context.Context, []string) ([]string, error)"}},
		{onlyPointer{}, []string{
			"its method ACL is not called, since only a *acl_test.onlyPointer has it: put pointers in the tree, or give the method a value receiver",
			"its method LocalRoles is not called, since only a *acl_test.onlyPointer has it: put pointers in the tree, or give the method a value receiver",
		}},
		{odd{}, []string{
			"its method ACL(context.Context) error is not called: want ACL(context.Context) (acl.List, error)",
			"its method LocalRoles(context.Context, string) ([]string, error) is not called: want LocalRoles(context.Context, []string) ([]string, error)",
		}},
	} {
		assert.Equal(t, tt.want, acl.Misfits(reflect.TypeOf(tt.value)), "%T", tt.value)
	}
	assert.Nil(t, acl.Misfits(reflect.TypeFor[acl.Provider]()))
}
