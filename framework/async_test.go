package framework_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// greetLater is a coroutine.
func greetLater(r *framework.Request) (*async.Future[string], error) {
	return async.Go(r.Context(), func(context.Context) (string, error) { return "later", nil }), nil
}

func TestIncludeAsync(t *testing.T) {
	noLeaks(t)
	config := framework.New(framework.Options{Settings: registry.Settings{
		"async.workers": "1", "async.queue": -1, "async.retry_after": "2s",
	}})
	config.Include(framework.Async)
	config.AddView(views.Func(greetLater), views.Renderer("string"))
	busy, free := make(chan struct{}), make(chan struct{})
	config.AddView(views.Func(func(*framework.Request) (string, error) {
		close(busy)
		<-free
		return "blocked", nil
	}), views.Name("block"), views.Renderer("string"))
	app := frameworktest.New(t, config)
	require.NoError(t, app.Start(t.Context()))
	assert.Equal(t, "later", app.Get("/").Status(200).Body)

	var first sync.WaitGroup
	first.Go(func() { assert.Equal(t, "blocked", app.Get("/block").Body) })
	<-busy
	refused := app.Get("/block")
	assert.Equal(t, 503, refused.Code)
	assert.Equal(t, "2", refused.Header.Get("Retry-After"))
	assert.NotContains(t, refused.Body, "saturated", "that is for the log")

	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	assert.ErrorContains(t, app.Shutdown(short), "close views: still running: 1 started at waiting/executor.go")
	close(free)
	first.Wait()
}

// Both the executor that was set and the default one, with and without a start.
func TestShutdownDrainsTheExecutor(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*framework.Configurator){
		"set":     func(c *framework.Configurator) { c.SetExecutor(async.ExecutorOptions{Workers: 1}) },
		"default": func(*framework.Configurator) {},
	} {
		for _, started := range []bool{false, true} {
			config := framework.New(framework.Options{})
			set(config)
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("worked"), nil }), views.WithMapper(views.ExecutorMapper))
			app := frameworktest.New(t, config)
			if started {
				require.NoError(t, app.Start(t.Context()))
			}
			assert.Equal(t, "worked", app.Get("/").Body, name)
			require.NoError(t, app.Shutdown(t.Context()))
			assert.NotEqual(t, "worked", app.Get("/").Body, "%s: it takes no more work", name)
		}
	}
}

func TestApplicationOverridesAsync(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Settings: registry.Settings{"async.workers": "many"}})
	config.Include(framework.Async)
	_, err := config.App()
	assert.ErrorContains(t, err, "async.workers")

	config = framework.New(framework.Options{})
	config.Include(framework.Async)
	config.SetViewMapper(views.DefaultMapper)
	config.AddView(views.Func(greetLater))
	_, err = config.App()
	assert.ErrorContains(t, err, "mapper views.DefaultMapper: views.Func framework_test.greetLater returns *async.Future[string], "+
		"so it is a coroutine: use views.WithMapper(views.CoroutineMapper), or config.Include(framework.Async) for the whole application")
}

// A root factory, a predicate, a subscriber and an error view that all wait.
func TestEveryStepMayWait(t *testing.T) {
	noLeaks(t)
	slowly := func(ctx context.Context, name string) *async.Future[string] {
		return async.Go(ctx, func(context.Context) (string, error) {
			time.Sleep(time.Millisecond)
			if name == "bad" {
				return "", errors.New("no such site")
			}
			return name, nil
		})
	}
	find := async.Synchronize(slowly)
	config := quiet(framework.Options{Root: func(r *framework.Request) (traversal.Resource, error) {
		site, err := find(r.Context(), strings.TrimPrefix(r.Host, "www."))
		return traversal.Map{"site": &page{site}}, err
	}})
	open := web.NewPredicate("open", "open", func(r *framework.Request) (bool, error) {
		text, err := find(r.Context(), r.URL.Query().Get("open"))
		return text == "yes", err
	})
	config.AddView(views.On(showPage), open)
	config.AddErrorView(views.Error(func(r *framework.Request, err error) (*async.Future[string], error) {
		return async.Go(r.Context(), func(context.Context) (string, error) { return "sorry: " + err.Error(), nil }), nil
	}), views.WithMapper(views.CoroutineMapper), views.Renderer("string"))
	registry.Subscribe(config, func(e *web.ResourceFound) error {
		_, err := find(e.Request.Context(), e.Request.URL.Query().Get("event"))
		return err
	})
	app := frameworktest.New(t, config)

	assert.Equal(t, "acme", app.Get("/site?open=yes", frameworktest.Header("Host", "www.acme")).Status(200).Body)
	assert.Equal(t, 404, app.Get("/site?open=no", frameworktest.Header("Host", "acme")).Code)
	for name, target := range map[string]string{"predicate": "/site?open=bad", "subscriber": "/site?open=yes&event=bad"} {
		assert.Contains(t, app.Get(target, frameworktest.Header("Host", "acme")).Body, "no such site", name)
	}
	assert.Equal(t, "sorry: no such site", app.Get("/site", frameworktest.Header("Host", "bad")).Body, "root factory")
}

