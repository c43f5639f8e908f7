package registry_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

// step is one line of a recorded program: a declaration, an include or a commit.
type step struct {
	ID      string
	Claim   string
	Order   int
	Raise   bool
	Then    []step
	Include string
	Commit  bool
	Do      []step
}

// outcome is the result of a program in Pyramid 2.0.
type outcome struct {
	Log       []string
	Conflicts [][]string // in each, the first is the one that the others conflict with
	Failed    string
	Late      []string // those declared for a phase that had run, of the lowest such phase
}

// play records a program.
func play(c *registry.Config, steps []step, log *[]string) {
	for _, s := range steps {
		switch {
		case s.Commit:
			c.Commit()
		case s.Include != "":
			c.Include(s.Include, func(c *registry.Config) error { play(c, s.Do, log); return nil })
		default:
			a := registry.Declaration{Phase: s.Order, Subject: s.ID, Run: func(c *registry.Config, _ *registry.Registry) error {
				*log = append(*log, s.ID)
				if s.Raise {
					return errors.New("raised")
				}
				play(c, s.Then, log)
				return nil
			}}
			if s.Claim != "" {
				a.ID = s.Claim
			}
			c.At(registry.Source{File: s.ID}).Declare(a)
		}
	}
}

// TestAsPyramid runs random programs whose outcome in Pyramid was recorded. They do not include
// those in which Pyramid lets a declaration that was overridden conflict with a later one. Pyramid
// stops at the first phase with conflicts; what it ran and found by then comes first here too.
func TestAsPyramid(t *testing.T) {
	t.Parallel()
	var cases []struct {
		Do   []step
		Want outcome
	}
	data, err := os.ReadFile("testdata/pyramid.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &cases))
	require.NotEmpty(t, cases)
	for i, tt := range cases {
		text, _ := json.Marshal(tt.Do)
		log := []string{}
		c := registry.New(registry.Options{})
		play(c, tt.Do, &log)
		for range 2 { // a second build has the same outcome
			log = log[:0]
			reg, err := c.Build()
			got := outcome{Log: log}
			var failed []string
			if err == nil {
				require.NotNil(t, reg)
			} else {
				require.Nil(t, reg)
				for _, part := range err.(*registry.Errors).Unwrap() {
					switch part := part.(type) {
					case *registry.Conflict:
						var names []string
						for _, s := range part.Sources {
							names = append(names, s.File)
						}
						got.Conflicts = append(got.Conflicts, names)
					case *registry.Mistake:
						got.Late = append(got.Late, part.Source.File)
					case *registry.ExecutionError:
						failed = append(failed, part.Source.File)
					}
				}
			}
			for _, conflict := range tt.Want.Conflicts {
				require.True(t, slices.ContainsFunc(got.Conflicts, func(all []string) bool {
					return len(all) >= len(conflict) && slices.Equal(all[:len(conflict)], conflict)
				}), "case %d: %s: want %s in %s", i, text, conflict, got.Conflicts)
			}
			require.Subset(t, got.Late, tt.Want.Late, "case %d: %s", i, text)
			if tt.Want.Failed != "" {
				require.Contains(t, failed, tt.Want.Failed, "case %d: %s", i, text)
			}
			if tt.Want.Conflicts != nil || tt.Want.Late != nil || tt.Want.Failed != "" {
				require.GreaterOrEqual(t, len(got.Log), len(tt.Want.Log), "case %d: %s", i, text)
				require.Equal(t, tt.Want.Log, got.Log[:len(tt.Want.Log)], "case %d: %s", i, text)
				continue
			}
			require.NoError(t, err, "case %d: %s", i, text)
			require.Equal(t, tt.Want, got, "case %d: %s", i, text)
		}
	}
}

// mark records a declaration that appends text to log when it runs.
func mark(c *registry.Config, log *[]string, text, claim string, order int) {
	a := registry.Declaration{Phase: order, Subject: text, Run: func(*registry.Config, *registry.Registry) error {
		*log = append(*log, text)
		return nil
	}}
	if claim != "" {
		a.ID = claim
	}
	c.Declare(a)
}

func TestOverriddenDeclarationStaysOverridden(t *testing.T) {
	t.Parallel()
	var log []string
	c := registry.New(registry.Options{})
	for _, name := range []string{"i", "j"} {
		c.Include(name, func(c *registry.Config) error { mark(c, &log, name, "A", -10); return nil })
	}
	mark(c, &log, "app", "A", -10)
	c.Declare(registry.Declaration{Phase: -10, Run: func(c *registry.Config, _ *registry.Registry) error {
		mark(c, &log, "same phase", "B", -10)
		mark(c, &log, "later phase", "C", 5)
		return nil
	}})
	c.Declare(registry.Declaration{Run: func(c *registry.Config, _ *registry.Registry) error {
		mark(c, &log, "from phase 0", "D", 0)
		return nil
	}})
	_, err := c.Build()
	require.NoError(t, err)
	assert.Equal(t, []string{"app", "same phase", "from phase 0", "later phase"}, log)
}

func TestDeclarationInRunOverridesLaterOne(t *testing.T) {
	t.Parallel()
	var log []string
	c := registry.New(registry.Options{})
	c.Declare(registry.Declaration{Run: func(c *registry.Config, _ *registry.Registry) error {
		mark(c, &log, "app", "A", 0)
		return nil
	}})
	c.Include("i", func(c *registry.Config) error { mark(c, &log, "i", "A", 0); return nil })
	mark(c, &log, "last", "", 0)
	_, err := c.Build()
	require.NoError(t, err)
	assert.Equal(t, []string{"last", "app"}, log)
}

func TestAMistakeStopsNothing(t *testing.T) {
	t.Parallel()
	var log []string
	c := registry.New(registry.Options{})
	mark(c, &log, "first", "", 0)
	c.Commit()
	mark(c, &log, "second", "", -10)
	c.Fail(errors.New("wrong"))
	c.Declare(registry.Declaration{Phase: -5, Run: func(*registry.Config, *registry.Registry) error { panic("wrong, too") }})
	c.Commit()
	mark(c, &log, "third", "A", 0)
	mark(c, &log, "fourth", "A", 0)
	reg, err := c.Build()
	require.Error(t, err)
	assert.Nil(t, reg)
	assert.Len(t, err.(*registry.Errors).Unwrap(), 3, "the mistakes, and the conflict of a later round")
	assert.Equal(t, []string{"first", "second", "third"}, log)
}

func TestIncludeOncePerRound(t *testing.T) {
	t.Parallel()
	var got []bool
	calls := 0
	fn := func(c *registry.Config) error {
		calls++
		got = append(got, c.Include("inner", func(*registry.Config) error { return nil }))
		return nil
	}
	c := registry.New(registry.Options{})
	got = append(got, c.Include("i", fn), c.Include("i", fn), c.Include("inner", func(*registry.Config) error { return nil }))
	c.Commit()
	got = append(got, c.Include("i", fn))
	c.Declare(registry.Declaration{Run: func(c *registry.Config, _ *registry.Registry) error {
		calls = 0
		c.Include("i", fn)
		c.Include("k", fn)
		return nil
	}})
	assert.Equal(t, []bool{true, true, false, false, true, true}, got)
	for range 2 {
		_, err := c.Build()
		require.NoError(t, err)
		assert.Equal(t, 1, calls, "i was included in that round, k not yet")
	}
}
