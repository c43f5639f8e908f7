package sse_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/sse"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// streaming builds an application with one stream, whose errors are in the log.
func streaming(t *testing.T, o sse.Options, fn func(context.Context, *sse.Stream) error, more ...func(*framework.Configurator)) (*frameworktest.App, *frameworktest.Log) {
	t.Helper()
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{Logger: log.Logger()})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return sse.New(r, o, fn), nil }))
	for _, each := range more {
		each(config)
	}
	return frameworktest.New(t, config), log
}

func TestStream(t *testing.T) {
	t.Parallel()
	app, log := streaming(t, sse.Options{Retry: 2 * time.Second}, func(_ context.Context, s *sse.Stream) error {
		for _, e := range []sse.Event{
			{Data: []byte("one\ntwo\r\nthree\rfour")}, {ID: "7", Name: "said", Data: []byte(" a ")}, {Name: "empty"}, {ID: "8"}, {Data: []byte{}},
		} {
			if err := s.Send(e); err != nil {
				return err
			}
		}
		return nil
	})
	got := app.Get("/").Status(http.StatusOK)
	assert.Equal(t, "text/event-stream", got.Header.Get("Content-Type"))
	assert.Equal(t, "no-cache", got.Header.Get("Cache-Control"))
	assert.Equal(t, "no", got.Header.Get("X-Accel-Buffering"))
	assert.Equal(t, ":\nretry: 2000\n\ndata: one\ndata: two\ndata: three\ndata: four\n\nid: 7\nevent: said\ndata:  a \n\nevent: empty\ndata: \n\nid: 8\n\ndata: \n\n", got.Body)
	assert.Empty(t, log.Lines())

	stream := app.Stream("/")
	defer stream.Close()
	for _, want := range []sse.Event{
		{Retry: 2 * time.Second}, {Data: []byte("one\ntwo\nthree\nfour")}, {ID: "7", Name: "said", Data: []byte(" a ")},
		{ID: "7", Name: "empty", Data: []byte{}}, {ID: "8"}, {ID: "8", Data: []byte{}},
	} {
		e, err := stream.Next()
		require.NoError(t, err)
		assert.Equal(t, want, e)
	}
	_, err := stream.Next()
	require.ErrorIs(t, err, io.EOF)
}

func TestInvalidEvents(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]sse.Event{
		"has a line break or a NUL":       {ID: "a\nb"},
		`the ID "\x00"`:                   {ID: "\x00"},
		`the name "a\rb" of an event has`: {Name: "a\rb"},
		"the Retry of an event is":        {Retry: -1},
	} {
		app, log := streaming(t, sse.Options{}, func(_ context.Context, s *sse.Stream) error { return s.Send(e) })
		stream := app.Stream("/")
		_, err := stream.Next()
		require.ErrorContains(t, err, "the stream was aborted")
		stream.Close()
		lines := log.Lines()
		require.Len(t, lines, 1)
		assert.Contains(t, lines[0]["error"], want)
	}
	_, err := sse.JSON("x", func() {})
	require.Error(t, err)
	e, err := sse.JSON("x", map[string]int{"a": 1})
	require.NoError(t, err)
	assert.JSONEq(t, `{"a":1}`, string(e.Data))
}

// TestEndsOfStreams: what ends the context of a stream, and is not an error.
func TestEndsOfStreams(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		o    sse.Options
		end  func(*frameworktest.App, *frameworktest.EventStream)
		want error
	}{
		"client":   {sse.Options{}, func(_ *frameworktest.App, s *frameworktest.EventStream) { s.Close() }, context.Canceled},
		"age":      {sse.Options{MaxAge: time.Minute}, nil, sse.ErrMaxAge},
		"draining": {sse.Options{}, func(a *frameworktest.App, _ *frameworktest.EventStream) { a.Drain() }, sse.ErrDraining},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ended := make(chan error, 1)
				app, log := streaming(t, test.o, func(ctx context.Context, _ *sse.Stream) error {
					<-ctx.Done()
					ended <- context.Cause(ctx)
					return context.Cause(ctx)
				})
				stream := app.Stream("/")
				defer stream.Close()
				synctest.Wait() // it runs
				if test.end != nil {
					test.end(app, stream)
				} else {
					_, err := stream.Next()
					require.ErrorIs(t, err, io.EOF)
				}
				synctest.Wait()
				assert.ErrorIs(t, <-ended, test.want)
				assert.Empty(t, log.Lines())
			})
		})
	}
}

