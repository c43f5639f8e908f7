package topicstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mastaba-go/mastaba/traversal/topics"
)

// patience is how long a message may take.
const patience = 20 * time.Second

// Run checks transports. connect returns one, for another process each time it is called in the
// same test, but not connected with those of other tests.
func Run(t *testing.T, connect func(t *testing.T) topics.Transport) {
	t.Run("messages", func(t *testing.T) { messages(t, connect) })
	t.Run("order", func(t *testing.T) { order(t, connect) })
	t.Run("sizes", func(t *testing.T) { sizes(t, connect) })
	t.Run("presence", func(t *testing.T) { presence(t, connect) })
	t.Run("end", func(t *testing.T) { end(t, connect) })
}

// Start runs a hub with a transport until the test ends, and waits until it is connected with the
// hubs that were started before.
func Start(t *testing.T, transport topics.Transport) *topics.Hub {
	t.Helper()
	watched := &watched{Transport: transport, connected: make(chan struct{})}
	h := topics.New(topics.Options{Transport: watched})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := h.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
		h.Close()
	})
	select {
	case <-watched.connected:
	case <-time.After(patience):
		t.Fatal("the transport does not connect")
	}
	return h
}

// watched says when a transport is connected.
type watched struct {
	topics.Transport
	once      sync.Once
	connected chan struct{}
}

func (w *watched) Receive(ctx context.Context, connected func(), receive func([]byte)) error {
	return w.Transport.Receive(ctx, func() {
		connected()
		w.once.Do(func() { close(w.connected) })
	}, receive)
}

// Next returns the next message of a subscription. It ends the test if none comes.
func Next(t *testing.T, s *topics.Subscription) topics.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	m, err := s.Next(ctx)
	if err != nil {
		t.Fatalf("no message: %v", err)
	}
	return m
}

func subscribe(t *testing.T, h *topics.Hub, name, after string) *topics.Subscription {
	t.Helper()
	s, err := h.Subscribe(name, after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func publish(t *testing.T, h *topics.Hub, name string, data []byte) string {
	t.Helper()
	id, err := h.Publish(t.Context(), name, "test", data)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func messages(t *testing.T, connect func(*testing.T) topics.Transport) {
	one, two := Start(t, connect(t)), Start(t, connect(t))
	there, other := subscribe(t, two, "/ä b'\"", ""), subscribe(t, two, "/other", "")
	id := publish(t, one, "/ä b'\"", []byte("first"))
	if m := Next(t, there); m.Name != "test" || string(m.Data) != "first" || m.Kind != topics.Published {
		t.Errorf("got %+v", m)
	}
	publish(t, two, "/ä b'\"", []byte("second"))
	if m := Next(t, subscribe(t, one, "/ä b'\"", id)); string(m.Data) != "second" {
		t.Errorf("one that comes back elsewhere got %+v", m)
	}
	publish(t, one, "/other", nil)
	if m := Next(t, other); len(m.Data) != 0 || m.Kind != topics.Published {
		t.Errorf("an empty message came as %+v", m)
	}
}

func order(t *testing.T, connect func(*testing.T) topics.Transport) {
	one, two := Start(t, connect(t)), Start(t, connect(t))
	s := subscribe(t, two, "/a", "")
	const n = 200
	for i := range n {
		publish(t, one, "/a", fmt.Append(nil, i))
	}
	for i := range n {
		if m := Next(t, s); string(m.Data) != fmt.Sprint(i) {
			t.Fatalf("message %d came as %s %s", i, m.Kind, m.Data)
		}
	}
}

func sizes(t *testing.T, connect func(*testing.T) topics.Transport) {
	one, two := Start(t, connect(t)), Start(t, connect(t))
	s := subscribe(t, two, "/a", "")
	for _, size := range []int{1, 5000, 6000, 12_000, 64 << 10} {
		for _, fill := range []byte{0, 'x'} {
			data := bytes.Repeat([]byte{fill}, size)
			publish(t, one, "/a", data)
			if m := Next(t, s); !bytes.Equal(m.Data, data) {
				t.Errorf("%d bytes of %q came as %d", size, fill, len(m.Data))
			}
		}
	}
}

func presence(t *testing.T, connect func(*testing.T) topics.Transport) {
	one, two := Start(t, connect(t)), Start(t, connect(t))
	s := subscribe(t, two, "/a", "")
	leave, err := one.Join(t.Context(), "/a", "ann")
	if err != nil {
		t.Fatal(err)
	}
	if m := Next(t, s); m.Kind != topics.Presence || !slices.Equal(two.Present("/a"), []string{"ann"}) {
		t.Errorf("%s, %v are present", m.Kind, two.Present("/a"))
	}
	three := Start(t, connect(t))
	for begun := time.Now(); len(three.Present("/a")) == 0 && time.Since(begun) < patience; {
		time.Sleep(10 * time.Millisecond)
	}
	if got := three.Present("/a"); !slices.Equal(got, []string{"ann"}) {
		t.Errorf("a process that came later has %v", got)
	}
	leave()
	if m := Next(t, s); m.Kind != topics.Presence || len(two.Present("/a")) > 0 {
		t.Errorf("%s, %v are present", m.Kind, two.Present("/a"))
	}
}

// end checks that Receive ends with its context, and with the cause.
func end(t *testing.T, connect func(*testing.T) topics.Transport) {
	cause := errors.New("the end")
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	transport := connect(t)
	go func() { ended <- transport.Receive(ctx, func() { cancel(cause) }, func([]byte) {}) }()
	select {
	case err := <-ended:
		if !errors.Is(err, cause) {
			t.Errorf("Receive returned %v", err)
		}
	case <-time.After(patience):
		t.Error("Receive does not end")
	}
}
