package traversal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestNamesThatNoURLHolds(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]bool{ // as a segment, as the name of a resource
		"a": {true, true}, "...": {true, true}, "a/b": {true, true}, "@x": {true, true}, "é ": {true, true}, "%2E": {true, true},
		"": {true, false}, "@@x": {true, false}, "@@": {true, false},
		".": {false, false}, "..": {false, false}, "\x00": {false, false}, "a\xff": {false, false},
	} {
		assert.Equal(t, want, [2]bool{traversal.CheckSegment(name) == nil, traversal.CheckName(name) == nil}, "%q", name)
	}
}
