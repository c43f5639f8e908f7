package registry_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

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

// set returns v as a setting of type T: the value or the error, as text.
func set[T any](v any) string {
	var fallback T
	got, err := registry.Setting(registry.Settings{"k": v}, "k", fallback)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%#v", got)
}

func TestSetting(t *testing.T) {
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
		{set[time.Time]("2026-01-31"), "time.Date(2026, time.January, 31, 0, 0, 0, 0, time.UTC)"},
		{set[time.Time](" 2026-01-31 "), "time.Date(2026, time.January, 31, 0, 0, 0, 0, time.UTC)"},
		{set[time.Time]("x"), `setting "k": "x" is not a time: want something like 2026-01-31 or 2026-01-31T15:04:05Z`},
		{set[time.Duration](90), `setting "k": 90 is not a duration: want something like 1m30s`},
		{set[time.Duration]("90"), `setting "k": "90" is not a duration: want something like 1m30s`},
		{set[[]string]("a b\n c"), `[]string{"a", "b", "c"}`}, {set[[]string]([]any{"a", "b"}), `[]string{"a", "b"}`}, {set[[]string](""), `[]string{}`},
		{set[[]string]([]any{"a", 1}), `setting "k": [a 1] is not a list of strings: element 1 is not a string`},
		{set[string]("x "), `"x "`}, {set[string](1), `setting "k": 1 is not a string`},
		{set[netip.Addr]("x"), `setting "k": "x" is not an IP address: want something like 192.0.2.1 or 2001:db8::1`},
		{set[chan int]("x"), `setting "k": "x" is not a chan int: a text cannot be converted to it: set a value of that type`},
		{set[fmt.Stringer]("x"), `setting "k": "x" is not a fmt.Stringer: a text cannot be converted to it: set a value of that type`},
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

// FuzzSetting checks that converting a text does not panic.
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
