package registry_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

// store is a component that a declaration provides.
type store struct{ names map[string]bool }

// run declares something that only runs, at a line of its own.
func run(c *registry.Config, line, phase int, fn func(c *registry.Config, reg *registry.Registry) error) {
	at(c, "app.go", line).Declare(registry.Declaration{Subject: "x", Phase: phase, Run: fn})
}

// uses declares something in category that needs a thing of this name.
func uses(c *registry.Config, line int, category, name string) {
	run(c, line, registry.Phase3, func(c *registry.Config, _ *registry.Registry) error {
		c.Fail(registry.Missing(errors.New("no "+name), registry.Ref{Category: category, ID: name}))
		return nil
	})
}

// TestGaps has a mistake on line 1, and on line 2 what may be its consequence.
func TestGaps(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	mistaken := func(d registry.Declaration) func(*registry.Config) {
		return func(c *registry.Config) { d.Err = wrong; at(c, "app.go", 1).Declare(d) }
	}
	failing := func(c *registry.Config) {
		run(c, 1, registry.Phase1, func(*registry.Config, *registry.Registry) error { return wrong })
	}
	misses := func(c *registry.Config) { uses(c, 2, "things", "a") }
	missesAny := func(c *registry.Config) { uses(c, 2, "things", "") }
	needs := func(fail func() error) func(*registry.Config) {
		return func(c *registry.Config) {
			run(c, 2, registry.Phase3, func(_ *registry.Config, reg *registry.Registry) error {
				if _, ok := registry.Lookup[*store](reg); !ok {
					return fail()
				}
				return nil
			})
		}
	}
	atEnd := func(c *registry.Config) {
		run(c, 2, registry.Phase3, func(_ *registry.Config, reg *registry.Registry) error {
			reg.OnFreeze(func() error {
				s, _ := registry.Lookup[*store](reg)
				return errors.New("a store with " + s.first()) // panics without a store
			})
			return nil
		})
	}
	tests := map[string]struct {
		mistake, then func(*registry.Config)
		held          bool
	}{
		"the same thing":                 {mistaken(registry.Declaration{Category: "things", ID: "a"}), misses, true},
		"another thing":                  {mistaken(registry.Declaration{Category: "things", ID: "b"}), misses, false},
		"another category":               {mistaken(registry.Declaration{Category: "others", ID: "a"}), misses, false},
		"a thing without a name":         {mistaken(registry.Declaration{Category: "things"}), misses, true},
		"a thing whose name is empty":    {mistaken(registry.Declaration{Category: "things", ID: ""}), misses, true},
		"no category":                    {mistaken(registry.Declaration{ID: "a"}), misses, false},
		"any thing, and one is mistaken": {mistaken(registry.Declaration{Category: "things", ID: "b"}), anyThing, true},
		"any thing, of another category": {mistaken(registry.Declaration{Category: "others", ID: "b"}), anyThing, false},
		"the name of no thing":           {mistaken(registry.Declaration{Category: "things", ID: "b"}), missesAny, false},
		"reported":                       {func(c *registry.Config) { at(c, "app.go", 1).Report(wrong) }, misses, false},
		"failed":                         {func(c *registry.Config) { at(c, "app.go", 1).Fail(wrong) }, misses, true},
		"an included function": {func(c *registry.Config) {
			at(c, "app.go", 1).Include("i", func(*registry.Config) error { return wrong })
		}, misses, true},
		"a guarded function":        {func(c *registry.Config) { at(c, "app.go", 1).Guard("i", func() error { return wrong }) }, misses, true},
		"a declaration that failed": {failing, misses, true},
		"a declaration that reports": {func(c *registry.Config) {
			run(c, 1, registry.Phase1, func(c *registry.Config, _ *registry.Registry) error { c.Report(wrong); return nil })
		}, misses, false},
		"a declaration that fails a directive": {func(c *registry.Config) {
			run(c, 1, registry.Phase1, func(c *registry.Config, _ *registry.Registry) error { c.Fail(wrong); return nil })
		}, misses, false},
		"an include that a declaration makes": {func(c *registry.Config) {
			run(c, 1, registry.Phase1, func(c *registry.Config, _ *registry.Registry) error {
				c.Include("i", func(c *registry.Config) error { c.At(registry.Source{File: "app.go", Line: 1}).Fail(wrong); return nil })
				return nil
			})
		}, misses, true},
		"a mistake that comes later": {func(c *registry.Config) {
			run(c, 1, registry.Phase3+1, func(*registry.Config, *registry.Registry) error { return wrong })
		}, misses, false},
		"a mistake of a later round": {func(c *registry.Config) {
			misses(c)
			c.Commit()
			mistaken(registry.Declaration{Category: "things", ID: "a"})(c)
		}, func(*registry.Config) {}, false},
		"an error without a component":      {failing, needs(func() error { return errors.New("no store") }), true},
		"a panic without a component":       {failing, needs(func() error { panic("no store") }), true},
		"a panic at the end":                {failing, atEnd, true},
		"an error that says what it misses": {mistaken(registry.Declaration{Category: "things", ID: "b"}), needs(func() error { return registry.Missing(errors.New("no a"), registry.Ref{Category: "things", ID: "a"}) }), false},
		"an error that needs no component": {failing, func(c *registry.Config) {
			run(c, 2, registry.Phase3, func(*registry.Config, *registry.Registry) error { return errors.New("no file") })
		}, false},
		"a panic that needs no component": {failing, func(c *registry.Config) {
			run(c, 2, registry.Phase3, func(*registry.Config, *registry.Registry) error { panic("no file") })
		}, false},
		"an error of a component that failed": {failing, func(c *registry.Config) { at(c, "app.go", 2).Report(errors.New("a mistake needs nothing")) }, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := registry.New(registry.Options{})
			tt.mistake(c)
			tt.then(c)
			for range 2 {
				reg, err := c.Build()
				require.Error(t, err)
				assert.Nil(t, reg)
				want := 2
				if tt.held {
					want = 1
				}
				parts := err.(*registry.Errors).Unwrap()
				require.Len(t, parts, want, err)
				assert.ErrorContains(t, parts[0], "app.go:1: ")
				require.ErrorIs(t, parts[0], wrong)
			}
		})
	}
}

