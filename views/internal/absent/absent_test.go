package absent_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/internal/absent"
)

func TestAbsent(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		v              any
		value, pointer bool
	}{
		"nil":         {nil, true, false},
		"nil pointer": {(*int)(nil), true, true},
		"pointer":     {new(int), false, false},
		"nil func":    {(func())(nil), true, false},
		"func":        {func() {}, false, false},
		"nil map":     {map[string]int(nil), true, false},
		"empty map":   {map[string]int{}, false, false},
		"nil slice":   {[]int(nil), true, false},
		"nil channel": {(chan int)(nil), true, false},
		"zero":        {0, false, false},
		"empty":       {"", false, false},
		"struct":      {struct{ p *int }{}, false, false},
	} {
		assert.Equal(t, tc.value, absent.Value(tc.v), name)
		assert.Equal(t, tc.pointer, absent.Pointer(tc.v), name)
	}
}
