package websocket_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
	"github.com/mastaba-go/mastaba/views/websocket"
	"github.com/mastaba-go/mastaba/views/websocket/websockettest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// build builds an application with a socket at its root, and a log.
func build(t *testing.T, o websocket.Options, fn func(*web.Request, any, *websocket.Conn) error, more ...func(*framework.Configurator)) (*frameworktest.App, *frameworktest.Log) {
	t.Helper()
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{Logger: log.Logger()})
	config.AddView(websocket.On(fn, o))
	for _, each := range more {
		each(config)
	}
	return frameworktest.New(t, config), log
}

// echo returns each message.
func echo(r *web.Request, _ any, conn *websocket.Conn) error {
	for {
		m, err := conn.Read(r.Context())
		if err != nil {
			return err
		}
		if err := conn.Send(m); err != nil {
			return err
		}
	}
}

func TestEcho(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]websockettest.Option{
		"plain": nil, "compression": {websockettest.Compression()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app, log := build(t, websocket.Options{Compression: true, MaxMessage: 1 << 20, SendBytes: 1 << 20}, echo)
				c := websockettest.Dial(t, app, "/", options...)
				defer c.Close()
				assert.Equal(t, name == "compression", c.Header().Get("Sec-Websocket-Extensions") != "")
				for _, text := range []string{"", "hello", "ä€😀", strings.Repeat("x", 125), strings.Repeat("x", 126), strings.Repeat("y", 1<<16), strings.Repeat("z", 1<<20)} {
					c.Send(text)
					assert.Equal(t, text, c.Receive())
				}
				c.SendMessage(websocket.Message{Binary: true, Data: []byte{0xff, 0}})
				m, err := c.Read()
				require.NoError(t, err)
				assert.Equal(t, websocket.Message{Binary: true, Data: []byte{0xff, 0}}, m)
				c.CloseWith(4000, "bye")
				assert.Empty(t, log.Lines())
			})
		})
	}
}

// TestHowViewsEnd: what the client, the view and the log see of each end.
func TestHowViewsEnd(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 122) + "ä"
	for name, test := range map[string]struct {
		fn     func(conn *websocket.Conn) error
		code   websocket.Status
		reason string
		logged string
	}{
		"nil":               {func(*websocket.Conn) error { return nil }, 1000, "", ""},
		"error":             {func(*websocket.Conn) error { return errors.New("the source broke") }, 1011, "", "the source broke"},
		"error with status": {func(*websocket.Conn) error { return web.NotFound("gone") }, 1011, "", "gone"},
		"panic":             {func(*websocket.Conn) error { panic("the source broke") }, 1011, "", "the source broke"},
		"own code":          {func(*websocket.Conn) error { return &websocket.CloseError{Code: 4001, Reason: "kicked"} }, 4001, "kicked", ""},
		"long reason":       {func(*websocket.Conn) error { return &websocket.CloseError{Code: 4001, Reason: long} }, 4001, long[:122], ""},
		"code not to send":  {func(*websocket.Conn) error { return &websocket.CloseError{Code: 1006} }, 1011, "", "status 1006"},
		"Close, then error": {func(c *websocket.Conn) error { _ = c.Close(1000, "over"); return errors.New("late") }, 1000, "over", ""},
		"Close, then panic": {func(c *websocket.Conn) error { _ = c.Close(1000, "over"); panic("late") }, 1000, "over", "late"},
		"Close of no code":  {func(c *websocket.Conn) error { return c.Close(1005, "") }, 1011, "", "1005 is not a status code"},
		"abort":             {func(*websocket.Conn) error { panic(http.ErrAbortHandler) }, 1006, "", ""},
		"what is not text":  {func(c *websocket.Conn) error { return c.Send(websocket.Text("\xff")) }, 1011, "", "not valid UTF-8"},
		"context of request": {func(c *websocket.Conn) error {
			_ = c.Close(1000, "")
			<-c.Request().Context().Done()
			return c.Request().Context().Err()
		}, 1000, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app, log := build(t, websocket.Options{}, func(_ *web.Request, _ any, conn *websocket.Conn) error { return test.fn(conn) })
				code, reason := websockettest.Dial(t, app, "/").End()
				assert.Equal(t, test.code, code)
				assert.Equal(t, test.reason, reason)
				if test.logged == "" {
					assert.Empty(t, log.Lines())
					return
				}
				require.Len(t, log.Lines(), 1)
				line := log.Lines()[0]
				assert.Contains(t, line["error"], test.logged)
				assert.Contains(t, line["message"], "websocket_test.go:", "the place of the view")
				assert.NotEmpty(t, line["request_id"])
			})
		})
	}
}

