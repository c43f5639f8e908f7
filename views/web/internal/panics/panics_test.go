package panics_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web/internal/panics"
)

// raise panics with value, and returns its panic as an error.
func raise(value any) (err error) {
	defer func() { err = panics.Error(recover()) }()
	panic(value)
}

func TestError(t *testing.T) {
	t.Parallel()
	require.NoError(t, panics.Error(nil))
	broken := errors.New("broken")
	for _, value := range []any{"text", 7, broken} {
		err := raise(value)
		e, ok := errors.AsType[*async.PanicError](err)
		require.True(t, ok)
		assert.Equal(t, value, e.Value)
		assert.Contains(t, string(e.Stack), "panics_test.raise")
		assert.True(t, panics.Is(fmt.Errorf("view: %w", err)))
	}
	require.ErrorIs(t, raise(broken), broken)
	assert.False(t, panics.Is(broken))
	assert.False(t, panics.Is(nil))
}

// unreadable is an error whose method panics for a nil pointer.
type unreadable struct{ text string }

func (u *unreadable) Error() string { return u.text }

func TestReadable(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	assert.Equal(t, broken, panics.Readable(broken))
	joined := errors.Join(broken, (*unreadable)(nil))
	assert.EqualError(t, panics.Readable(joined), "the Error method of a *errors.joinError panicked: runtime error: invalid memory address or nil pointer dereference")
}

func TestAbortGoesOn(t *testing.T) {
	t.Parallel()
	for _, value := range []error{http.ErrAbortHandler, fmt.Errorf("proxy: %w", http.ErrAbortHandler)} {
		assert.True(t, panics.IsAbort(value))
		assert.PanicsWithValue(t, http.ErrAbortHandler, func() { _ = raise(value) })
	}
	assert.False(t, panics.IsAbort(nil))
	assert.False(t, panics.IsAbort("abort"))
}