// TestWhileDraining: the browser comes back, for the response is a stream that ends.
func TestWhileDraining(t *testing.T) {
	t.Parallel()
	app, _ := streaming(t, sse.Options{}, func(context.Context, *sse.Stream) error { panic("called") })
	app.Drain()
	assert.Equal(t, ":\n\n", app.Get("/").Status(http.StatusOK).Body)
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	for every, want := range map[time.Duration]int{0: 4, time.Minute: 1, -1: 0} {
		synctest.Test(t, func(t *testing.T) {
			app, _ := streaming(t, sse.Options{Heartbeat: every}, func(context.Context, *sse.Stream) error {
				time.Sleep(65 * time.Second)
				return nil
			})
			assert.Equal(t, want, strings.Count(app.Get("/").Body, "\n:\n"), every)
		})
	}
}

// TestFailures: an error and a panic of a stream are logged with its request, and abort the connection.
func TestFailures(t *testing.T) {
	t.Parallel()
	for _, fail := range []func() error{
		func() error { return errors.New("the source broke") }, func() error { panic("the source broke") },
	} {
		app, log := streaming(t, sse.Options{}, func(context.Context, *sse.Stream) error { return fail() })
		stream := app.Stream("/")
		_, err := stream.Next()
		require.ErrorContains(t, err, "the stream was aborted")
		stream.Close()
		lines := log.Lines()
		require.Len(t, lines, 1)
		assert.Contains(t, lines[0]["error"], "the source broke")
		assert.NotEmpty(t, lines[0]["request_id"])
	}
}

func TestHeadAndEnd(t *testing.T) {
	t.Parallel()
	app, _ := streaming(t, sse.Options{}, func(ctx context.Context, _ *sse.Stream) error {
		<-ctx.Done()
		return nil
	}, func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return sse.End(r), nil }), views.Name("over"))
	})
	assert.Equal(t, "text/event-stream", app.Request(http.MethodHead, "/").Status(http.StatusOK).Header.Get("Content-Type"))
	app.Get("/over").Status(http.StatusNoContent)
}

// TestSlowClient: a client that does not read ends the stream, and holds no goroutine.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	app, log := streaming(t, sse.Options{WriteTimeout: 50 * time.Millisecond}, func(ctx context.Context, s *sse.Stream) error {
		data := []byte(strings.Repeat("x", 1<<20))
		for {
			if err := s.Send(sse.Event{Data: data}); err != nil {
				ended <- err
				return err
			}
		}
	})
	server := httptest.NewServer(app)
	defer server.Close()
	resp, err := http.Get(server.URL)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.ErrorIs(t, <-ended, sse.ErrGone)
	assert.Empty(t, log.Lines())
}

