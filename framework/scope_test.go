package framework_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

// waitForEnd returns when its context ends.
func waitForEnd(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func TestNothingOutlivesItsRequest(t *testing.T) {
	noLeaks(t)
	ended := make(chan *async.Future[string], 8)
	start := func(r *framework.Request) (string, error) {
		ended <- async.Go(r.Context(), waitForEnd)
		return "started", nil
	}
	config := quiet(framework.Options{})
	config.AddView(views.Func(start), views.Renderer("string"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		ended <- async.Go(r.Context(), waitForEnd)
		sub, _ := http.NewRequest(http.MethodGet, "/", nil)
		resp, err := r.Subrequest(sub)
		if err == nil && !settled(ended, 1) {
			err = errors.New("the subrequest ended before its goroutine")
		}
		return resp, err
	}), views.Name("sub"))
	config.AddView(views.Func(func(r *framework.Request) (string, error) {
		_, _ = start(r)
		panic("oh")
	}), views.Name("panic"), views.Renderer("string"))
	app := frameworktest.New(t, config)

	app.Get("/").Status(200)
	assert.True(t, settled(ended, 0))
	app.Get("/sub").Status(200)
	assert.True(t, settled(ended, 0))
	assert.Equal(t, 500, app.Get("/panic").Code)
	assert.True(t, settled(ended, 0))
	_, err := app.Do(httptest.NewRequest(http.MethodGet, "/", nil))
	require.NoError(t, err)
	assert.True(t, settled(ended, 0))

	r, done, err := app.Prepare(t.Context(), nil)
	require.NoError(t, err)
	ended <- async.Go(r.Context(), waitForEnd)
	require.NoError(t, done())
	assert.True(t, settled(ended, 0))
	_, err = async.Await(t.Context(), async.Go(r.Context(), waitForEnd))
	assert.ErrorIs(t, err, context.Canceled, "nothing starts any more")
}

// settled takes the last future from the channel, leaves the given number in it, and reports
// whether the one it took has settled.
func settled(futures chan *async.Future[string], leave int) bool {
	var f *async.Future[string]
	kept := make([]*async.Future[string], 0, leave)
	for range leave {
		kept = append(kept, <-futures)
	}
	f = <-futures
	for _, k := range kept {
		futures <- k
	}
	select {
	case <-f.Done():
		return true
	default:
		return false
	}
}

// A subrequest may await a future of the request that it belongs to.
func TestSubrequestsAwaitFuturesOfTheirRequest(t *testing.T) {
	t.Parallel()
	type key struct{}
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		f := async.Go(r.Context(), func(context.Context) (string, error) { return "from outside", nil })
		sub, _ := http.NewRequestWithContext(context.WithValue(r.Context(), key{}, f), http.MethodGet, "/part", nil)
		return r.Subrequest(sub)
	}))
	config.AddView(views.Func(func(r *framework.Request) (string, error) {
		f, _ := r.Context().Value(key{}).(*async.Future[string])
		return async.Await(r.Context(), f)
	}), views.Name("part"), views.Renderer("string"))
	assert.Equal(t, "from outside", frameworktest.New(t, config).Get("/").Status(200).Body)
}

// The client has the whole response while the end of the request waits for its goroutines.
func TestScopeEndsAfterTheResponse(t *testing.T) {
	noLeaks(t)
	release := make(chan struct{})
	config := framework.New(framework.Options{GracePeriod: time.Minute})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		async.Go(r.Context(), func(context.Context) (int, error) {
			<-release
			return 0, nil
		})
		return r.Text("here it is"), nil
	}))
	ended := make(chan struct{})
	app := frameworktest.New(t, config)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		app.ServeHTTP(w, hr)
		close(ended)
	}))
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "here it is", string(body))
	assert.EqualValues(t, len(body), resp.ContentLength)
	require.NoError(t, resp.Body.Close())
	select {
	case <-ended:
		t.Error("the request ended before its goroutine")
	default:
	}
	close(release)
	<-ended
}

func TestStragglersAreNamed(t *testing.T) {
	noLeaks(t)
	release := make(chan struct{})
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{Logger: log.Logger(), GracePeriod: -1})
	stubborn := func(r *framework.Request) (string, error) {
		for range 2 {
			async.Go(r.Context(), func(context.Context) (int, error) {
				<-release
				return 0, nil
			})
		}
		return "", nil
	}
	config.AddView(views.Func(stubborn), views.Renderer("string"))
	app := frameworktest.New(t, config)
	app.Get("/").Status(200)
	lines := log.Lines()
	require.Len(t, lines, 1)
	assert.Equal(t, "warn", lines[0]["level"])
	assert.Equal(t, "goroutine outlived its request; it should watch its context", lines[0]["message"])
	assert.EqualValues(t, 2, lines[0]["count"])
	require.Len(t, lines[0]["started"], 1)
	assert.Regexp(t, `^framework/scope_test\.go:\d+ \(framework_test\.TestStragglersAreNamed\.func1\)$`, lines[0]["started"].([]any)[0])
	assert.NotEmpty(t, lines[0]["request_id"])

	require.NoError(t, app.Start(t.Context()))
	err := app.Shutdown(t.Context())
	assert.ErrorContains(t, err, "shutdown: 1 request left goroutines running: still running: 2 started at framework/scope_test.go:")
	_, ok := errors.AsType[*async.StragglersError](err)
	assert.True(t, ok)
	close(release)
}

