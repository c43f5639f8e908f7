package registry_test

import (
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
		registry.AddComponent[clock](c, fixedClock(4)) // gives way
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
	assert.Contains(t, conflict.Error(), "components_add_test.go:")
}
