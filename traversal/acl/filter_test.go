package acl_test

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// entries lists the children of a folder by name.
func entries(f *folder) iter.Seq2[traversal.Entry, error] { return f.Children(context.Background()) }

func (f *folder) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(f.children)) {
			if !yield(traversal.Entry{Name: name, Resource: f.children[name]}, nil) {
				return
			}
		}
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	root := wiki(t)
	ask := func(path, permission string, principals ...string) (names []string) {
		node := find(t, root, path)
		for child, err := range acl.Filter(t.Context(), nil, node, permission, principals, entries(node.Resource().(*folder))) {
			require.NoError(t, err)
			names = append(names, child.Name)
			assert.NotNil(t, child.Resource)
		}
		var paths []string
		for child, err := range acl.Children(t.Context(), nil, node, permission, principals) {
			require.NoError(t, err)
			paths = append(paths, child.Name())
			assert.Equal(t, child.Path(), traversal.Join(append(slices.Clone(node.Names()), child.Name())))
		}
		assert.Equal(t, names, paths)
		return names
	}
	assert.Equal(t, []string{"docs", "open"}, ask("/", "view", acl.Everyone))
	assert.Equal(t, []string{"docs", "open", "private"}, ask("/", "view", acl.Everyone, "alice"))
	assert.Equal(t, []string{"open"}, ask("/", "view", acl.Everyone, "mallory"))
	assert.Nil(t, ask("/docs", "view", acl.Everyone, "mallory"))
	assert.Nil(t, ask("/", "edit", acl.Everyone))
	assert.Equal(t, []string{"of-bob"}, ask("/docs", "edit", acl.Everyone, "bob"))
	assert.Equal(t, []string{"of-alice", "of-bob"}, ask("/docs", "edit", acl.Everyone, "bob", "group:editors"))
	assert.Nil(t, ask("/private", "edit", acl.Everyone, "bob"))
	assert.Nil(t, ask("/", "", acl.Everyone, "group:admins"))
}

// The lists of the parents are loaded once, and those of children once each.
func TestFilterAsksNobodyTwice(t *testing.T) {
	t.Parallel()
	var above, below calls
	parent := &folder{list: parse(t, "allow role:owner view\nallow group:staff view"), calls: &above, children: map[string]traversal.Resource{}}
	root := &folder{calls: &above, children: map[string]traversal.Resource{"parent": parent}}
	for i := range 100 {
		parent.children[fmt.Sprintf("leaf%d", i)] = &leaf{}
		parent.children[fmt.Sprintf("doc%d", i)] = &folder{calls: &below, roles: map[string][]string{fmt.Sprintf("user%d", i%2): {"role:owner"}}}
	}
	seen := 0
	for _, err := range acl.Filter(t.Context(), nil, find(t, root, "/parent"), "view", []string{"user1"}, entries(parent)) {
		require.NoError(t, err)
		seen++
	}
	assert.Equal(t, 50, seen)
	assert.Equal(t, calls{2, 2}, above)
	assert.Equal(t, calls{100, 100}, below)

	// The local roles of a child are loaded once, however many entries may need them.
	below = calls{}
	child := &folder{calls: &below, list: parse(t, "allow role:a view\nallow role:b view")}
	for range acl.Filter(t.Context(), nil, find(t, root, "/parent"), "view", []string{"user1"}, entries(&folder{children: map[string]traversal.Resource{"child": child}})) {
		t.Fail()
	}
	assert.Equal(t, calls{1, 1}, below)

	// Without children nothing is loaded.
	above = calls{}
	for range acl.Filter(t.Context(), nil, find(t, root, "/parent"), "view", []string{"user1"}, entries(&folder{})) {
		t.Fail()
	}
	assert.Zero(t, above)
}

func TestFilterEnds(t *testing.T) {
	t.Parallel()
	root := &folder{list: parse(t, "allow alice view"), children: map[string]traversal.Resource{"a": &leaf{}, "b": &leaf{}}}
	broken := func(yield func(traversal.Entry, error) bool) {
		_ = yield(traversal.Entry{Name: "a", Resource: &leaf{}}, nil) && yield(traversal.Entry{}, errDown)
	}
	withNil := func(yield func(traversal.Entry, error) bool) { yield(traversal.Entry{Name: "a"}, nil) }
	filter := func(children iter.Seq2[traversal.Entry, error]) iter.Seq2[traversal.Entry, error] {
		return acl.Filter(t.Context(), nil, traversal.NewNode(root), "view", []string{"alice"}, children)
	}
	collect := func(seq iter.Seq2[traversal.Entry, error]) (names []string, err error) {
		for child, e := range seq {
			if e != nil {
				require.NoError(t, err, "an error is the last thing yielded")
				assert.Zero(t, child)
				err = e
				continue
			}
			names = append(names, child.Name)
		}
		return names, err
	}

	names, err := collect(filter(broken))
	assert.Equal(t, []string{"a"}, names)
	assert.Equal(t, errDown, err)
	_, err = collect(filter(withNil))
	assert.EqualError(t, err, `children of / (*acl_test.folder): child "a" is nil`)
	twice := filter(entries(root))
	for range twice {
		break
	}
	names, err = collect(twice)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, names)

	for range acl.Children(t.Context(), nil, traversal.NewNode(root), "view", []string{"alice"}) {
		break
	}
	for child, err := range acl.Children(t.Context(), nil, traversal.NewNode(&leaf{}), "view", nil) {
		assert.True(t, child.IsZero())
		assert.ErrorContains(t, err, "not a traversal.Lister")
	}
	for child, err := range acl.Children(t.Context(), nil, traversal.Node{}, "view", nil) {
		assert.True(t, child.IsZero())
		assert.Error(t, err)
	}
}

// A listed child whose place is elsewhere has the lists of that place.
func TestFilterOfAliases(t *testing.T) {
	t.Parallel()
	root := &located{list: parse(t, "allow system.Everyone view")}
	secret := &located{name: "secret", parent: root, list: parse(t, "deny system.Everyone view")}
	favourites := &located{name: "favourites", parent: root}
	children := (&folder{children: map[string]traversal.Resource{
		"alias":  &located{name: "doc", parent: secret},
		"own":    &located{name: "own", parent: favourites},
		"broken": &leaf{},
	}}).Children(t.Context())
	var names []string
	for child, err := range acl.Filter(t.Context(), nil, traversal.NewNode(root).At("favourites", favourites), "view", []string{acl.Everyone}, children) {
		require.NoError(t, err)
		names = append(names, child.Name)
	}
	assert.Equal(t, []string{"broken", "own"}, names)

	lost := (&folder{children: map[string]traversal.Resource{"lost": &located{name: "lost", err: errDown}}}).Children(t.Context())
	for _, err := range acl.Filter(t.Context(), nil, traversal.NewNode(root), "view", []string{acl.Everyone}, lost) {
		assert.ErrorIs(t, err, errDown)
	}
}
