package routes_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestShadowed(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	for _, route := range [][2]string{{"list", "/users"}, {"user", "/users/{id}"}, {"new", "/users/new"}, {"other", "/other"}, {"all", "/*rest"}} {
		routes.Add(c, route[0], route[1])
	}
	reg, err := c.Build()
	require.NoError(t, err)
	table := routes.TableOf(reg)
	behind := func(path, by string) (names []string) {
		for _, rt := range table.Shadowed(web.Begin(nil, httptest.NewRequest("GET", path, nil)), by) {
			names = append(names, rt.Name)
		}
		return names
	}
	assert.Equal(t, []string{"new", "all"}, behind("/users/new", "user"))
	assert.Equal(t, []string{"all"}, behind("/users/7", "user"))
	assert.Empty(t, behind("/users/new", "all"))
	assert.Empty(t, behind("/users/new", "nobody"))
	assert.Empty(t, (*routes.Table)(nil).Shadowed(web.Begin(nil, httptest.NewRequest("GET", "/", nil)), "user"))
}