// All kinds of lookups, under a tween that starts a goroutine.
func TestAsynchronousTreeAndTween(t *testing.T) {
	noLeaks(t)
	var mu sync.Mutex
	var noted []string
	logger := tweens.Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			path := r.URL.Path
			written := async.Go(r.Context(), func(context.Context) (bool, error) {
				mu.Lock()
				defer mu.Unlock()
				noted = append(noted, path)
				return true, nil
			})
			resp, err := next(r)
			if _, failed := async.Await(r.Context(), written); err == nil {
				err = failed
			}
			return resp, err
		}
	})
	for _, place := range []tweens.Option{tweens.Under(tweens.ExcView), tweens.Over(tweens.ExcView), tweens.Under(tweens.Ingress)} {
		config := quiet(framework.Options{Root: frameworktest.Root(shelf("root"))})
		config.AddTween("async logger", logger, place)
		config.AddView(views.Func(func(r *framework.Request) (string, error) {
			return fmt.Sprint(r.Resource(), " ", r.Node().Names()), nil
		}), views.Renderer("string"))
		config.AddLookup(traversal.LookupAsync(func(ctx context.Context, parent *box, name string) *async.Future[traversal.Resource] {
			return async.Go(ctx, func(context.Context) (traversal.Resource, error) { return parent.label + "/" + name, nil })
		}))
		app := frameworktest.New(t, config)
		assert.Equal(t, "root/a/b [a b]", app.Get("/a/b").Status(200).Body)
	}
	mu.Lock()
	defer mu.Unlock()
	assert.Equal(t, []string{"/a/b", "/a/b", "/a/b"}, noted)
}

// shelf holds boxes, by futures.
type shelf string

type box struct{ label string }

func (s shelf) ChildAsync(ctx context.Context, name string) *async.Future[traversal.Resource] {
	return async.Go(ctx, func(context.Context) (traversal.Resource, error) { return &box{string(s) + "/" + name}, nil })
}

func TestStatusesOfViewsThatWait(t *testing.T) {
	t.Parallel()
	send := func(t *testing.T, view views.View, ctx context.Context, options ...views.Option) (*frameworktest.Response, []map[string]any, int32) {
		t.Helper()
		log := new(frameworktest.Log)
		config := framework.New(framework.Options{Logger: log.Logger()})
		config.AddView(view, options...)
		var errorViews atomic.Int32
		config.AddErrorView(views.ErrorStatus(400, 499, func(*framework.Request, error) (string, error) {
			errorViews.Add(1)
			return "error view", nil
		}), views.Renderer("string"))
		config.AddErrorView(views.Error(func(*framework.Request, error) (string, error) {
			errorViews.Add(1)
			return "error view", nil
		}), views.Renderer("string"))
		config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
		app := frameworktest.New(t, config)
		resp := app.Send(httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
		return resp, log.Lines(), errorViews.Load()
	}
	wait := views.Func(func(r *framework.Request) (string, error) { return waitForEnd(r.Context()) })
	waitLater := views.Func(func(r *framework.Request) (*async.Future[string], error) {
		return async.Go(r.Context(), waitForEnd), nil
	})
	kinds := map[string]struct {
		view    views.View
		options []views.Option
	}{
		"plain":     {wait, nil},
		"coroutine": {waitLater, []views.Option{views.WithMapper(views.CoroutineMapper)}},
		"executor":  {wait, []views.Option{views.WithMapper(views.ExecutorMapper)}},
	}
	for name, kind := range kinds {
		t.Run(name+"/client left", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Millisecond, cancel)
			resp, lines, errorViews := send(t, kind.view, ctx, kind.options...)
			assert.Equal(t, 499, resp.Code)
			assert.Empty(t, resp.Body)
			assert.Zero(t, errorViews, "no error view for a client that left")
			require.Len(t, lines, 1, "the access log alone")
			assert.EqualValues(t, 499, lines[0]["status"])
		})
		t.Run(name+"/deadline", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			resp, lines, _ := send(t, kind.view, ctx, kind.options...)
			assert.Equal(t, 504, resp.Code)
			require.Len(t, lines, 1)
			assert.EqualValues(t, 504, lines[0]["status"])
		})
		t.Run(name+"/deadline of the view", func(t *testing.T) {
			t.Parallel()
			options := append(kind.options, views.Around(tweens.Timeout(time.Millisecond, tweens.TimeoutOptions{})))
			resp, _, _ := send(t, kind.view, t.Context(), options...)
			assert.Equal(t, 504, resp.Code)
		})
	}
	t.Run("a deadline behind the view", func(t *testing.T) {
		t.Parallel()
		behind := views.Func(func(r *framework.Request) (string, error) {
			return "", fmt.Errorf("ask the warehouse: %w", context.DeadlineExceeded)
		})
		resp, _, _ := send(t, behind, t.Context())
		assert.Equal(t, 504, resp.Code)
		assert.NotContains(t, resp.Body, "warehouse")
	})
	t.Run("a cancellation that is not the client's", func(t *testing.T) {
		t.Parallel()
		resp, _, errorViews := send(t, views.Func(func(*framework.Request) (string, error) { return "", context.Canceled }), t.Context())
		assert.Equal(t, "error view", resp.Body)
		assert.EqualValues(t, 1, errorViews)
	})
	t.Run("a panic that says deadline", func(t *testing.T) {
		t.Parallel()
		resp, _, errorViews := send(t, views.Func(func(*framework.Request) (string, error) { panic(context.DeadlineExceeded) }), t.Context())
		assert.Equal(t, "error view", resp.Body)
		assert.EqualValues(t, 1, errorViews)
	})
}

