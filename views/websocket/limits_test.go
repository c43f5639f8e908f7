package websocket_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
	"github.com/mastaba-go/mastaba/views/websocket"
	"github.com/mastaba-go/mastaba/views/websocket/websockettest"
)

// TestSlowClient: Send never blocks, and closes the socket of a client that does not read.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		o    websocket.Options
		size int
		sent int // before the queue was full
		want websocket.Status
	}{
		"messages": {websocket.Options{SendQueue: 5}, 64<<10 - 10, 7, 1013}, // one in the connection, one being written
		"bytes":    {websocket.Options{SendBytes: 128 << 10, SlowCode: 1008}, 64<<10 - 10, 4, 1008},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				failed := make(chan error, 1)
				var sent atomic.Int32
				app, log := build(t, test.o, func(_ *web.Request, _ any, conn *websocket.Conn) error {
					for {
						if err := conn.Send(websocket.Text(strings.Repeat("x", test.size))); err != nil {
							failed <- err
							return err
						}
						sent.Add(1)
						time.Sleep(time.Second) // the queue is written
					}
				})
				c := websockettest.Dial(t, app, "/")
				err := <-failed
				require.ErrorIs(t, err, websocket.ErrSlow)
				assert.Equal(t, int32(test.sent), sent.Load())
				code, _ := c.End() // it reads again
				assert.Equal(t, test.want, code)
				assert.Empty(t, log.Lines())
			})
		})
	}
}

// TestWriteTimeout: a write to a client that does not read ends with the connection.
func TestWriteTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		failed := make(chan error, 1)
		app, _ := build(t, websocket.Options{WriteTimeout: 4 * time.Second}, func(r *web.Request, _ any, conn *websocket.Conn) error {
			for {
				if err := conn.Write(r.Context(), websocket.Text(strings.Repeat("x", 60<<10))); err != nil {
					failed <- err
					return err
				}
			}
		})
		begun := time.Now()
		c := websockettest.Dial(t, app, "/")
		end, ok := errors.AsType[*websocket.CloseError](<-failed)
		require.True(t, ok)
		assert.Equal(t, websocket.StatusAbnormal, end.Code)
		assert.LessOrEqual(t, time.Since(begun), 4*time.Second)
		assert.GreaterOrEqual(t, time.Since(begun), 3*time.Second)
		code, _ := c.End()
		assert.Equal(t, websocket.StatusAbnormal, code)
	})
}

func TestRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, _ := build(t, websocket.Options{Rate: 10}, echo)
		c := websockettest.Dial(t, app, "/")
		for range 10 {
			c.Send("a")
			c.Receive()
		}
		time.Sleep(500 * time.Millisecond)
		for range 5 {
			c.Send("b")
			c.Receive()
		}
		c.Send("c")
		code, reason := c.End()
		assert.Equal(t, websocket.StatusPolicyViolation, code)
		assert.Equal(t, "too many messages", reason)
	})
}

// TestIdle: a client that answers pings stays, one that sends nothing does not.
func TestIdle(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		o     websocket.Options
		reads bool
		stays bool
	}{
		"answers pings":  {websocket.Options{}, true, true},
		"is deaf":        {websocket.Options{}, false, false},
		"without pings":  {websocket.Options{Ping: -1}, true, false},
		"without limits": {websocket.Options{Ping: -1, IdleTimeout: -1}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ended := make(chan error, 1)
				app, _ := build(t, test.o, func(r *web.Request, _ any, conn *websocket.Conn) error {
					_, err := conn.Read(r.Context())
					ended <- err
					return err
				})
				c := websockettest.Dial(t, app, "/")
				if test.reads {
					go func() { _, _ = c.Read() }()
				}
				time.Sleep(10 * time.Minute)
				assert.Equal(t, test.stays, len(ended) == 0)
				c.Close()
				end, ok := errors.AsType[*websocket.CloseError](<-ended)
				require.True(t, ok)
				if !test.stays {
					assert.Equal(t, websocket.StatusGoingAway, end.Code)
				}
			})
		})
	}
}

