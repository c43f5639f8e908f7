package registry_test

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

// build carries out one action.
func build(t *testing.T, run func(reg *registry.Registry)) *registry.Registry {
	t.Helper()
	c := registry.New(registry.Options{})
	c.Declare(registry.Declaration{Run: func(_ *registry.Config, reg *registry.Registry) error { run(reg); return nil }})
	reg, err := c.Build()
	require.NoError(t, err)
	return reg
}

func TestComponentsGoByStaticType(t *testing.T) {
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
	assert.PanicsWithValue(t, "registry: Provide[int]: the registry is frozen; do it in an action, while it is built",
		func() { registry.Provide(reg, 3) })
	assert.Panics(t, func() { reg.OnFreeze(func() error { return nil }) })
}

func TestOnFreezeComesLast(t *testing.T) {
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

func TestEvents(t *testing.T) {
	t.Parallel()
	type saved struct{ n int }
	var log []string
	told := func(name string) func(*saved) error {
		return func(e *saved) error { log = append(log, fmt.Sprint(name, e.n)); return nil }
	}
	stop := errors.New("stop")
	c := registry.New(registry.Options{})
	registry.Subscribe(c, told("a"))
	registry.Subscribe(c, told("even"), registry.Filter[*saved]{Text: "even", Holds: func(e *saved) (bool, error) { return e.n%2 == 0, nil }})
	registry.Subscribe(c, told("b"),
		registry.Filter[*saved]{Text: "fit", Holds: func(e *saved) (bool, error) { return true, map[int]error{9: stop}[e.n] }})
	registry.Subscribe(c, func(e *saved) error { return map[int]error{7: stop}[e.n] })
	registry.Subscribe(c, told("c"))
	reg, err := c.Build()
	require.NoError(t, err)

	notify := registry.Notifier[*saved](reg)
	require.NoError(t, notify(&saved{1}))
	require.NoError(t, registry.Notify(reg, &saved{2}))
	require.ErrorIs(t, notify(&saved{7}), stop)
	require.ErrorIs(t, notify(&saved{9}), stop)
	assert.Equal(t, []string{"a1", "b1", "c1", "a2", "even2", "b2", "c2", "a7", "b7", "a9"}, log)

	require.NoError(t, registry.Notify(reg, saved{1}), "nobody listens to the value")
	assert.Nil(t, registry.Notifier[saved](reg))

	described := reg.Introspect().Category("subscribers")
	require.Len(t, described, 5)
	assert.Equal(t, "*registry_test.saved", described[1].Title)
	filters, _ := described[1].Field("filters")
	assert.Equal(t, []string{"even"}, filters)
	assert.Contains(t, described[1].Source.String(), "registry_test.go:")
}

func TestSubscribeRefuses(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	registry.Subscribe[int](c, nil)
	registry.Subscribe(c, func(int) error { return nil }, registry.Filter[int]{Text: "odd"})
	_, err := c.Build()
	require.ErrorContains(t, err, "subscriber to int: nothing to call")
	require.ErrorContains(t, err, `subscriber to int: filter 1 ("odd") has no Holds`)
}

func TestNotifyWithoutSubscribersAllocatesNothing(t *testing.T) {
	reg := build(t, func(*registry.Registry) {})
	type event struct{ n int }
	e := &event{1}
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = registry.Notify(reg, e) }))
}

func TestIntrospection(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	at(c, "a.go", 1).Include("i", func(c *registry.Config) error {
		c.Declare(registry.Declaration{Category: "views", ID: "edit", Title: "loser"})
		return nil
	})
	route := registry.Ref{Category: "routes", ID: "r"}
	at(c, "a.go", 2).Declare(registry.Declaration{Category: "views", ID: "edit", Related: []registry.Ref{route, {Category: "routes", ID: "missing"}}})
	at(c, "a.go", 3).Declare(registry.Declaration{Category: "views", ID: "show", Related: []registry.Ref{route}})
	at(c, "a.go", 4).Declare(registry.Declaration{Category: "routes", ID: "r", Run: func(_ *registry.Config, reg *registry.Registry) error {
		reg.Describe(registry.Introspectable{Category: "routes", ID: "r", Title: "r", Source: registry.Source{File: "own.go", Line: 9}})
		return nil
	}})
	at(c, "a.go", 5).Declare(registry.Declaration{Category: "views", Title: "anonymous"})
	c.Commit()
	at(c, "a.go", 6).Declare(registry.Declaration{Category: "views", ID: "edit", Title: "edit again"})
	reg, err := c.Build()
	require.NoError(t, err)

	i := reg.Introspect()
	assert.Equal(t, []string{"routes", "views"}, i.Categories())
	assert.Equal(t, []string{"show a.go:3", "anonymous a.go:5", "edit again a.go:6"}, titles(i.Category("views")))
	assert.Equal(t, []string{"show a.go:3"}, titles(i.Related("routes", "r")), "edit does not refer to it any more")
	assert.Equal(t, []string{"r own.go:9"}, titles(i.Related("views", "show")))
	assert.Empty(t, i.Related("views", "none"))
	assert.Empty(t, i.Category("none"))
	in, ok := i.Get("views", "show")
	assert.True(t, ok)
	assert.Equal(t, "show", in.Title)
	for _, id := range []any{"none", nil, []int{1}} {
		_, ok = i.Get("views", id)
		assert.False(t, ok)
	}
	_, ok = i.Get("none", 1)
	assert.False(t, ok)
	_, ok = in.Field("none")
	assert.False(t, ok)
}

