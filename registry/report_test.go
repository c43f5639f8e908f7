package registry_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

// rank is a table that is checked at the end of a build, as the order of the tweens is.
type rank struct{ names map[string]bool }

// addRank is a directive of a table: each name needs the one that it is after.
func addRank(rec registry.Recorder, name, after string, wrong error) {
	rec.Directive().Declare(registry.Declaration{
		Category: "ranks", Type: "rank", ID: name, Err: wrong,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			table := registry.Ensure(reg, func() *rank { return &rank{map[string]bool{"": true}} })
			table.names[name] = true
			reg.OnFreeze(func() error {
				if !table.names[after] {
					return registry.Missing(errors.New("rank "+name+": no rank "+after), registry.Ref{Category: "ranks", ID: after})
				}
				return nil
			})
			return nil
		},
	})
}

// declared declares something in a phase at a line of its own.
func declared(c *registry.Config, line, phase int, name string, wrong error) {
	at(c, "app.go", line).Declare(registry.Declaration{
		Category: "things", Type: "thing", ID: name, Phase: phase, Err: wrong,
		Run: func(*registry.Config, *registry.Registry) error { return nil },
	})
}

// TestOneReport has several faults at once: all are in the first report, in the order of their
// lines, and no error that only follows from another.
func TestOneReport(t *testing.T) {
	t.Parallel()
	twice := func(c *registry.Config) {
		for i, phase := range []int{registry.Phase3, registry.Phase2, registry.Phase1, registry.Phase0} {
			for range 2 {
				declared(c, 10+i, phase, string(rune('a'+i)), nil)
			}
		}
	}
	fourConflicts := []string{
		"thing \"a\" registered twice:\n    app.go:10 (2 times)\n    give one of them another name",
		"thing \"b\" registered twice:\n    app.go:11 (2 times)\n    give one of them another name",
		"thing \"c\" registered twice:\n    app.go:12 (2 times)\n    give one of them another name",
		"thing \"d\" registered twice:\n    app.go:13 (2 times)\n    give one of them another name",
	}
	tests := map[string]struct {
		declare func(c *registry.Config)
		want    []string
	}{
		"conflicts of four phases": {twice, fourConflicts},
		"with a mistake": {func(c *registry.Config) {
			twice(c)
			at(c, "app.go", 20).Fail(errors.New("a mistake"))
		}, append(fourConflicts[:4:4], "app.go:20: a mistake")},
		"in different rounds": {func(c *registry.Config) {
			declared(c, 1, registry.Phase3, "a", nil)
			declared(c, 2, registry.Phase3, "a", nil)
			c.Commit()
			declared(c, 3, registry.Phase1, "a", nil)
			declared(c, 4, registry.Phase1, "a", nil)
		}, []string{
			"thing \"a\" registered twice:\n    app.go:1\n    app.go:2\n    give one of them another name",
			"thing \"a\" registered twice:\n    app.go:3\n    app.go:4\n    give one of them another name",
		}},
		"a mistaken party, and one of a later phase": {func(c *registry.Config) {
			declared(c, 1, registry.Phase2, "a", nil)
			declared(c, 2, registry.Phase2, "a", errors.New("no such marker"))
			declared(c, 3, registry.Phase3, "a", nil)
		}, []string{
			"thing \"a\" registered 3 times:\n    app.go:1\n    app.go:2\n    app.go:3\n    give one of them another name",
			"app.go:2: no such marker",
		}},
		"a mistake without a name is in no conflict": {func(c *registry.Config) {
			declared(c, 1, registry.Phase3, "", errors.New("missing name"))
			declared(c, 2, registry.Phase3, "", errors.New("missing name"))
		}, []string{"app.go:1: missing name", "app.go:2: missing name"}},
		"a failed declaration": {func(c *registry.Config) {
			at(c, "app.go", 1).Declare(registry.Declaration{Subject: "x", Phase: registry.Phase1, Run: func(*registry.Config, *registry.Registry) error {
				return errors.New("no database")
			}})
			declared(c, 2, registry.Phase3, "a", nil)
			declared(c, 3, registry.Phase3, "a", nil)
		}, []string{
			"app.go:1: x: no database",
			"thing \"a\" registered twice:\n    app.go:2\n    app.go:3\n    give one of them another name",
		}},
		"what running finds, with a conflict": {func(c *registry.Config) {
			declared(c, 1, registry.Phase1, "a", nil)
			declared(c, 2, registry.Phase1, "a", nil)
			at(c, "app.go", 3).Declare(registry.Declaration{Run: func(c *registry.Config, reg *registry.Registry) error {
				c.Fail(errors.New("no such route"))
				return nil
			}})
		}, []string{
			"thing \"a\" registered twice:\n    app.go:1\n    app.go:2\n    give one of them another name",
			"app.go:3: no such route",
		}},
		"what the end finds, with a conflict": {func(c *registry.Config) {
			declared(c, 1, registry.Phase1, "a", nil)
			declared(c, 2, registry.Phase1, "a", nil)
			at(c, "app.go", 3).Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error {
				reg.OnFreeze(func() error { return errors.New("a tie") })
				return nil
			}})
		}, []string{
			"finish the build: a tie",
			"thing \"a\" registered twice:\n    app.go:1\n    app.go:2\n    give one of them another name",
		}},
		"an order, with a mistake elsewhere": {func(c *registry.Config) {
			addRank(at(c, "app.go", 1), "session", "auth", nil)
			declared(c, 2, registry.Phase3, "a", errors.New("a mistake"))
		}, []string{"finish the build: rank session: no rank auth", "app.go:2: a mistake"}},
		"an order of which a part is mistaken": {func(c *registry.Config) {
			addRank(at(c, "app.go", 1), "session", "auth", nil)
			addRank(at(c, "app.go", 2), "auth", "", errors.New("a mistake"))
		}, []string{"app.go:2: a mistake"}},
		"an order of which a part may be missing": {func(c *registry.Config) {
			addRank(at(c, "app.go", 1), "session", "auth", nil)
			at(c, "app.go", 2).Include("auth", func(*registry.Config) error { return errors.New("no key") })
		}, []string{`app.go:2: include "auth": no key`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := registry.New(registry.Options{})
			tt.declare(c)
			for range 2 { // the order is stable
				_, err := c.Build()
				require.Error(t, err)
				var got []string
				for _, part := range err.(*registry.Errors).Unwrap() {
					got = append(got, part.Error())
				}
				assert.Equal(t, tt.want, got)
			}
		})
	}
}