// TestDrain: a server that stops closes its sockets, and opens none.
func TestDrain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, log := build(t, websocket.Options{}, echo)
		one, two := websockettest.Dial(t, app, "/"), websockettest.Dial(t, app, "/")
		one.Send("a")
		one.Receive()
		app.Drain()
		for _, c := range []*websockettest.Client{one, two} {
			code, reason := c.End()
			assert.Equal(t, websocket.StatusGoingAway, code)
			assert.Equal(t, "the server is stopping", reason)
		}
		assert.Equal(t, 503, websockettest.Refused(t, app, "/").StatusCode)
		assert.Empty(t, log.Lines())
	})
}

// life is a view as a type.
type life struct {
	websocket.Events
	what   string
	events chan string
}

func (l *life) OnOpen(*websocket.Conn) error {
	l.events <- "open"
	if l.what == "open" {
		panic("in OnOpen")
	}
	return nil
}

func (l *life) OnMessage(conn *websocket.Conn, m websocket.Message) error {
	l.events <- m.String()
	switch m.String() {
	case "fail":
		return errors.New("failed")
	case "panic":
		panic("failed")
	}
	return conn.Send(m)
}

func (l *life) OnClose(_ *websocket.Conn, end *websocket.CloseError) {
	l.events <- end.Error()
	if l.what == "close" {
		panic("in OnClose")
	}
}

// TestStruct: OnClose is called once, whatever happened before.
func TestStruct(t *testing.T) {
	t.Parallel()
	for what, test := range map[string]struct {
		send   string
		code   websocket.Status
		events []string
		logged string
	}{
		"":      {"hello", 1000, []string{"open", "hello", "websocket: closed by the client with status 1000"}, ""},
		"fail":  {"fail", 1011, []string{"open", "fail", "websocket: closed with status 1011: failed"}, "failed"},
		"panic": {"panic", 1011, []string{"open", "panic", "websocket: closed with status 1011: panic: failed"}, "panic: failed"},
		"open":  {"", 1011, []string{"open", "websocket: closed with status 1011: panic: in OnOpen"}, "panic: in OnOpen"},
		"close": {"", 1000, []string{"open", "websocket: closed by the client with status 1000"}, "panic: in OnClose"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				events := make(chan string, 10)
				log := new(frameworktest.Log)
				config := framework.New(framework.Options{Logger: log.Logger()})
				config.AddView(websocket.Struct(func(r *web.Request, _ any) (*life, error) {
					if r.URL.RawQuery == "no" {
						return nil, web.NotFound("no")
					}
					return &life{what: what, events: events}, nil
				}, websocket.Options{}))
				app := frameworktest.New(t, config)
				assert.Equal(t, 404, websockettest.Refused(t, app, "/?no").StatusCode)
				c := websockettest.Dial(t, app, "/")
				if test.send != "" {
					c.Send(test.send)
				}
				if test.code == 1000 {
					synctest.Wait()
					c.Close()
				} else {
					code, _ := c.End()
					assert.Equal(t, test.code, code)
				}
				close(events)
				var got []string
				for e := range events {
					got = append(got, e)
				}
				assert.Equal(t, test.events, got)
				if test.logged == "" {
					assert.Empty(t, log.Lines())
					return
				}
				require.Len(t, log.Lines(), 1)
				assert.Contains(t, log.Lines()[0]["error"], test.logged)
			})
		})
	}
}

// members is a policy whose answers change.
type members struct {
	frameworktest.Policy
	loggedOut, left, barred, broken atomic.Bool
}

func (m *members) UserID(r *web.Request) (string, error) {
	if m.loggedOut.Load() {
		return "", nil
	}
	if m.broken.Load() {
		return "", errors.New("the store is down")
	}
	return m.Policy.UserID(r)
}

func (m *members) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	if m.left.Load() {
		return web.Deny("left"), nil
	}
	return m.Policy.Permits(r, at, permission)
}

// TestRecheck: who is logged out, or loses the permission, loses the socket.
func TestRecheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(m *members)
		want   websocket.Status
	}{
		"nothing":    {func(*members) {}, 0},
		"logout":     {func(m *members) { m.loggedOut.Store(true) }, 1008},
		"permission": {func(m *members) { m.left.Store(true) }, 1008},
		"check":      {func(m *members) { m.barred.Store(true) }, 1008},
		"broken":     {func(m *members) { m.broken.Store(true) }, 1011},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := &members{Policy: frameworktest.Policy{"ann": {"join"}}}
				log := new(frameworktest.Log)
				config := framework.New(framework.Options{Security: m, Logger: log.Logger()})
				config.AddView(websocket.On(echo, websocket.Options{
					Recheck: time.Minute, IdleTimeout: -1, Check: func(*web.Request) (bool, error) { return !m.barred.Load(), nil },
				}), views.Permission("join"))
				app := frameworktest.New(t, config)
				c := websockettest.Dial(t, app, "/", websockettest.As("ann"))
				time.Sleep(150 * time.Second)
				test.change(m)
				if test.want == 0 {
					time.Sleep(time.Minute)
					c.Send("hello")
					assert.Equal(t, "hello", c.Receive())
					c.Close()
					return
				}
				code, _ := c.End()
				assert.Equal(t, test.want, code)
				assert.Equal(t, name == "broken", len(log.Lines()) == 1)
			})
		})
	}
}