func titles(all []registry.Introspectable) (texts []string) {
	for _, in := range all {
		texts = append(texts, in.Title+" "+in.Source.String())
	}
	return texts
}

func TestSettingsAreCopied(t *testing.T) {
	t.Parallel()
	mine := registry.Settings{"a": 1}
	c := registry.New(registry.Options{Settings: mine})
	mine["a"] = 2
	c.Settings()["b"] = 3
	c.Declare(registry.Declaration{Run: func(c *registry.Config, reg *registry.Registry) error {
		c.Settings()["c"] = 4
		return nil
	}})
	reg, err := c.Build()
	require.NoError(t, err)
	assert.Equal(t, registry.Settings{"a": 1, "b": 3, "c": 4}, reg.Settings())
	assert.Equal(t, registry.Settings{"a": 1, "b": 3}, c.Settings())
	assert.NotNil(t, registry.New(registry.Options{}).Settings())
}

// set reads one setting, and returns the value or the error as text.
func set[T any](v any) string {
	var fallback T
	got, err := registry.Setting(registry.Settings{"k": v}, "k", fallback)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%#v", got)
}

func TestSettingConverts(t *testing.T) {
	t.Parallel()
	type level int
	tests := []struct{ got, want string }{
		{set[bool]("Yes"), "true"}, {set[bool](" on "), "true"}, {set[bool]("f"), "false"}, {set[bool](""), "false"}, {set[bool](true), "true"},
		{set[bool]("maybe"), `setting "k": "maybe" is not a bool: want true or false`},
		{set[bool](1), `setting "k": 1 is not a bool`},
		{set[int](" 12 "), "12"}, {set[int]("0x10"), "16"}, {set[int](int64(7)), "7"}, {set[int](7.0), "7"}, {set[level]("3"), "3"}, {set[level](3), "3"},
		{set[int]("many"), `setting "k": "many" is not an integer`},
		{set[int](7.5), `setting "k": 7.5 is not an integer`},
		{set[int8]("300"), `setting "k": "300" is not an integer from -128 to 127`},
		{set[int8](300), `setting "k": 300 is not an integer from -128 to 127`},
		{set[uint](-1), `setting "k": -1 is not an integer from 0 to 18446744073709551615`},
		{set[int](uint64(1 << 63)), `setting "k": 9223372036854775808 is not an integer from -9223372036854775808 to 9223372036854775807`},
		{set[int64](1e300), `setting "k": 1e+300 is not an integer from -9223372036854775808 to 9223372036854775807`},
		{set[uint16]("443"), "0x1bb"}, {set[float64]("1.5"), "1.5"}, {set[float64](2), "2"},
		{set[time.Duration]("90s"), "90000000000"}, {set[time.Duration](time.Second), "1000000000"},
		{set[time.Duration](90), `setting "k": 90 is not a duration: want something like 1m30s`},
		{set[time.Duration]("90"), `setting "k": "90" is not a duration: want something like 1m30s`},
		{set[[]string]("a b\n c"), `[]string{"a", "b", "c"}`}, {set[[]string]([]any{"a", "b"}), `[]string{"a", "b"}`}, {set[[]string](""), `[]string{}`},
		{set[[]string]([]any{"a", 1}), `setting "k": [a 1] is not a list of strings: element 1 is not a string`},
		{set[string]("x "), `"x "`}, {set[string](1), `setting "k": 1 is not a string`},
		{set[netip.Addr]("x"), `setting "k": "x" is not a netip.Addr: ParseAddr("x"): unable to parse IP`},
		{set[chan int]("x"), `setting "k": "x" is not a chan int: a text cannot be converted to it: set the value itself`},
		{set[fmt.Stringer]("x"), `setting "k": "x" is not a fmt.Stringer: a text cannot be converted to it: set the value itself`},
		{set[int](nil), "0"},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.got)
	}
	got, err := registry.Setting(registry.Settings{"k": "x"}, "k", 5)
	assert.Equal(t, 5, got)
	e, ok := errors.AsType[*registry.SettingError](err)
	require.True(t, ok)
	assert.Equal(t, []any{"k", "x", "an integer"}, []any{e.Key, e.Value, e.Want})
	network, err := registry.Setting(registry.Settings{"k": "10.0.0.0/8"}, "k", netip.Prefix{})
	require.NoError(t, err)
	assert.Equal(t, netip.MustParsePrefix("10.0.0.0/8"), network)
	got, err = registry.Setting[int](nil, "k", 5)
	require.NoError(t, err)
	assert.Equal(t, 5, got)
}

// FuzzSetting: a text is converted or refused, and never panics.
func FuzzSetting(f *testing.F) {
	f.Add("1")
	f.Add("yes")
	f.Add("1h")
	f.Fuzz(func(t *testing.T, text string) {
		set[bool](text)
		set[int8](text)
		set[float32](text)
		set[time.Duration](text)
		set[[]string](text)
		assert.Equal(t, fmt.Sprintf("%#v", text), set[string](text))
	})
}
