package registry_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

type clock interface{ Now() int }

type fixedClock int

func (c fixedClock) Now() int { return int(c) }

func TestAddComponent(t *testing.T) {
	t.Parallel()
	config := registry.New(registry.Options{})
	registry.AddComponent[clock](config, fixedClock(3))
	config.Include("kit", func(c *registry.Config) error {
		registry.AddComponent[clock](c, fixedClock(4)) // overridden
		registry.AddComponent(c, "text")
		return nil
	})
	reg, err := config.Build()
	require.NoError(t, err)
	found, ok := registry.Lookup[clock](reg)
	require.True(t, ok)
	assert.Equal(t, 3, found.Now())
	text, _ := registry.Lookup[string](reg)
	assert.Equal(t, "text", text)
	assert.Len(t, reg.Introspect().Category("components"), 2)

	registry.AddComponent[clock](config, fixedClock(5))
	_, err = config.Build()
	var conflict *registry.Conflict
	require.ErrorAs(t, err, &conflict)
	assert.Contains(t, conflict.Error(), "components_test.go:")
}

func TestComponentsByStaticType(t *testing.T) {
	t.Parallel()
	reg := build(t, func(reg *registry.Registry) {
		registry.Provide(reg, strings.NewReader("a"))
		registry.Provide[io.Reader](reg, strings.NewReader("b"))
		registry.Provide[error](reg, nil)
		registry.Provide(reg, 1)
		registry.Provide(reg, 2)
		assert.Equal(t, "made", registry.Ensure(reg, func() string { return "made" }))
		assert.Equal(t, "made", registry.Ensure(reg, func() string { return "again" }))
		assert.False(t, reg.Frozen())
	})
	own, ok := registry.Lookup[*strings.Reader](reg)
	require.True(t, ok)
	iface, ok := registry.Lookup[io.Reader](reg)
	require.True(t, ok)
	assert.NotSame(t, own, iface)
	n, _ := registry.Lookup[int](reg)
	assert.Equal(t, 2, n)
	e, ok := registry.Lookup[error](reg)
	assert.True(t, ok)
	assert.NoError(t, e)
	_, ok = registry.Lookup[io.Writer](reg)
	assert.False(t, ok)
	assert.True(t, reg.Frozen())
	assert.PanicsWithValue(t, "registry: Provide[int]: the registry is frozen; call it while a declaration runs",
		func() { registry.Provide(reg, 3) })
	assert.Panics(t, func() { reg.OnFreeze(func() error { return nil }) })
}
