package registry_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

// build builds a registry with one declaration, which calls run.
func build(t *testing.T, run func(reg *registry.Registry)) *registry.Registry {
	t.Helper()
	c := registry.New(registry.Options{})
	c.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error { run(reg); return nil }})
	reg, err := c.Build()
	require.NoError(t, err)
	return reg
}

func TestOnFreezeRunsLast(t *testing.T) {
	t.Parallel()
	var log []string
	c := registry.New(registry.Options{})
	c.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error {
		reg.OnFreeze(func() error {
			log = append(log, "first")
			registry.Provide(reg, "final")
			reg.OnFreeze(func() error { log = append(log, "third"); return nil })
			return nil
		})
		reg.OnFreeze(func() error { log = append(log, "second"); return nil })
		return nil
	}})
	c.Commit()
	mark(c, &log, "last round", "", 30)
	reg, err := c.Build()
	require.NoError(t, err)
	assert.Equal(t, []string{"last round", "first", "second", "third"}, log)
	s, _ := registry.Lookup[string](reg)
	assert.Equal(t, "final", s)
}

func titles(all []registry.Introspectable) (texts []string) {
	for _, in := range all {
		texts = append(texts, in.Title+" "+in.Source.String())
	}
	return texts
}