// anyThing needs any thing.
func anyThing(c *registry.Config) {
	run(c, 2, registry.Phase3, func(c *registry.Config, _ *registry.Registry) error {
		c.Fail(registry.Missing(errors.New("no thing"), registry.Ref{Category: "things"}))
		return nil
	})
}

func (s *store) first() string {
	for name := range s.names {
		return name
	}
	return "nothing"
}

func TestMissing(t *testing.T) {
	t.Parallel()
	require.NoError(t, registry.Missing(nil))
	cause := errors.New("no route")
	err := registry.Missing(cause, registry.Refs("routes", "a", "b")...)
	require.EqualError(t, err, "no route")
	require.ErrorIs(t, err, cause)
	missing, ok := errors.AsType[*registry.MissingError](err)
	require.True(t, ok)
	assert.Equal(t, []registry.Ref{{Category: "routes", ID: "a"}, {Category: "routes", ID: "b"}}, missing.Of)
}

// A warning that something missing may have caused is not reported with the errors.
func TestWarningsBeforeAnError(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	warn := func(line, phase int, text string, err error) {
		run(c, line, phase, func(c *registry.Config, reg *registry.Registry) error {
			reg.Warn(c.Source(), text)
			reg.OnFreeze(func() error { reg.Warn(c.Source(), text+", at the end"); return nil })
			return err
		})
	}
	warn(1, 1, "first", nil)
	warn(2, 2, "second", errors.New("wrong"))
	warn(3, 3, "third", nil)
	_, err := c.Build()
	require.Error(t, err)
	var texts []string
	for _, w := range err.(*registry.Errors).Warnings() {
		texts = append(texts, w.Text)
	}
	assert.Equal(t, []string{"first", "second"}, texts)
}
