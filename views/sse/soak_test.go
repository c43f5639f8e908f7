package sse_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/internal/soak"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/sse"
)

// soaked is the application of TestSoak. With the parameter "end", a stream fails or panics at a
// message.
func soaked(t *testing.T, hub *topics.Hub) *frameworktest.App {
	config := framework.New(framework.Options{Logger: new(frameworktest.Log).Logger()})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		end := r.URL.Query().Get("end")
		return sse.New(r, sse.Options{}, func(ctx context.Context, s *sse.Stream) error {
			sub, err := hub.Subscribe("/room", sse.LastEventID(r))
			if err != nil {
				return err
			}
			defer sub.Close()
			leave, err := hub.Join(ctx, "/room", "member "+strconv.Itoa(rand.IntN(50)))
			if err != nil {
				return err
			}
			defer leave()
			return s.Follow(ctx, sub, func(m topics.Message) (sse.Event, error) {
				switch {
				case m.Kind == topics.Presence:
					return sse.JSON("presence", len(hub.Present("/room")))
				case m.Name == "":
				case end == "panic":
					panic("as told")
				case end == "fail":
					return sse.Event{}, errors.New("as told")
				}
				return sse.EventOf(m), nil
			})
		}), nil
	}))
	return frameworktest.New(t, config)
}

// TestSoak lets streams join, leave, come back, stall, fail and panic while messages are published.
// A client gets each message in order, unless it was too slow, and in the end no goroutine, memory or
// presence is left. MASTABA_SOAK sets how long it runs, such as 5m, and then there are 2,000 streams.
func TestSoak(t *testing.T) {
	lasts, streams := soak.Size(t, 100, 2000)
	hub := topics.New(topics.Options{Keep: 64})
	defer hub.Close()
	app := soaked(t, hub)
	app.Stream("/").Close() // what is allocated once
	before := soak.Begin()

	var received atomic.Int64
	var readers sync.Pool // of a client that comes back
	ended, _ := soak.Run(t, hub, lasts, streams, func() {
		c, _ := readers.Get().(*reader)
		if c == nil {
			c = new(reader)
		}
		c.last, c.position = follow(t, app, c.last, c.position, &received)
		readers.Put(c)
	})
	t.Logf("%d streams, %d messages received", ended, received.Load())
	assert.Positive(t, received.Load())
	assert.Empty(t, hub.Present("/room"))
	before.NothingIsLeft(t)
}

// reader is what a client has: the messages up to last, and the position behind them.
type reader struct {
	last     int
	position string
}

// follow is one stream of TestSoak, of a client that has the messages up to last. It returns what
// the client has then.
func follow(t *testing.T, app *frameworktest.App, last int, position string, received *atomic.Int64) (int, string) {
	end := []string{"", "", "panic", "fail"}[rand.IntN(4)]
	stream := app.Stream("/?end="+end, frameworktest.Header("Last-Event-ID", position))
	defer stream.Close()
	if position == "" {
		last = 0
	}
	for range rand.IntN(50) {
		e, err := stream.Next()
		if err != nil {
			assert.NotEmpty(t, end, "a stream that nobody ended: %v", err)
			return last, position
		}
		if e.ID != "" {
			position = e.ID
		}
		if e.Name != "n" {
			if e.Name == "gap" {
				last = 0
			}
			continue
		}
		n, err := strconv.Atoi(string(e.Data))
		if err != nil || last > 0 && n != last+1 {
			t.Errorf("got message %q behind %d", e.Data, last)
		}
		last = n
		received.Add(1)
	}
	if rand.IntN(5) == 0 { // it stalls
		time.Sleep(time.Duration(rand.IntN(500)) * time.Millisecond)
	}
	return last, position
}

// A HEAD request for a stream ends at once, and nobody is present for it.
func TestHeadOfAStream(t *testing.T) {
	t.Parallel()
	hub := topics.New(topics.Options{})
	defer hub.Close()
	resp := soaked(t, hub).Request(http.MethodHead, "/").Status(http.StatusOK)
	assert.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	assert.Empty(t, resp.Body)
	assert.Empty(t, hub.Present("/room"))
}