// TestEachEventArrivesAtOnce: through compression, a time limit and net/http middleware, each event
// reaches a real client before the next one is sent, and the stream outlives the limit.
func TestEachEventArrivesAtOnce(t *testing.T) {
	t.Parallel()
	layers := map[string]func(*framework.Configurator){
		"nothing": func(*framework.Configurator) {},
		"Compress": func(c *framework.Configurator) {
			c.AddTween("compress", tweens.Compress(tweens.CompressOptions{Types: []string{"text/event-stream"}}))
		},
		"Timeout": func(c *framework.Configurator) {
			c.AddTween("timeout", tweens.Timeout(50*time.Millisecond, tweens.TimeoutOptions{}))
		},
		"FromMiddleware": func(c *framework.Configurator) { c.AddTween("middleware", tweens.FromMiddleware(passing)) },
	}
	layers["all"] = func(c *framework.Configurator) {
		for _, name := range []string{"Compress", "Timeout", "FromMiddleware"} {
			layers[name](c)
		}
	}
	for name, layer := range layers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := make(chan struct{})
			app, _ := streaming(t, sse.Options{}, func(ctx context.Context, s *sse.Stream) error {
				for i := range 3 {
					select {
					case <-read:
					case <-ctx.Done():
						return nil
					}
					if i == 2 {
						time.Sleep(100 * time.Millisecond) // longer than the limit
					}
					if err := s.Send(sse.Event{Data: []byte(strings.Repeat("x", 100*i+1))}); err != nil {
						return err
					}
				}
				return nil
			}, layer)
			server := httptest.NewServer(app)
			defer server.Close()
			hr, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
			require.NoError(t, err)
			hr.Header.Set("Accept-Encoding", "gzip")
			resp, err := server.Client().Do(hr) // the headers come at once
			require.NoError(t, err)
			defer resp.Body.Close()
			body := io.Reader(resp.Body)
			if name == "Compress" || name == "all" {
				require.Equal(t, "gzip", resp.Header.Get("Content-Encoding"))
				body, err = gzip.NewReader(body)
				require.NoError(t, err)
			}
			lines := bufio.NewScanner(body)
			for i := range 3 {
				read <- struct{}{}
				for lines.Scan() && !strings.HasPrefix(lines.Text(), "data: ") {
				}
				assert.Len(t, lines.Text(), len("data: ")+100*i+1)
			}
			assert.False(t, lines.Scan() && lines.Scan(), "the end")
			require.NoError(t, lines.Err())
		})
	}
}

func passing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r) })
}

// TestTopic: a browser that comes back gets what it missed, at another server too.
func TestTopic(t *testing.T) {
	t.Parallel()
	hub := topics.New(topics.Options{Keep: 3})
	defer hub.Close()
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return sse.Topic(r, hub, "/room", r.URL.Query().Get("after"), sse.Options{}, nil), nil
	}))
	app := frameworktest.New(t, config)
	publish := func(text string) {
		_, err := hub.Publish(t.Context(), "/room", "said", []byte(text))
		require.NoError(t, err)
	}
	expect := func(s *frameworktest.EventStream, want ...string) (id string) {
		for _, each := range want {
			e, err := s.Next()
			require.NoError(t, err)
			assert.Equal(t, each, e.Name+" "+string(e.Data))
			id = e.ID
		}
		return id
	}
	position, err := hub.Position("/room")
	require.NoError(t, err)
	publish("one")
	s := app.Stream("/?after=" + position)
	publish("two")
	id := expect(s, "said one", "said two")
	s.Close()
	publish("three")
	publish("four")
	s = app.Stream("/?after="+position, frameworktest.Header("Last-Event-ID", id))
	id = expect(s, "said three", "said four")
	leave, err := hub.Join(t.Context(), "/room", "ann")
	require.NoError(t, err)
	expect(s, "presence ")
	leave()
	s.Close()
	for range 4 {
		publish("more")
	}
	s = app.Stream("/", frameworktest.Header("Last-Event-ID", id))
	id = expect(s, "gap ")
	publish("five")
	expect(s, "said five")
	s.Close()
	s = app.Stream("/", frameworktest.Header("Last-Event-ID", id))
	expect(s, "said five")
	s.Close()

	long := app.Stream("/?after="+id, frameworktest.Header("Last-Event-ID", strings.Repeat("x", 5000)))
	expect(long, "said five")
	long.Close()
}

// TestRefusedStream: who may not read gets the page of any view, and no stream.
func TestRefusedStream(t *testing.T) {
	t.Parallel()
	app, _ := streaming(t, sse.Options{}, func(context.Context, *sse.Stream) error { return nil }, func(c *framework.Configurator) {
		c.SetSecurityPolicy(frameworktest.Policy{})
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return sse.New(r, sse.Options{}, nil), nil }),
			views.Name("secret"), views.Permission("read"))
	})
	app.Get("/secret").Status(http.StatusForbidden)
}
