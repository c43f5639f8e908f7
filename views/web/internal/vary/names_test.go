package vary_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/vary"
)

func TestNames(t *testing.T) {
	t.Parallel()
	var n vary.Names
	assert.Empty(t, n.All())
	n.Add("B", "A")
	before := n.All()
	n.Add("A", "C", "B", "D")
	assert.Equal(t, []string{"B", "A"}, before)
	assert.Equal(t, []string{"B", "A", "C", "D"}, n.All())
	_ = append(n.All(), "X")
	assert.Equal(t, []string{"B", "A", "C", "D"}, n.All(), "appending copies")
}
