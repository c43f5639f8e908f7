package waiting_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/internal/waiting"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestAwait(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, tt := range []struct {
		value any
		want  any
		err   error
	}{
		{"plain", "plain", nil},
		{async.Settled("later", nil), "later", nil},
		{async.Settled(async.Settled("nested", nil), nil), "nested", nil},
		{async.Settled("", broken), nil, broken},
		{(*async.Future[string])(nil), nil, waiting.ErrNever},
	} {
		got, err := waiting.Await(t.Context(), tt.value)
		require.ErrorIs(t, err, tt.err)
		if tt.err == nil {
			assert.Equal(t, tt.want, got)
		}
	}
	assert.PanicsWithError(t, http.ErrAbortHandler.Error(), func() {
		_, _ = waiting.Await(t.Context(), async.Settled("", &web.PanicError{Value: http.ErrAbortHandler}))
	})
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ex := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: 1})
		ctx, cancel := context.WithCancel(t.Context())
		busy, release := make(chan struct{}), make(chan struct{})
		call := func(ctx context.Context, do func(*web.Request) (any, error)) (any, error) {
			r := web.Begin(&web.Application{}, httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx))
			return waiting.Submit(ex, r, do)
		}
		done := make(chan any)
		go func() {
			value, err := call(ctx, func(*web.Request) (any, error) { close(busy); <-release; return "done", nil })
			assert.NoError(t, err)
			done <- value
		}()
		<-busy
		queued, leave := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, err := call(queued, func(*web.Request) (any, error) { t.Error("it left the queue"); return nil, nil })
			left <- err
		}()
		synctest.Wait()
		leave()
		require.Error(t, <-left, "a request that waits for its turn leaves at once")
		cancel()
		synctest.Wait()
		select {
		case <-done:
			t.Error("a running call is waited for")
		default:
		}
		close(release)
		assert.Equal(t, "done", <-done)
		require.NoError(t, ex.Close(t.Context()))
	})
}
