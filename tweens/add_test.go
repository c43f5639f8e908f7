package tweens_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
)

// declare adds the tweens of a text: `a; b under x,y over z; commit`.
func declare(c *registry.Config, declarations string) {
	for decl := range strings.SplitSeq(declarations, ";") {
		words := strings.Fields(decl)
		if len(words) == 0 {
			continue
		}
		if words[0] == "commit" {
			c.Commit()
			continue
		}
		if words[0] == "list" {
			tweens.SetOrder(c, words[1:]...)
			continue
		}
		var opts []tweens.Option
		for i := 1; i+1 < len(words); i += 2 {
			names := strings.Split(words[i+1], ",")
			if words[i] == "under" {
				opts = append(opts, tweens.Under(names...))
			} else {
				opts = append(opts, tweens.Over(names...))
			}
		}
		tweens.Add(c, words[0], noop, opts...)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	tests := []struct{ declared, want string }{
		{"", "EXCVIEW"},
		{"a", "a EXCVIEW"},
		{"a; b", "b a EXCVIEW"},
		{"a over MAIN", "EXCVIEW a"},
		{"a over MAIN; b over MAIN", "EXCVIEW a b"},
		{"a under EXCVIEW; b under EXCVIEW", "EXCVIEW b a"},
		{"a over EXCVIEW; b over EXCVIEW", "a b EXCVIEW"},
		{"a over b; b", "EXCVIEW a b"},
		{"a; b under a; c over b under a", "a c b EXCVIEW"},
		{"a over ghost,MAIN; b over ghost,EXCVIEW", "a b EXCVIEW"},
		{"a; b under a,EXCVIEW; c over a,b", "EXCVIEW c a b"},
		{"c under b; b under a; a", "a b c EXCVIEW"},
		{"a; commit; b over a", "EXCVIEW b a"},
		{"a; b; commit; a", "a b EXCVIEW"},
		{"EXCVIEW; a", "a EXCVIEW"},
		{"EXCVIEW; commit; a; EXCVIEW", "EXCVIEW a"},
		{"a; EXCVIEW under a", "a EXCVIEW"},
		{"a; b over MAIN; list b EXCVIEW a", "b EXCVIEW a"},
		{"a under ghost; b over a; list a b", "a b"},
		{"a over b; b over a; list EXCVIEW", "EXCVIEW"},
		{"a; list a; commit; list", "a EXCVIEW"},
	}
	for _, tt := range tests {
		t.Run(tt.declared, func(t *testing.T) {
			t.Parallel()
			reg := mustBuild(t, func(c *registry.Config) { declare(c, tt.declared) })
			assert.Equal(t, tt.want, strings.Join(tweens.Names(reg), " "))
		})
	}
}

// The texts are exact; lines of this file are shown as LINE.
func TestMistakes(t *testing.T) {
	t.Parallel()
	nothing := tweens.Factory{}
	tests := []struct {
		name   string
		record func(c *registry.Config)
		want   string
	}{
		{"reserved", func(c *registry.Config) { tweens.Add(c, "MAIN", noop) },
			`LINE: tween "MAIN": reserved name: INGRESS and MAIN are the ends of the chain`},
		{"over INGRESS", func(c *registry.Config) { tweens.Add(c, "a", noop, tweens.Over("EXCVIEW", "INGRESS")) },
			`LINE: tween "a" cannot be over INGRESS, the outer end of the chain: leave it out, or name another tween`},
		{"under MAIN", func(c *registry.Config) { tweens.Add(c, "a", noop, tweens.Under("MAIN")) },
			`LINE: tween "a" cannot be under MAIN, the inner end of the chain: leave it out, or name another tween`},
		{"no name", func(c *registry.Config) { tweens.Add(c, "", noop) },
			`LINE: tween "": missing name: want a name such as "session"`},
		{"no factory", func(c *registry.Config) { tweens.Add(c, "a", nothing) }, `LINE: tween "a": factory is nil: make one with tweens.Wrap or tweens.New`},
		{"Wrap(nil)", func(c *registry.Config) { tweens.Add(c, "a", tweens.Wrap(nil)) }, `LINE: tween "a": factory is nil: make one with tweens.Wrap or tweens.New`},
		{"FromMiddleware(nil)", func(c *registry.Config) { tweens.Add(c, "a", tweens.FromMiddleware(nil)) }, `LINE: tween "a": factory is nil: make one with tweens.Wrap or tweens.New`},
		{"nil option", func(c *registry.Config) { tweens.Add(c, "a", noop, nil) }, `LINE: tween "a": nil option: want tweens.Under or tweens.Over`},
		{"empty hint", func(c *registry.Config) { tweens.Add(c, "a", noop, tweens.Under()) },
			`LINE: tween "a": under without names: want one or more tweens`},
		{"nameless hint", func(c *registry.Config) { tweens.Add(c, "a", noop, tweens.Under("")) },
			`LINE: tween "a": under an empty name: want the name of a tween`},
		{"two hints", func(c *registry.Config) { tweens.Add(c, "a", noop, tweens.Over("b"), tweens.Over("c")) },
			`LINE: tween "a": over given twice: combine the names in one`},
		{"twice", func(c *registry.Config) {
			tweens.Add(c, "a", noop)
			tweens.Add(c, "a", noop, tweens.Under("EXCVIEW"))
		}, "tween \"a\" registered twice:\n    LINE\n    LINE\n    give one of them another name"},
		{"two orders", func(c *registry.Config) {
			tweens.SetOrder(c, "EXCVIEW")
			tweens.SetOrder(c)
		}, "order of tweens registered twice:\n    LINE\n    LINE\n    set it once"},
		{"end in the order", func(c *registry.Config) { tweens.SetOrder(c, "INGRESS", "EXCVIEW") },
			`LINE: order of tweens: INGRESS is an end of the chain, not a tween: leave it out`},
		{"listed twice", func(c *registry.Config) { tweens.SetOrder(c, "EXCVIEW", "EXCVIEW") },
			`LINE: order of tweens: "EXCVIEW" is listed twice`},
		{"unknown in the order", func(c *registry.Config) {
			tweens.Add(c, "log", noop)
			tweens.SetOrder(c, "log", "ghost")
		}, `LINE: order of tweens: "ghost" is not registered (have: EXCVIEW, log)`},
		{"unsatisfied", func(c *registry.Config) {
			tweens.Add(c, "log", noop)
			tweens.Add(c, "session", noop, tweens.Under("auth"))
		}, `LINE: tween "session" wants to be under "auth", which is not registered (have: EXCVIEW, log)`},
		{"two unsatisfied", func(c *registry.Config) {
			tweens.Add(c, "a", noop, tweens.Under("ghost"))
			tweens.Add(c, "b", noop, tweens.Over("ghost", "spook"))
		}, "2 errors in the configuration:\n" +
			"LINE: tween \"a\" wants to be under \"ghost\", which is not registered (have: EXCVIEW, b)\n" +
			`LINE: tween "b" wants to be over "ghost" or "spook", none of which is registered (have: EXCVIEW, a)`},
		{"circle", func(c *registry.Config) {
			tweens.Add(c, "a", noop, tweens.Over("b"))
			tweens.Add(c, "b", noop, tweens.Over("a", "MAIN"))
		}, "LINE: tweens: cycle: \"a\" over \"b\", \"b\" over \"a\"\n" +
			"    LINE: tween \"a\" over \"b\"\n" +
			"    LINE: tween \"b\" over \"a\", MAIN\n" +
			"    remove one of these hints, or set the order with tweens.SetOrder"},
	}
	line := regexp.MustCompile(`add_test\.go:\d+`)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reg, err := build(tt.record)
			require.Error(t, err)
			assert.Nil(t, reg)
			assert.Equal(t, tt.want, line.ReplaceAllString(err.Error(), "LINE"))
		})
	}
}