// TestNilPointerErrors has functions that return a nil pointer as their error, which is not nil.
// listed is an error of others with several parts, any of which may be nil.
type listed []error

func (l listed) Error() string   { return "several" }
func (l listed) Unwrap() []error { return l }

func TestNilPointerErrors(t *testing.T) {
	t.Parallel()
	nilMistake := func() error { var m *registry.Mistake; return m }
	const text = "the error is a nil *registry.Mistake: return nil itself if nothing is wrong"
	tests := map[string]struct {
		declare func(c *registry.Config)
		want    string
	}{
		"include": {func(c *registry.Config) {
			c.Include("wiki", func(*registry.Config) error { return nilMistake() })
		}, `app.go:1: include "wiki": ` + text},
		"run": {func(c *registry.Config) {
			c.Declare(registry.Declaration{Subject: "x", Run: func(*registry.Config, *registry.Registry) error { return nilMistake() }})
		}, "app.go:1: x: " + text},
		"freeze": {func(c *registry.Config) {
			c.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error { reg.OnFreeze(nilMistake); return nil }})
		}, "finish the build: " + text},
		"fail":       {func(c *registry.Config) { c.Fail(nilMistake()) }, "app.go:1: " + text},
		"joined":     {func(c *registry.Config) { c.Fail(errors.Join(nilMistake(), errors.New("more"))) }, "2 errors in the configuration:\napp.go:1: " + text + "\napp.go:1: more"},
		"a nil part": {func(c *registry.Config) { c.Fail(listed{nil, errors.New("more")}) }, "app.go:1: more"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := registry.New(registry.Options{})
			tt.declare(at(c, "app.go", 1))
			_, err := c.Build()
			require.EqualError(t, err, tt.want)
		})
	}
}
