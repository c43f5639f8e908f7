package registry_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"
)

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
		{"x", 10, new([]string), "a text cannot become a []string"},
	} {
		into := reflect.ValueOf(tt.into).Elem()
		err := registry.SetText(tt.text, into, tt.base)
		if err != nil {
			assert.EqualError(t, err, tt.want)
			continue
		}
		assert.True(t, registry.IsTextKind(into.Kind()))
		assert.Equal(t, tt.want, fmt.Sprint(into), tt.text)
	}
	assert.False(t, registry.IsTextKind(reflect.Slice))
}