// TestQueuedMessagesComeFirst: what was sent before the view returned arrives.
func TestQueuedMessagesComeFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, _ := build(t, websocket.Options{}, func(r *web.Request, _ any, conn *websocket.Conn) error {
			for _, text := range []string{"one", "two"} {
				if err := conn.Send(websocket.Text(text)); err != nil {
					return err
				}
			}
			return conn.Write(r.Context(), websocket.Text("three"))
		})
		c := websockettest.Dial(t, app, "/")
		for _, want := range []string{"one", "two", "three"} {
			assert.Equal(t, want, c.Receive())
		}
		code, _ := c.End()
		assert.Equal(t, websocket.StatusNormal, code)
	})
}

// TestCancelledRead: the end of a read's context leaves the socket open, and loses no message.
func TestCancelledRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, _ := build(t, websocket.Options{}, func(r *web.Request, _ any, conn *websocket.Conn) error {
			for range 3 {
				ctx, cancel := context.WithTimeout(r.Context(), time.Second)
				_, err := conn.Read(ctx)
				cancel()
				if !errors.Is(err, context.DeadlineExceeded) {
					return errors.New("want the deadline")
				}
			}
			return echo(r, nil, conn)
		})
		c := websockettest.Dial(t, app, "/")
		defer c.Close()
		time.Sleep(2500 * time.Millisecond)
		time.Sleep(time.Second)
		c.Send("hello")
		assert.Equal(t, "hello", c.Receive())
		c.Send("again")
		assert.Equal(t, "again", c.Receive())
	})
}

// TestBackpressure: one message is read ahead, the others stay with the client.
func TestBackpressure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		read := make(chan struct{})
		app, _ := build(t, websocket.Options{MaxMessage: 1 << 20}, func(r *web.Request, _ any, conn *websocket.Conn) error {
			<-read
			return echo(r, nil, conn)
		})
		c := websockettest.Dial(t, app, "/")
		defer c.Close()
		var sent atomic.Int32
		go func() {
			for range 8 {
				c.Send(strings.Repeat("x", 60<<10))
				sent.Add(1)
			}
		}()
		time.Sleep(time.Minute)
		assert.Equal(t, int32(2), sent.Load(), "one read ahead, one in the connection")
		close(read)
		for range 8 {
			c.Receive()
		}
		assert.Equal(t, int32(8), sent.Load())
	})
}

// TestClientLeaves: a view that waits for its context notices a client that leaves, also without a
// close frame.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		leave func(*websockettest.Client)
		want  websocket.Status
	}{
		"close": {func(c *websockettest.Client) { c.CloseWith(4321, "off") }, 4321},
		"break": {(*websockettest.Client).Break, 1006},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ended := make(chan error, 1)
				app, log := build(t, websocket.Options{}, func(r *web.Request, _ any, _ *websocket.Conn) error {
					<-r.Context().Done()
					ended <- context.Cause(r.Context())
					return r.Context().Err()
				})
				begun := time.Now()
				test.leave(websockettest.Dial(t, app, "/"))
				end, ok := errors.AsType[*websocket.CloseError](<-ended)
				require.True(t, ok)
				assert.Equal(t, test.want, end.Code)
				assert.Equal(t, test.want == 4321, end.Client)
				assert.LessOrEqual(t, time.Since(begun), 100*time.Millisecond)
				assert.Empty(t, log.Lines())
			})
		})
	}
}

// TestScope: work of package async runs as long as the socket.
func TestScope(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan struct{})
		app, _ := build(t, websocket.Options{}, func(r *web.Request, _ any, conn *websocket.Conn) error {
			async.Go(r.Context(), func(ctx context.Context) (struct{}, error) {
				defer close(ended)
				for {
					select {
					case <-time.After(time.Second):
						if err := conn.Send(websocket.Text("tick")); err != nil {
							return struct{}{}, err
						}
					case <-ctx.Done():
						return struct{}{}, context.Cause(ctx)
					}
				}
			})
			_, err := conn.Read(r.Context())
			return err
		})
		c := websockettest.Dial(t, app, "/")
		assert.Equal(t, "tick", c.Receive())
		assert.Equal(t, "tick", c.Receive())
		c.Close()
		<-ended
	})
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, log := build(t, websocket.Options{Subprotocols: []string{"chat.v2", "chat.v1"}}, echo, func(c *framework.Configurator) {
			c.AddTween("log", tweens.AccessLog(tweens.AccessLogOptions{}))
		})
		c := websockettest.Dial(t, app, "/", websockettest.Subprotocols("chat.v1", "other"))
		assert.Equal(t, "chat.v1", c.Subprotocol())
		c.Send("hello")
		c.Receive()
		time.Sleep(3 * time.Second)
		c.CloseWith(4000, "")
		require.Len(t, log.Lines(), 1)
		line := log.Lines()[0]
		for name, want := range map[string]any{
			"status": 101., "close_code": 4000., "messages_in": 1., "messages_out": 1., "bytes_in": 5., "bytes_out": 5., "duration": 3000., "subprotocol": "chat.v1",
		} {
			assert.Equal(t, want, line[name], name)
		}
		app.Get("/").Status(http.StatusUpgradeRequired)
		assert.Equal(t, 426., log.Lines()[1]["status"])
	})
}