// A view with a concurrency limit of its own: one request runs, one waits, the third is refused.
func TestConcurrencyLimitOfAView(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		config := quiet(framework.Options{})
		limited := views.Group(views.Renderer("string"), views.Around(
			tweens.Limit(1, tweens.LimitOptions{Queue: 1, Wait: 2 * time.Second, RetryAfter: 7 * time.Second})))
		config.AddView(views.Func(func(*framework.Request) (string, error) {
			time.Sleep(5 * time.Second)
			return "done", nil
		}), limited)
		config.AddView(views.Func(func(*framework.Request) (string, error) { return "b", nil }), views.Name("b"), limited)
		config.AddView(views.Func(sayHello), views.Name("free"))
		app := frameworktest.New(t, config)
		start := time.Now()
		type result struct {
			resp  *frameworktest.Response
			after time.Duration
		}
		get := func(target string) <-chan result {
			c := make(chan result, 1)
			go func() { c <- result{app.Get(target), time.Since(start)} }()
			synctest.Wait()
			return c
		}
		first, second, third := get("/"), get("/b"), get("/b")
		got := <-third
		assert.Equal(t, 503, got.resp.Code)
		assert.Equal(t, "7", got.resp.Header.Get("Retry-After"))
		assert.Zero(t, got.after, "the queue is full")
		got = <-second
		assert.Equal(t, 503, got.resp.Code)
		assert.Equal(t, 2*time.Second, got.after, "it waited as long as Wait")
		assert.Equal(t, 200, (<-get("/free")).resp.Code)
		assert.Equal(t, 200, (<-first).resp.Code)
		assert.Equal(t, 200, (<-get("/b")).resp.Code)
	})
}

// After its 504 a view that still runs cannot change its request or response, whatever calls it.
func TestViewsThatOutliveTheir504(t *testing.T) {
	noLeaks(t)
	for _, kind := range []string{"plain", "coroutine", "executor"} {
		t.Run(kind, func(t *testing.T) {
			release, over := make(chan struct{}), make(chan struct{})
			releaseOnce := sync.OnceFunc(func() { close(release) })
			scribble := func(r *framework.Request) (*framework.Response, error) {
				defer close(over)
				resp := r.Response()
				resp.SetHeader("X-Before", "1")
				<-release
				for range 100 {
					resp.SetStatus(200)
					resp.SetHeader("X-After", "1")
					resp.SetText("scribble")
					r.Response().SetHeader("X-Other", "1")
					r.Header.Set("X-Mine", "1")
					r.URL.Path = "/elsewhere"
					r.AddResponseCallback(func(_ *web.Request, resp *web.Response) error {
						resp.SetHeader("X-Callback", "1")
						return nil
					})
					_, _ = r.Parameters()
				}
				return resp, nil
			}
			config := quiet(framework.Options{GracePeriod: -1})
			switch kind {
			case "plain":
				config.AddView(views.Func(scribble))
			case "coroutine":
				config.AddView(views.Func(func(r *framework.Request) (*async.Future[*framework.Response], error) {
					return async.Go(r.Context(), func(context.Context) (*framework.Response, error) { return scribble(r) }), nil
				}), views.WithMapper(views.CoroutineMapper))
			case "executor":
				config.AddView(views.Func(scribble), views.WithMapper(views.ExecutorMapper))
			}
			config.AddTween("timeout", tweens.Timeout(5*time.Millisecond, tweens.TimeoutOptions{GracePeriod: -1}))
			config.AddTween("scribbles too", tweens.Wrap(func(next web.Handler) web.Handler {
				return func(r *web.Request) (*web.Response, error) {
					resp, err := next(r)
					r.Header.Set("X-Theirs", "1")
					if err == nil {
						resp.SetHeader("X-Seen", r.URL.Path)
					}
					releaseOnce()
					return resp, err
				}
			}), tweens.Under(tweens.Ingress))
			app := frameworktest.New(t, config)
			resp := app.Request(http.MethodPost, "/", frameworktest.Form("a", "b"))
			assert.Equal(t, 504, resp.Code)
			assert.NotContains(t, resp.Body, "scribble")
			assert.Equal(t, "/", resp.Header.Get("X-Seen"))
			for _, name := range []string{"X-Before", "X-After", "X-Other", "X-Callback"} {
				assert.Empty(t, resp.Header.Get(name), name)
			}
			<-over
		})
	}
}