// TestSession: what the view sets before the handshake is saved with it; later changes are an
// error.
func TestSession(t *testing.T) {
	t.Parallel()
	factory, err := session.New(session.Options{Secrets: []string{"0123456789abcdef0123456789abcdef"}})
	require.NoError(t, err)
	config := framework.New(framework.Options{Sessions: factory})
	late := make(chan error, 1)
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		s, err := r.Session()
		if err != nil {
			return nil, err
		}
		if err := s.Set("room", "lobby"); err != nil {
			return nil, err
		}
		return websocket.New(r, websocket.Options{}, func(*websocket.Conn) error {
			late <- s.Set("room", "cellar")
			return nil
		})
	}))
	app := frameworktest.New(t, config)
	c := websockettest.Dial(t, app, "/")
	assert.NotEmpty(t, c.Header().Get("Set-Cookie"))
	c.End()
	assert.ErrorIs(t, <-late, session.ErrSaved)
}

type said struct {
	Text string `json:"text"`
}

func TestJSON(t *testing.T) {
	t.Parallel()
	app, log := build(t, websocket.Options{}, func(r *web.Request, _ any, conn *websocket.Conn) error {
		values := websocket.JSON[said]{Conn: conn}
		for {
			v, err := values.Receive(r.Context())
			if err != nil {
				return err
			}
			v.Text += "!"
			if err := values.Write(r.Context(), v); err != nil {
				return err
			}
			if err := values.Send(v); err != nil {
				return err
			}
		}
	})
	for name, test := range map[string]struct {
		m    websocket.Message
		want websocket.Status
	}{
		"no JSON":    {websocket.Text("{"), 1007},
		"other type": {websocket.Text(`{"text":1}`), 1007},
		"bytes":      {websocket.Message{Binary: true, Data: []byte("{}")}, 1003},
	} {
		c := websockettest.Dial(t, app, "/")
		c.Send(`{"text":"hi"}`)
		assert.Equal(t, `{"text":"hi!"}`, c.Receive())
		assert.Equal(t, `{"text":"hi!"}`, c.Receive())
		c.SendMessage(test.m)
		code, _ := c.End()
		assert.Equal(t, test.want, code, name)
	}
	assert.Empty(t, log.Lines())
}

// TestFollow: the messages of a topic reach each socket, and one that missed some knows it.
func TestFollow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := topics.New(topics.Options{Keep: 3})
		defer hub.Close()
		app, log := build(t, websocket.Options{}, func(r *web.Request, _ any, conn *websocket.Conn) error {
			sub, err := hub.Subscribe("/room", r.URL.Query().Get("after"))
			if err != nil {
				return err
			}
			defer sub.Close()
			conn.Ignore()
			return conn.Follow(r.Context(), sub, nil)
		})
		publish := func(text string) string {
			id, err := hub.Publish(context.Background(), "/room", "said", []byte(text))
			require.NoError(t, err)
			return id
		}
		seen := publish("zero")
		one, two := websockettest.Dial(t, app, "/?after="+seen), websockettest.Dial(t, app, "/?after="+seen)
		one.Send("ignored")
		for _, text := range []string{"one", "two"} {
			publish(text)
			assert.Equal(t, text, one.Receive())
			assert.Equal(t, text, two.Receive())
		}
		one.Close()
		for range 3 {
			publish("more")
		}
		code, _ := websockettest.Dial(t, app, "/?after="+seen).End()
		assert.Equal(t, websocket.StatusTryAgainLater, code)
		hub.Close()
		code, _ = two.End()
		assert.Equal(t, websocket.StatusNormal, code)
		assert.Empty(t, log.Lines())
	})
}
