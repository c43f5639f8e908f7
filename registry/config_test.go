package registry_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

// before returns the number of the line before the caller's.
func before() int { return registry.Caller(1).Line - 1 }

// forwarder is a Recorder that holds a Config, like framework.Configurator.
type forwarder struct{ config *registry.Config }

func (f *forwarder) Directive() *registry.Config {
	if !f.config.Source().IsZero() {
		return f.config
	}
	return f.config.At(registry.Caller(2))
}

func (f *forwarder) AddThing(name string) { addThing(f.config.Directive(), name) }

// addThing is a directive, addTwo one that calls it.
func addThing(rec registry.Recorder, name string) {
	c := rec.Directive()
	c.Fail(errors.New(name))
}

func addTwo(rec registry.Recorder, name string) {
	c := rec.Directive()
	addThing(c, name+" 1")
	addThing(c, name+" 2")
}

func addGeneric[T any](rec registry.Recorder, v T) {
	rec.Directive().Fail(fmt.Errorf("%v", v))
}

func TestDirectiveSourceIsTheOutermostCaller(t *testing.T) {
	t.Parallel()
	tests := map[string]func(c *registry.Config) int{
		"config":           func(c *registry.Config) int { addThing(c, ""); return registry.Caller(0).Line },
		"directive inside": func(c *registry.Config) int { addTwo(c, ""); return registry.Caller(0).Line },
		"generic":          func(c *registry.Config) int { addGeneric(c, 1); return registry.Caller(0).Line },
		"forwarder":        func(c *registry.Config) int { addThing(&forwarder{c}, ""); return registry.Caller(0).Line },
		"its method":       func(c *registry.Config) int { (&forwarder{c}).AddThing(""); return registry.Caller(0).Line },
		"fail without":     func(c *registry.Config) int { c.Fail(errors.New("")); return registry.Caller(0).Line },
		"in an action": func(c *registry.Config) int {
			c.Declare(registry.Declaration{Run: func(c *registry.Config, _ *registry.Registry) error { addTwo(c, ""); return nil }})
			return before()
		},
		"next line": func(c *registry.Config) int {
			addThing(
				c, "")
			return registry.Caller(0).Line - 2
		},
		"at": func(c *registry.Config) int {
			addTwo(c.At(registry.Source{File: "config_test.go", Line: 3}), "")
			return 3
		},
	}
	for name, declare := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := registry.New(registry.Options{})
			line := declare(c)
			_, err := c.Build()
			for _, part := range err.(*registry.Errors).Unwrap() {
				m := part.(*registry.Mistake)
				assert.Equal(t, fmt.Sprintf("config_test.go:%d", line), m.Source.String())
			}
		})
	}
}

func TestPanics(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	tests := map[string]func(c *registry.Config){
		"action": func(c *registry.Config) {
			c.Declare(registry.Declaration{Run: func(*registry.Config, *registry.Registry) error { panic(cause) }})
		},
		"include": func(c *registry.Config) {
			c.Include("i", func(*registry.Config) error { panic(cause) })
		},
		"guard": func(c *registry.Config) {
			c.Guard("section", func() error { panic(cause) })
		},
		"finish": func(c *registry.Config) {
			c.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error {
				reg.OnFreeze(func() error { panic(cause) })
				return nil
			}})
		},
	}
	for name, declare := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := registry.New(registry.Options{})
			declare(c)
			reg, err := c.Build()
			assert.Nil(t, reg)
			require.ErrorIs(t, err, cause)
			p, ok := errors.AsType[*registry.PanicError](err)
			require.True(t, ok)
			assert.True(t, strings.HasSuffix(p.Source.File, "config_test.go"), p.Source.File)
			assert.Contains(t, err.Error(), "panic: cause (at config_test.go:")
			assert.Contains(t, string(p.Stack), "config_test.go")
		})
	}
}

func TestPanicErrorSource(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	var line int
	c.Declare(registry.Declaration{Run: func(*registry.Config, *registry.Registry) error {
		var m map[string]int
		line = registry.Caller(0).Line + 2
		//lint:ignore SA5000 the panic is what the test is about
		m["x"] = 1
		return nil
	}})
	_, err := c.Build()
	p, ok := errors.AsType[*registry.PanicError](err)
	require.True(t, ok)
	assert.Equal(t, line, p.Source.Line)
}

func TestBuildAgainAfterFailure(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	wrong := true
	c.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error {
		if wrong {
			return errors.New("not yet")
		}
		registry.Provide(reg, "done")
		return nil
	}})
	_, err := c.Build()
	require.Error(t, err)
	wrong = false
	one, err := c.Build()
	require.NoError(t, err)
	c.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error { registry.Provide(reg, 7); return nil }})
	two, err := c.Build()
	require.NoError(t, err)
	require.NotSame(t, one, two)
	_, ok := registry.Lookup[int](one)
	assert.False(t, ok, "an older registry stays as it was")
	n, _ := registry.Lookup[int](two)
	assert.Equal(t, 7, n)
}

func TestDeclareAfterTheRound(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	var kept *registry.Config
	c.Declare(registry.Declaration{Run: func(c *registry.Config, _ *registry.Registry) error { kept = c; return nil }})
	_, err := c.Build()
	require.NoError(t, err)
	kept.Declare(registry.Declaration{Subject: `view "x"`})
	_, err = c.Build()
	require.ErrorContains(t, err, `view "x": recorded into the Config given to Run, after its round`)
	_, err = c.Build()
	require.NoError(t, err)
}

func TestValueScope(t *testing.T) {
	t.Parallel()
	type key struct{}
	c := registry.New(registry.Options{})
	assert.Nil(t, c.Value(key{}))
	assert.Nil(t, c.Value([]int{}))
	outer := c.With(key{}, 1)
	var got []any
	outer.Include("i", func(c *registry.Config) error {
		inner := c.With(key{}, 2)
		inner.Declare(registry.Declaration{Run: func(c *registry.Config, _ *registry.Registry) error {
			got = append(got, c.Value(key{}))
			return nil
		}})
		got = append(got, c.Value(key{}), inner.Value(key{}))
		return nil
	})
	_, err := c.Build()
	require.NoError(t, err)
	assert.Equal(t, []any{1, 2, 2}, got)
	assert.Nil(t, c.Value(key{}))
}

func TestBuildsInParallel(t *testing.T) {
	t.Parallel()
	declare := func() *registry.Config {
		c := registry.New(registry.Options{Settings: registry.Settings{"a": "1"}})
		for i := range 100 {
			c.Declare(registry.Declaration{ID: i, Run: func(_ *registry.Config, reg *registry.Registry) error {
				*registry.Ensure(reg, func() *int { return new(int) })++
				return nil
			}})
		}
		registry.Subscribe(c, func(int) error { return nil })
		return c
	}
	serve := func(reg *registry.Registry) {
		for range 200 {
			n, _ := registry.Lookup[*int](reg)
			assert.Equal(t, 100, *n)
			assert.NoError(t, registry.Notify(reg, 1))
			assert.Len(t, reg.Introspect().Category("subscribers"), 1)
			a, _ := registry.Setting(reg.Settings(), "a", 0)
			assert.Equal(t, 1, a)
		}
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			c := declare()
			for range 5 {
				reg, err := c.Build()
				assert.NoError(t, err)
				for range 4 {
					wg.Go(func() { serve(reg) })
				}
			}
		})
	}
	wg.Wait()
}
