package unchanged_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/internal/unchanged"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestWatch(t *testing.T) {
	t.Parallel()
	called := 0
	next := func(*web.Request, any) (any, error) { called++; return called, nil }
	watched, is := unchanged.Watch(next)
	other, isOther := unchanged.Watch(next)

	assert.False(t, is(other), "another one has the same code")
	assert.True(t, is(watched))
	assert.True(t, isOther(other))
	assert.False(t, is(next))
	assert.False(t, is(func(r *web.Request, res any) (any, error) { return watched(r, res) }))
	assert.False(t, is(nil))
	assert.Zero(t, called)

	got, err := watched(new(web.Request), nil)
	require.NoError(t, err)
	assert.Equal(t, 1, got)
}
