package registry_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

// warn declares something that warns with its own source.
func warn(c *registry.Config, id any, text string) {
	c.Declare(registry.Declaration{Category: "suspects", ID: id, Run: func(c *registry.Config, reg *registry.Registry) error {
		reg.Warn(c.Source(), text)
		return nil
	}})
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		declare func(c *registry.Config)
		want    []string
	}{
		"none": {func(c *registry.Config) {}, nil},
		"sorted by source, each once": {func(c *registry.Config) {
			warn(at(c, "b.go", 1), nil, "third")
			warn(at(c, "a.go", 20), nil, "second")
			warn(at(c, "a.go", 3), nil, "first")
			warn(at(c, "a.go", 20), nil, "second")
			warn(at(c, "a.go", 20), nil, "another at the same line")
		}, []string{"a.go:3: first", "a.go:20: second", "a.go:20: another at the same line", "b.go:1: third"}},
		"at freeze": {func(c *registry.Config) {
			warn(at(c, "b.go", 1), nil, "second")
			c.Declare(registry.Declaration{Run: func(c *registry.Config, reg *registry.Registry) error {
				reg.OnFreeze(func() error { reg.Warn(registry.Source{File: "a.go", Line: 1}, "first"); return nil })
				return nil
			}})
		}, []string{"a.go:1: first", "b.go:1: second"}},
		"overridden by the application": {func(c *registry.Config) {
			c.Include("package", func(c *registry.Config) error { warn(at(c, "package.go", 1), "x", "never said"); return nil })
			warn(at(c, "a.go", 1), "x", "said")
		}, []string{"a.go:1: said"}},
		"without a source": {func(c *registry.Config) {
			c.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error {
				reg.Warn(registry.Source{}, "somewhere")
				return nil
			}})
		}, []string{"somewhere"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := registry.New(registry.Options{})
			test.declare(c)
			for range 2 { // a build leaves nothing behind for the next
				reg, err := c.Build()
				require.NoError(t, err)
				assert.Equal(t, test.want, texts(reg.Warnings()))
			}
		})
	}
}

func TestWarningsOfAFailedBuild(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	warn(at(c, "a.go", 2), nil, "second")
	warn(at(c, "a.go", 1), nil, "first")
	c.Declare(registry.Declaration{Run: func(*registry.Config, *registry.Registry) error { return errors.New("broken") }})
	_, err := c.Build()
	report, ok := errors.AsType[*registry.Errors](err)
	require.True(t, ok)
	assert.Equal(t, []string{"a.go:1: first", "a.go:2: second"}, texts(report.Warnings()))
	assert.NotContains(t, err.Error(), "first")
}

func TestWarnAfterTheBuild(t *testing.T) {
	t.Parallel()
	reg := build(t, func(*registry.Registry) {})
	assert.Panics(t, func() { reg.Warn(registry.Source{}, "late") })
}

func texts(warnings []registry.Warning) (all []string) {
	for _, w := range warnings {
		all = append(all, w.String())
	}
	return all
}