func TestApplicationOverridesIncludedTween(t *testing.T) {
	t.Parallel()
	reg := mustBuild(t, func(c *registry.Config) {
		c.Include("inc", func(c *registry.Config) error {
			tweens.Add(c, "a", noop, tweens.Under("EXCVIEW"))
			return nil
		})
		tweens.Add(c, "a", noop)
	})
	assert.Equal(t, []string{"a", "EXCVIEW"}, tweens.Names(reg))
}

func TestIntrospection(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	declare(c, "EXCVIEW; a; b over MAIN; c under EXCVIEW,ghost")
	first, err := c.Build()
	require.NoError(t, err)
	tweens.SetOrder(c, "b", "a")
	second, err := c.Build()
	require.NoError(t, err)

	positions := func(reg *registry.Registry) string {
		var all []string
		for _, in := range reg.Introspect().Category("tweens") {
			position, _ := in.Field("position")
			all = append(all, fmt.Sprintf("%s=%v", in.Title, position))
		}
		return strings.Join(all, " ")
	}
	assert.Equal(t, []string{"a", "EXCVIEW", "c", "b"}, tweens.Names(first))
	assert.Equal(t, "EXCVIEW=2 a=1 b=4 c=3", positions(first), "a later build does not change an earlier one")
	assert.Equal(t, "EXCVIEW=0 a=2 b=1 c=0", positions(second))

	in, ok := first.Introspect().Get("tweens", "c")
	require.True(t, ok)
	under, _ := in.Field("under")
	assert.Equal(t, []string{"EXCVIEW", "ghost"}, under)
	over, _ := in.Field("over")
	assert.Empty(t, over)
	assert.Contains(t, in.Source.String(), "add_test.go:")
}

func TestOptionsPrintThemselves(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `under "session", INGRESS`, tweens.Under("session", tweens.Ingress).String())
	assert.Equal(t, `over "in\"ner", EXCVIEW, MAIN`, tweens.Over(`in"ner`, tweens.ExcView, tweens.Main).String())
}
