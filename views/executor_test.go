package views_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestExecutorIsFull(t *testing.T) {
	t.Parallel()
	ex := async.NewExecutor(async.ExecutorOptions{Name: "pictures", Workers: 1, Queue: -1, RetryAfter: 3 * time.Second})
	busy, free := make(chan struct{}), make(chan struct{})
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.Func(func(*web.Request) (string, error) {
			close(busy)
			<-free
			return "done", nil
		}), views.WithMapper(views.ExecutorMapperOn(ex)), views.Renderer("string"))
		views.AddError(c, views.ErrorStatus(500, 599, func(*web.Request, error) (string, error) {
			return "come back later", nil
		}), views.WithMapper(views.ExecutorMapperOn(ex)), views.Renderer("string"))
	})
	first := make(chan error)
	go func() {
		_, err := call(reg, &page{}, "")
		first <- err
	}()
	<-busy
	r := request(reg, nil, &page{}, "", nil)
	_, err := views.TableOf(reg).Call(r)
	require.ErrorIs(t, err, async.ErrSaturated)

	plain, ok := web.Drive(r).ErrorResponse(err)
	require.True(t, ok)
	assert.Equal(t, 503, plain.Status())
	assert.Equal(t, "3", plain.Header("Retry-After"))

	resp, handled, err := views.TableOf(reg).CallError(r, err)
	require.NoError(t, err)
	require.True(t, handled)
	assert.Equal(t, "come back later", text(t, resp), "error views need no executor")

	close(free)
	assert.NoError(t, <-first)
}

func TestExecutorViewsMayUseTheirExecutor(t *testing.T) {
	t.Parallel()
	ex := async.NewExecutor(async.ExecutorOptions{Workers: 1, Queue: -1})
	double := async.UseExecutor(ex, func(_ context.Context, s string) (string, error) { return s + s, nil })
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.Func(func(r *web.Request) (string, error) {
			part, err := views.RenderView(r, r.Node(), "part")
			if err != nil {
				return "", err
			}
			b, _ := part.Body()
			return async.Await(r.Context(), double(r.Context(), string(b)))
		}), views.WithMapper(views.ExecutorMapperOn(ex)), views.Renderer("string"))
		views.Add(c, views.Func(func(*web.Request) (string, error) { return "ha", nil }),
			views.Name("part"), views.WithMapper(views.ExecutorMapperOn(ex)), views.Renderer("string"))
	})
	assert.Equal(t, "haha", body(t, reg, &page{}), "all of it on one worker")
}

// A request whose context ends leaves the queue; a view that runs is waited for, since it uses the
// request.
func TestContextOfExecutorViews(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ex := async.NewExecutor(async.ExecutorOptions{Workers: 1})
		var calls atomic.Int32
		reg := build(t, func(c *registry.Config) {
			views.Add(c, views.Func(func(*web.Request) (string, error) {
				calls.Add(1)
				time.Sleep(time.Minute) // whatever the context says
				return "at last", nil
			}), views.WithMapper(views.ExecutorMapperOn(ex)), views.Renderer("string"))
		})
		start := time.Now()
		rq := func(limit time.Duration) (time.Duration, error) {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			r := request(reg, nil, &page{}, "", httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
			_, err := views.TableOf(reg).Call(r)
			assert.NoError(t, web.Drive(r).EndScope(-1))
			return time.Since(start), err
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			after, err := rq(time.Second)
			assert.NoError(t, err, "it was there in the end")
			assert.Equal(t, time.Minute, after)
		}()
		synctest.Wait()
		after, err := rq(2 * time.Second)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 2*time.Second, after)
		status, _ := web.StatusOf(err)
		assert.Equal(t, 504, status)
		<-done
		assert.EqualValues(t, 1, calls.Load(), "the second one was never called")
	})
}