// TestConfiguration: what is wrong with a view is an error of the configuration.
func TestConfiguration(t *testing.T) {
	t.Parallel()
	plain := func(*web.Request) (string, error) { return "", nil }
	for want, add := range map[string]func(*framework.Configurator){
		"MaxMessage is -1": func(c *framework.Configurator) { c.AddView(websocket.On(echo, websocket.Options{MaxMessage: -1})) },
		"SlowCode is 1000": func(c *framework.Configurator) { c.AddView(websocket.On(echo, websocket.Options{SlowCode: 1000})) },
		`invalid subprotocol "a b"`: func(c *framework.Configurator) {
			c.AddView(websocket.On(echo, websocket.Options{Subprotocols: []string{"a b"}}))
		},
		`invalid origin "example.com"`: func(c *framework.Configurator) {
			c.AddView(websocket.On(echo, websocket.Options{Origins: []string{"example.com"}}))
		},
		"Check needs Recheck": func(c *framework.Configurator) {
			c.AddView(websocket.On(echo, websocket.Options{Check: func(*web.Request) (bool, error) { return true, nil }}))
		},
		"websocket.On(nil)": func(c *framework.Configurator) {
			c.AddView(websocket.On[any](nil, websocket.Options{}))
		},
		"returns string, not a websocket.Handler: for a view without a socket use views.WithMapper(views.DefaultMapper)": func(c *framework.Configurator) {
			c.AddView(views.Func(plain), views.WithMapper(websocket.WebsocketMapper))
		},
		"mapper websocket.WebsocketMapper": func(c *framework.Configurator) {
			c.SetViewMapper(websocket.WebsocketMapper)
			c.AddView(views.Func(plain))
		},
	} {
		config := framework.New(framework.Options{})
		add(config)
		_, err := config.App()
		require.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "websocket_test.go:")
	}
}

// TestMapper: views that return a handler, by a mapper of their own and by that of the application.
func TestMapper(t *testing.T) {
	t.Parallel()
	greet := views.Func(func(r *web.Request) (websocket.Handler, error) {
		name := r.URL.Query().Get("name")
		if name == "" {
			return nil, web.BadRequest("a name is needed")
		}
		return func(conn *websocket.Conn) error { return conn.Send(websocket.Text("hello " + name)) }, nil
	})
	for name, add := range map[string]func(*framework.Configurator){
		"view": func(c *framework.Configurator) { c.AddView(greet, views.WithMapper(websocket.WebsocketMapper)) },
		"options": func(c *framework.Configurator) {
			c.AddView(greet, views.WithMapper(websocket.MapperWith(websocket.Options{Ping: -1})))
		},
		"application": func(c *framework.Configurator) { c.SetViewMapper(websocket.WebsocketMapper); c.AddView(greet) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := framework.New(framework.Options{})
			add(config)
			app := frameworktest.New(t, config)
			c := websockettest.Dial(t, app, "/?name=ann")
			assert.Equal(t, "hello ann", c.Receive())
			c.Close()
			assert.Equal(t, http.StatusBadRequest, websockettest.Refused(t, app, "/").StatusCode)
			app.Get("/").Status(http.StatusUpgradeRequired)
		})
	}
	config := framework.New(framework.Options{})
	config.AddView(greet)
	frameworktest.New(t, config).Get("/?name=ann").Status(http.StatusInternalServerError) // without the mapper
}

// TestNew: a plain view decides that its response is a socket.
func TestNew(t *testing.T) {
	t.Parallel()
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{Logger: log.Logger()})
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		r.Response().SetHeader("X-Room", "lobby")
		return websocket.New(r, websocket.Options{}, func(*websocket.Conn) error { return errors.New("broken") })
	}))
	app := frameworktest.New(t, config)
	app.Get("/").Status(http.StatusUpgradeRequired)
	c := websockettest.Dial(t, app, "/")
	assert.Equal(t, "lobby", c.Header().Get("X-Room"))
	code, _ := c.End()
	assert.Equal(t, websocket.StatusInternalError, code)
	require.Len(t, log.Lines(), 1)
	assert.Contains(t, log.Lines()[0]["message"], "websocket_test.go:")
}
