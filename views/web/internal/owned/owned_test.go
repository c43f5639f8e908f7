package owned_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/owned"
)

func TestList(t *testing.T) {
	t.Parallel()
	var l owned.List[string, int]
	_, ok := l.Get("a")
	assert.False(t, ok)
	assert.Equal(t, 1, l.GetOr("a", func() int { return 1 }))
	assert.Equal(t, 1, l.GetOr("a", func() int { return 2 }), "it has one")
	l.Put("a", 3)
	l.Put("b", 4)
	v, ok := l.Get("a")
	assert.True(t, ok)
	assert.Equal(t, 3, v)
	v, ok = l.Take("a")
	assert.True(t, ok)
	assert.Equal(t, 3, v)
	_, ok = l.Take("a")
	assert.False(t, ok)
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	var l, other owned.List[string, int]
	l.Put("a", 1)
	other.Put("a", 2)
	other.Put("b", 3)
	l.Adopt(&other)
	a, _ := l.Get("a")
	b, _ := l.Get("b")
	assert.Equal(t, []int{1, 3}, []int{a, b}, "its own value stays")
	b, _ = other.Get("b")
	assert.Equal(t, 3, b)
}
