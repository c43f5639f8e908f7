package registry_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares a report with testdata/NAME.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got+"\n"), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got+"\n")
}

// at returns c with a source that does not change with the test.
func at(c *registry.Config, file string, line int) *registry.Config {
	return c.At(registry.Source{File: file, Line: line})
}

// view is a directive like views.Add.
func view(c *registry.Config, name string) {
	c.Declare(registry.Declaration{
		ID:      "view " + name,
		Subject: `view "` + name + `" for *wiki.Page`,
		Remedy:  "add a predicate",
	})
}

func TestErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("no such template (searched ./templates)")
	tests := map[string]func(c *registry.Config){
		"conflict": func(c *registry.Config) {
			view(at(c, "wiki/views.go", 41), "edit")
			view(at(c, "wiki/more.go", 17), "edit")
		},
		"three": func(c *registry.Config) {
			view(at(c, "wiki/views.go", 41), "edit")
			view(at(c, "wiki/views.go", 45), "edit")
			view(at(c, "wiki/views.go", 43), "edit")
		},
		"loop": func(c *registry.Config) {
			for range 3 {
				view(at(c, "wiki/views.go", 41), "edit")
			}
		},
		"no_subject": func(c *registry.Config) {
			type key struct{ Name string }
			at(c, "a.go", 1).Declare(registry.Declaration{ID: key{"x"}})
			at(c, "a.go", 2).Declare(registry.Declaration{ID: key{"x"}})
		},
		"all_together": func(c *registry.Config) {
			view(at(c, "wiki/views.go", 41), "edit")
			view(at(c, "wiki/views.go", 42), "show")
			at(c, "wiki/views.go", 30).Fail(errors.New(`view "x": path info "[)": missing closing ]`))
			view(at(c, "wiki/more.go", 1), "show")
			view(at(c, "wiki/views.go", 50), "edit")
			at(c, "wiki/views.go", 9).Fail(errors.Join(errors.New("one"), errors.New("two")))
			at(c, "wiki/late.go", 3).Declare(registry.Declaration{ID: "z", Phase: 10, Subject: "z"})
			at(c, "wiki/late.go", 4).Declare(registry.Declaration{ID: "z", Phase: 20, Subject: "z"})
		},
		"of_all_phases": func(c *registry.Config) {
			at(c, "a.go", 1).Declare(registry.Declaration{ID: "a", Phase: -10, Subject: "a"})
			at(c, "a.go", 2).Declare(registry.Declaration{ID: "a", Phase: -10, Subject: "a"})
			view(at(c, "wiki/views.go", 41), "edit")
			view(at(c, "wiki/views.go", 42), "edit")
		},
		"failed": func(c *registry.Config) {
			at(c, "wiki/views.go", 41).Declare(registry.Declaration{
				Subject: `view "show" for *wiki.Page`,
				Run:     func(*registry.Config, *registry.Registry) error { return broken },
			})
		},
		"failed_together": func(c *registry.Config) {
			for line := range 3 {
				at(c, "wiki/views.go", 41+line).Declare(registry.Declaration{Run: func(c *registry.Config, _ *registry.Registry) error {
					c.Fail(broken)
					return nil
				}})
			}
		},
		"too_late": func(c *registry.Config) {
			at(c, "wiki/views.go", 41).Declare(registry.Declaration{Run: func(c *registry.Config, _ *registry.Registry) error {
				c.Declare(registry.Declaration{Phase: registry.Phase1, Subject: `predicate "tenant"`})
				return nil
			}})
		},
		"not_comparable": func(c *registry.Config) {
			c = at(c, "wiki/views.go", 41)
			c.Declare(registry.Declaration{Subject: `view "a"`, ID: []string{"a"}})
			c.Declare(registry.Declaration{ID: struct{ v any }{[]int{1}}})
			c.Declare(registry.Declaration{Category: "views", ID: []int{1}})
			c.Declare(registry.Declaration{
				Category: "views", Type: "view", ID: "c", Related: []registry.Ref{{Category: "routes", ID: map[string]int{}}},
			})
		},
		"include": func(c *registry.Config) {
			at(c, "main.go", 1).Include("wiki", func(*registry.Config) error { return errors.New("no database") })
			at(c, "main.go", 2).Include("", func(*registry.Config) error { return nil })
			at(c, "main.go", 3).Include("nothing", nil)
			at(c, "main.go", 4).Include("shop", func(*registry.Config) error {
				return &registry.Mistake{Source: registry.Source{File: "shop/shop.go", Line: 5}, Err: errors.New("no currency")}
			})
		},
		"in_run": func(c *registry.Config) {
			at(c, "main.go", 1).Declare(registry.Declaration{Subject: "odd", Run: func(c *registry.Config, _ *registry.Registry) error {
				c.Commit()
				_, err := c.Build()
				return err
			}})
		},
		"frozen": func(c *registry.Config) {
			outer := at(c, "main.go", 2)
			at(c, "main.go", 1).Declare(registry.Declaration{Subject: "odd", Run: func(*registry.Config, *registry.Registry) error {
				outer.Declare(registry.Declaration{Subject: `view "x"`})
				outer.Include("wiki", func(*registry.Config) error { panic("not reached") })
				outer.Commit()
				outer.Fail(errors.New("a mistake all the same"))
				_, err := outer.Build()
				return err
			}})
		},
		"finish": func(c *registry.Config) {
			at(c, "main.go", 1).Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error {
				reg.OnFreeze(func() error { return errors.Join(errors.New("no tween"), broken) })
				reg.OnFreeze(func() error {
					return &registry.Mistake{Source: registry.Source{File: "main.go", Line: 9}, Err: errors.New("at its place")}
				})
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
			require.Error(t, err)
			assert.Nil(t, reg)
			golden(t, name, err.Error())
			_, ok := errors.AsType[*registry.Errors](err)
			assert.True(t, ok)
		})
	}
}
