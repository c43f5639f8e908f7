package websocket_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/internal/soak"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/views/web"
	"github.com/mastaba-go/mastaba/views/websocket"
	"github.com/mastaba-go/mastaba/views/websocket/websockettest"
)

// member is a view of TestSoak: it follows the room while it reads commands.
// It gives up a Read now and then, and reads on.
func member(t *testing.T, hub *topics.Hub, patience time.Duration) func(*web.Request, any, *websocket.Conn) error {
	return func(r *web.Request, _ any, conn *websocket.Conn) error {
		sub, err := hub.Subscribe("/room", "")
		if err != nil {
			return err
		}
		defer sub.Close()
		async.Go(r.Context(), func(ctx context.Context) (struct{}, error) {
			return struct{}{}, conn.Follow(ctx, sub, func(m topics.Message) (websocket.Message, error) {
				if m.Kind == topics.Gap {
					return websocket.Text("gap"), nil
				}
				return websocket.Message{Data: m.Data}, nil
			})
		})
		if err := conn.Send(websocket.Text("ready")); err != nil {
			return err
		}
		for {
			ctx, cancel := context.WithTimeout(r.Context(), time.Duration(rand.IntN(int(patience))))
			m, err := conn.Read(ctx)
			cancel()
			switch {
			case errors.Is(err, context.DeadlineExceeded):
				continue
			case err != nil:
				if errors.Is(err, net.ErrClosed) {
					t.Errorf("want the close frame of the client, got %v", err)
				}
				return err
			case m.String() == "panic":
				panic("as told")
			case m.String() == "fail":
				return errors.New("as told")
			}
			if err := conn.Send(m); err != nil {
				return err
			}
		}
	}
}

// TestSoak lets sockets join, leave, stall, break and fail while messages are published. Each
// client that stays gets each message, in order, or a gap; in the end nothing is left. MASTABA_SOAK
// sets how long it runs, such as 5m, and then there are 1,000 sockets.
func TestSoak(t *testing.T) {
	lasts, sockets := soak.Size(t, 100, 1000)
	hub := topics.New(topics.Options{Keep: 64})
	defer hub.Close()
	// A client whose goroutine has to wait for a busy processor is not the slow client of the test.
	patience := time.Duration(sockets) * time.Millisecond / 2 // a few thousand cancelled reads a second in all
	app, _ := build(t, websocket.Options{WriteTimeout: time.Minute}, member(t, hub, patience))
	websockettest.Dial(t, app, "/").Close() // what is allocated once
	before := soak.Begin()

	var received, gaps atomic.Int64
	ended, published := soak.Run(t, hub, lasts, sockets, func() {
		got, lost := visit(t, app)
		received.Add(got)
		gaps.Add(lost)
	})
	t.Logf("%d sockets, %d messages published, %d received, %d gaps", ended, published, received.Load(), gaps.Load())
	assert.Positive(t, received.Load())
	before.NothingIsLeft(t)
}

// visit is one socket of TestSoak. It returns how many messages and gaps it got.
func visit(t *testing.T, app http.Handler) (got, lost int64) {
	c := websockettest.Dial(t, app, "/")
	defer c.Break()
	next := -1 // the number that has to follow; -1 if any may
	for range rand.IntN(100) {
		m, err := c.Read()
		if err != nil {
			t.Errorf("a socket that nobody closed: %v", err)
			return got, lost
		}
		switch text := m.String(); text {
		case "ready", "said":
		case "gap":
			lost++
			next = -1
		default:
			n, err := strconv.Atoi(text)
			if err != nil || next >= 0 && n != next {
				t.Errorf("got message %q, want %d", text, next)
			}
			got++
			next = n + 1
		}
		if rand.IntN(10) == 0 {
			c.Send("said")
		}
	}
	switch rand.IntN(5) {
	case 0:
		c.Close()
	case 1:
		c.Send("panic")
		c.End()
	case 2:
		c.Send("fail")
		c.End()
	case 3:
		time.Sleep(time.Duration(rand.IntN(500)) * time.Millisecond) // it stalls
		c.CloseWith(4000, "enough")
	}
	return got, lost
}
