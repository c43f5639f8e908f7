package registry_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

func TestIntrospection(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	at(c, "a.go", 1).Include("i", func(c *registry.Config) error {
		c.Declare(registry.Declaration{Category: "views", ID: "edit", Title: "loser"})
		return nil
	})
	route := registry.Ref{Category: "routes", ID: "r"}
	at(c, "a.go", 2).Declare(registry.Declaration{Category: "views", ID: "edit", Related: []registry.Ref{route, {Category: "routes", ID: "missing"}}})
	at(c, "a.go", 3).Declare(registry.Declaration{Category: "views", ID: "show", Related: []registry.Ref{route}})
	at(c, "a.go", 4).Declare(registry.Declaration{Category: "routes", ID: "r", Run: func(_ *registry.Config, reg *registry.Registry) error {
		reg.Describe(registry.Introspectable{Category: "routes", ID: "r", Title: "r", Source: registry.Source{File: "own.go", Line: 9}})
		return nil
	}})
	at(c, "a.go", 5).Declare(registry.Declaration{Category: "views", Title: "anonymous"})
	c.Commit()
	at(c, "a.go", 6).Declare(registry.Declaration{Category: "views", ID: "edit", Title: "edit again"})
	reg, err := c.Build()
	require.NoError(t, err)

	i := reg.Introspect()
	assert.Equal(t, []string{"routes", "views"}, i.Categories())
	assert.Equal(t, []string{"show a.go:3", "anonymous a.go:5", "edit again a.go:6"}, titles(i.Category("views")))
	assert.Equal(t, []string{"show a.go:3"}, titles(i.Related("routes", "r")), "edit does not refer to it any more")
	assert.Equal(t, []string{"r own.go:9"}, titles(i.Related("views", "show")))
	assert.Empty(t, i.Related("views", "none"))
	assert.Empty(t, i.Category("none"))
	in, ok := i.Get("views", "show")
	assert.True(t, ok)
	assert.Equal(t, "show", in.Title)
	for _, id := range []any{"none", nil, []int{1}} {
		_, ok = i.Get("views", id)
		assert.False(t, ok)
	}
	_, ok = i.Get("none", 1)
	assert.False(t, ok)
	_, ok = in.Field("none")
	assert.False(t, ok)
}
