package async_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestSlot(t *testing.T) {
	t.Parallel()
	unused := &carrier{Context: t.Context()}
	assert.Nil(t, unused.slot.Peek())
	require.NoError(t, unused.slot.End(0))
	assert.Nil(t, unused.slot.Peek())
	_, err := async.Await(unused, async.Go(unused, untilDone))
	require.ErrorAs(t, err, new(*async.ScopeError), "a slot that has ended opens no scope")

	used := &carrier{Context: t.Context()}
	f := async.Go(used, untilDone)
	s, ok := async.ScopeFrom(used)
	require.True(t, ok)
	assert.Same(t, s, used.slot.Peek())
	require.NoError(t, used.slot.End(-1))
	_, err = async.Await(used, f)
	require.ErrorIs(t, err, context.Canceled)

	_, ok = async.ScopeFrom(t.Context())
	assert.False(t, ok)
}