// A view that still runs after its deadline outlives its request, too.
func TestShutdownReportsViewsPastTheirDeadline(t *testing.T) {
	noLeaks(t)
	for _, over := range []bool{false, true} {
		release, ended := make(chan struct{}), make(chan struct{})
		config := framework.New(framework.Options{Logger: new(frameworktest.Log).Logger()})
		config.AddView(views.Func(func(r *framework.Request) (string, error) {
			r.AddFinishedCallback(func(*framework.Request) error { close(ended); return nil })
			<-release
			return "", nil
		}), views.Renderer("string"))
		config.AddTween("timeout", tweens.Timeout(time.Millisecond, tweens.TimeoutOptions{GracePeriod: -1}))
		app := frameworktest.New(t, config)
		app.Get("/@@").Status(504)
		require.NoError(t, app.Start(t.Context()))
		if over {
			close(release)
			<-ended
			assert.Eventually(t, func() bool { return app.Shutdown(t.Context()) == nil }, time.Minute, time.Millisecond)
			continue
		}
		err := app.Shutdown(t.Context())
		require.Error(t, err)
		assert.Regexp(t, `^shutdown: 1 request left goroutines running: GET /@@ \(request [0-9a-f-]+\) is still running after its deadline of 1ms$`, err.Error())
		close(release)
		<-ended
	}
}

func TestShutdownIgnoresStragglersThatEnded(t *testing.T) {
	noLeaks(t)
	release, over := make(chan struct{}), make(chan struct{})
	config := framework.New(framework.Options{Logger: new(frameworktest.Log).Logger(), GracePeriod: time.Nanosecond})
	config.AddView(views.Func(func(r *framework.Request) (string, error) {
		async.Go(r.Context(), func(context.Context) (int, error) {
			defer close(over)
			<-release
			return 0, nil
		})
		return "", nil
	}), views.Renderer("string"))
	app := frameworktest.New(t, config)
	app.Get("/").Status(200)
	close(release)
	<-over
	require.NoError(t, app.Start(t.Context()))
	assert.Eventually(t, func() bool { return app.Shutdown(t.Context()) == nil }, time.Minute, time.Millisecond)
}

func TestUnawaitedPanicsAreLogged(t *testing.T) {
	t.Parallel()
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{Logger: log.Logger()})
	config.AddView(views.Func(func(r *framework.Request) (string, error) {
		<-async.Go(r.Context(), func(context.Context) (int, error) { panic("unheard") }).Done()
		return "fine", nil
	}), views.Renderer("string"))
	config.AddView(views.Func(func(r *framework.Request) (string, error) {
		return async.Await(r.Context(), async.Go(r.Context(), func(context.Context) (string, error) { panic("heard") }))
	}), views.Name("heard"), views.Renderer("string"))
	app := frameworktest.New(t, config)
	assert.Equal(t, "fine", app.Get("/").Status(200).Body)
	assert.Equal(t, 500, app.Get("/heard").Code)
	lines := log.Lines()
	require.Len(t, lines, 2)
	assert.Equal(t, "goroutine of a request failed, and its future was not awaited", lines[0]["message"])
	assert.Equal(t, "panic: unheard", lines[0]["error"])
	assert.Contains(t, lines[0]["stack"], "scope_test.go")
	assert.Equal(t, "panic: heard", lines[1]["error"])
	assert.Contains(t, lines[1]["stack"], "scope_test.go")
}

// A stream may start goroutines while it is written.
func TestStreamsHaveTheScope(t *testing.T) {
	noLeaks(t)
	config := framework.New(framework.Options{})
	config.AddView(views.HTTP(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		f := async.Go(hr.Context(), func(context.Context) (string, error) { return "part 1\n", nil })
		text, _ := async.Await(hr.Context(), f)
		_, _ = io.WriteString(w, text)
		_ = http.NewResponseController(w).Flush()
		<-hr.Context().Done()
	})))
	app := frameworktest.New(t, config)
	server := httptest.NewServer(app)
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "part 1\n", line)
	_ = resp.Body.Close()
	server.Client().CloseIdleConnections()
}

func TestGoroutinesOfARequestAreLimited(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Goroutines: 2})
	config.AddView(views.Func(func(r *framework.Request) (int, error) {
		inline := 0
		for n := range 5 {
			f := async.Go(r.Context(), func(ctx context.Context) (int, error) {
				if n < 2 {
					<-ctx.Done()
				}
				return 0, nil
			})
			if n < 2 {
				continue
			}
			select {
			case <-f.Done():
				inline++
			default:
			}
		}
		return inline, nil
	}), views.Renderer("json"))
	assert.Equal(t, "3", frameworktest.New(t, config).Get("/").Status(200).Body)
}
