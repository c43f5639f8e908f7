package websocket_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/views/web"
	"github.com/mastaba-go/mastaba/views/websocket"
	"github.com/mastaba-go/mastaba/views/websocket/websockettest"
)

// member is a view of TestSoak: it follows the room while it reads commands.
func member(t *testing.T, hub *topics.Hub) func(*web.Request, any, *websocket.Conn) error {
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
			ctx, cancel := context.WithTimeout(r.Context(), time.Duration(rand.IntN(20))*time.Millisecond)
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

// TestSoak lets sockets join, leave, stall, break and fail while messages are published. Each client
// that stays gets each message, in order, or a gap; in the end nothing is left. MASTABA_SOAK sets how
// long it runs, such as 5m.
func TestSoak(t *testing.T) {
	long, sockets := 2*time.Second, 100
	if text := os.Getenv("MASTABA_SOAK"); text != "" {
		var err error
		long, err = time.ParseDuration(text)
		require.NoError(t, err)
		sockets = 1000
	}
	hub := topics.New(topics.Options{Keep: 64})
	defer hub.Close()
	app, _ := build(t, websocket.Options{}, member(t, hub))
	websockettest.Dial(t, app, "/").Close() // what is allocated once
	goroutines, heap := runtime.NumGoroutine(), heapInUse()

	var published, received, gaps, ended atomic.Int64
	stop := make(chan struct{})
	var all, publisher sync.WaitGroup
	silence := make(chan struct{})
	publisher.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-silence:
				return
			case <-time.After(5 * time.Millisecond):
			}
			if _, err := hub.Publish(context.Background(), "/room", "n", []byte(strconv.Itoa(n))); err != nil {
				t.Error(err)
				return
			}
			published.Add(1)
		}
	})
	for range sockets {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				got, lost := visit(t, app)
				received.Add(got)
				gaps.Add(lost)
				ended.Add(1)
			}
		})
	}
	time.Sleep(long)
	close(stop)
	all.Wait()
	close(silence)
	publisher.Wait()
	t.Logf("%d sockets, %d messages published, %d received, %d gaps", ended.Load(), published.Load(), received.Load(), gaps.Load())
	assert.Positive(t, received.Load())
	left := func() bool { return runtime.NumGoroutine() <= goroutines }
	for deadline := time.Now().Add(10 * time.Second); !left() && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if !left() {
		stacks := make([]byte, 64<<10)
		t.Fatalf("%d goroutines, want %d:\n%s", runtime.NumGoroutine(), goroutines, stacks[:runtime.Stack(stacks, true)])
	}
	require.Eventually(t, func() bool { return heapInUse() <= heap+4<<20 }, 10*time.Second, 100*time.Millisecond)
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

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
