package registry_test

import (
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"
)

// colour reads its own texts.
type colour string

func (c *colour) UnmarshalText(text []byte) error {
	if *c = colour(strings.ToUpper(string(text))); *c != "RED" && *c != "GREEN" {
		return errors.New("want red or green")
	}
	return nil
}

func TestSetText(t *testing.T) {
	t.Parallel()
	type level int8
	for _, tt := range []struct {
		text string
		base int
		into any // a pointer to the value
		want string
	}{
		{"a b", 10, new(string), "a b"},
		{"true", 10, new(bool), "true"}, {"1", 10, new(bool), "true"},
		{"yes", 10, new(bool), `"yes" is not a bool: want true or false`},
		{"-7", 10, new(level), "-7"}, {"0x10", 0, new(int), "16"},
		{"0x10", 10, new(int), `"0x10" is not an integer`},
		{"300", 10, new(level), `"300" is not an integer from -128 to 127`},
		{"9223372036854775808", 10, new(int64), `"9223372036854775808" is not an integer from -9223372036854775808 to 9223372036854775807`},
		{"255", 10, new(uint8), "255"}, {"-1", 10, new(uint8), `"-1" is not a non-negative integer`},
		{"256", 10, new(uint8), `"256" is not an integer from 0 to 255`},
		{"18446744073709551616", 10, new(uint64), `"18446744073709551616" is not an integer from 0 to 18446744073709551615`},
		{"1.5", 10, new(float32), "1.5"}, {"x", 10, new(float64), `"x" is not a number`},
		{"1e300", 10, new(float32), `"1e300" is not a number that fits into 32 bits`},
		{"5s", 10, new(time.Duration), "5s"}, {"5", 10, new(time.Duration), `"5" is not a duration: want something like 1m30s`},
		{"2026-01-31", 10, new(time.Time), "2026-01-31 00:00:00 +0000 UTC"},
		{"2026-01-31T15:04:05Z", 10, new(time.Time), "2026-01-31 15:04:05 +0000 UTC"},
		{"31.1.2026", 10, new(time.Time), `"31.1.2026" is not a time: want something like 2026-01-31 or 2026-01-31T15:04:05Z`},
		{"192.0.2.1", 10, new(netip.Addr), "192.0.2.1"},
		{"x", 10, new(netip.Addr), `"x" is not an IP address: want something like 192.0.2.1 or 2001:db8::1`},
		{"x", 10, new(big.Int), `"x" is not an integer`}, {"WARN", 10, new(slog.Level), "WARN"},
		{"red", 10, new(colour), "RED"}, {"x", 10, new(colour), `"x" is invalid: want red or green`},
		{"x", 10, new([]string), "a text cannot become a []string"}, {"x", 10, new(struct{}), "a text cannot become a struct {}"},
	} {
		into := reflect.ValueOf(tt.into).Elem()
		err := registry.SetText(tt.text, into, tt.base)
		if err != nil {
			assert.EqualError(t, err, tt.want)
			continue
		}
		_, ok := registry.WantText(into.Type())
		assert.True(t, ok, "%s", into.Type())
		assert.Equal(t, tt.want, fmt.Sprint(into), tt.text)
	}
	var n *int
	assert.NoError(t, registry.SetText("7", reflect.ValueOf(&n).Elem(), 10))
	assert.Equal(t, 7, *n)
	assert.Error(t, registry.SetText("x", reflect.ValueOf(&n).Elem(), 10))
	assert.Equal(t, 7, *n, "a pointer changes only if its value is valid")
	for _, no := range []reflect.Type{reflect.TypeFor[[]string](), reflect.TypeFor[**int](), reflect.TypeFor[struct{}](), reflect.TypeFor[any]()} {
		_, ok := registry.WantText(no)
		assert.False(t, ok, "%s", no)
	}
}
