package topics_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/topics"
)

// wire connects hubs in memory. It loses what it is asked to lose.
type wire struct {
	mu   sync.Mutex // guards the rest
	ends map[*end]bool
	lose bool
}

type end struct {
	wire    *wire
	packets chan []byte
	broken  chan struct{}
	slow    time.Duration // how long a message takes before it is sent
}

var _ topics.Transport = (*end)(nil)

func (w *wire) end() *end {
	return &end{wire: w, packets: make(chan []byte, 10_000), broken: make(chan struct{}, 1)}
}

func (e *end) Largest() int { return 4096 }

func (e *end) Send(_ context.Context, packet []byte) error {
	if packet[1] == 1 { // a message
		time.Sleep(e.slow)
	}
	e.wire.mu.Lock()
	defer e.wire.mu.Unlock()
	for other := range e.wire.ends {
		if !e.wire.lose {
			other.packets <- slices.Clone(packet)
		}
	}
	return nil
}

func (e *end) Receive(ctx context.Context, connected func(), receive func([]byte)) error {
	e.wire.mu.Lock()
	e.wire.ends[e] = true
	e.wire.mu.Unlock()
	connected()
	for {
		select {
		case p := <-e.packets:
			receive(p)
		case <-e.broken:
			connected()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// hubs starts some hubs on one wire. They end with the test.
func hubs(t *testing.T, w *wire, n int, o topics.Options) (all []*topics.Hub, ends []*end) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for range n {
		e := w.end()
		o.Transport = e
		h := topics.New(o)
		running.Go(func() { assert.ErrorIs(t, h.Run(ctx), context.Canceled) })
		all, ends = append(all, h), append(ends, e)
	}
	t.Cleanup(func() { cancel(); running.Wait() })
	synctest.Wait()
	return all, ends
}

func TestProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, _ := hubs(t, &wire{ends: map[*end]bool{}}, 2, topics.Options{})
		here, there := subscribe(t, h[0], "/a", ""), subscribe(t, h[1], "/a", "")
		first := publish(t, h[0], "/a", 1, 1)
		publish(t, h[1], "/a", 2, 2)
		synctest.Wait()
		assert.Equal(t, "1 2", waiting(t, here))
		assert.Equal(t, "1 2", strings.Join(sorted(waiting(t, there)), " "))
		assert.Equal(t, "2", waiting(t, subscribe(t, h[1], "/a", first)), "it came back at the other process")
	})
}

func sorted(words string) []string {
	all := strings.Fields(words)
	slices.Sort(all)
	return all
}

// TestBehind: someone who comes back at a process that has not received everything yet gets no message
// twice.
func TestBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{ends: map[*end]bool{}}
		h, ends := hubs(t, w, 2, topics.Options{})
		publish(t, h[0], "/a", 1, 1)
		synctest.Wait()
		w.mu.Lock()
		delete(w.ends, ends[1])
		w.mu.Unlock()
		last := publish(t, h[0], "/a", 2, 2)
		s := subscribe(t, h[1], "/a", last)
		w.mu.Lock()
		w.ends[ends[1]] = true
		w.mu.Unlock()
		publish(t, h[0], "/a", 3, 3)
		synctest.Wait()
		assert.Equal(t, "gap 3", waiting(t, s), "2 is missing there")
	})
}

// TestLostPackets: what is lost on the way is a Gap, after the next message or announcement.
func TestLostPackets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{ends: map[*end]bool{}}
		h, _ := hubs(t, w, 2, topics.Options{})
		s := subscribe(t, h[1], "/a", "")
		known := publish(t, h[0], "/a", 1, 1)
		synctest.Wait()
		w.mu.Lock()
		w.lose = true
		w.mu.Unlock()
		publish(t, h[0], "/a", 2, 3)
		w.mu.Lock()
		w.lose = false
		w.mu.Unlock()
		synctest.Wait()
		assert.Equal(t, "1", waiting(t, s))
		assert.Empty(t, waiting(t, subscribe(t, h[1], "/a", known)), "nothing shows that some are missing")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		assert.Equal(t, "gap", waiting(t, s))
		assert.Equal(t, "gap", waiting(t, subscribe(t, h[1], "/a", known)))
		publish(t, h[0], "/a", 4, 4)
		synctest.Wait()
		assert.Equal(t, "4", waiting(t, s))
	})
}

// TestAnnouncedWhileSending: an announcement between the beginning of a message and its way through the
// transport does not make others take the message for one that they have.
func TestAnnouncedWhileSending(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{ends: map[*end]bool{}}
		h, ends := hubs(t, w, 2, topics.Options{})
		s := subscribe(t, h[1], "/a", "")
		ends[0].slow = 30 * time.Second // announcements come meanwhile
		ends[1].broken <- struct{}{}    // and one is asked for
		publish(t, h[0], "/a", 1, 1)
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, "1", waiting(t, s))
	})
}

// TestReconnection: the first messages of a process that were lost with a connection are a Gap, those
// from before anyone subscribed are not.
func TestReconnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{ends: map[*end]bool{}}
		h, ends := hubs(t, w, 2, topics.Options{})
		w.mu.Lock()
		w.lose = true
		w.mu.Unlock()
		publish(t, h[0], "/early", 1, 1)
		early := subscribe(t, h[1], "/early", "")
		late := subscribe(t, h[1], "/late", "")
		w.mu.Lock()
		w.lose = false
		w.mu.Unlock()
		time.Sleep(11 * time.Second)
		synctest.Wait()
		assert.Empty(t, waiting(t, early))

		w.mu.Lock()
		w.lose = true
		w.mu.Unlock()
		publish(t, h[0], "/late", 1, 1)
		w.mu.Lock()
		w.lose = false
		w.mu.Unlock()
		ends[1].broken <- struct{}{}
		synctest.Wait()
		assert.Equal(t, "gap", waiting(t, late))
	})
}

func TestPresenceOfProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{ends: map[*end]bool{}}
		h, ends := hubs(t, w, 3, topics.Options{})
		s := subscribe(t, h[1], "/a", "")
		ann, err := h[0].Join(t.Context(), "/a", "ann")
		require.NoError(t, err)
		_, err = h[2].Join(t.Context(), "/a", "bob")
		require.NoError(t, err)
		synctest.Wait()
		assert.Equal(t, "presence", waiting(t, s))
		assert.Equal(t, []string{"ann", "bob"}, h[1].Present("/a"))
		ann()
		synctest.Wait()
		assert.Equal(t, []string{"bob"}, h[1].Present("/a"))

		time.Sleep(2 * time.Minute)
		assert.Equal(t, []string{"bob"}, h[1].Present("/a"), "still there")
		w.mu.Lock()
		w.ends = map[*end]bool{ends[0]: true, ends[1]: true}
		w.lose = true // the third process dies
		w.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Empty(t, h[1].Present("/a"))
	})
}

func TestSendFails(t *testing.T) {
	t.Parallel()
	w := &wire{ends: map[*end]bool{}}
	h := topics.New(topics.Options{Transport: w.end()})
	s := subscribe(t, h, "/a", "")
	_, err := h.Publish(t.Context(), "/a", "n", make([]byte, 5000))
	require.ErrorContains(t, err, `topic "/a": a packet of `)
	require.ErrorContains(t, err, "is too large for the transport: at most 4096 are allowed")
	m, err := s.Next(t.Context())
	require.NoError(t, err)
	assert.Len(t, m.Data, 5000, "this process has it")
}

// TestEachMessageOnce holds random runs against the promise: a subscriber that moves between processes
// gets each message once, in the order of its publisher, except where it gets a Gap.
func TestEachMessageOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			w := &wire{ends: map[*end]bool{}}
			h, _ := hubs(t, w, 3, topics.Options{Keep: 1 + random.IntN(30)})
			sent, got, at := [3]int{1, 1, 1}, [3]int{1, 1, 1}, 0
			for hub := range h { // all know each other from now on
				_, err := h[hub].Publish(t.Context(), "/a", "n", nil)
				require.NoError(t, err)
			}
			synctest.Wait()
			after, err := h[0].Position("/a")
			require.NoError(t, err)
			s, err := h[0].Subscribe("/a", after)
			require.NoError(t, err)
			read := func() {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				for range 1 + random.IntN(20) {
					m, err := s.Next(ctx)
					if err != nil {
						return
					}
					after = m.ID
					if m.Kind == topics.Gap {
						got = [3]int{-1, -1, -1} // the client loads the state
						continue
					}
					var hub, n int
					_, err = fmt.Sscanf(string(m.Data), "%d:%d", &hub, &n)
					require.NoError(t, err)
					if got[hub] >= 0 {
						require.Equal(t, got[hub]+1, n, "seed %d: of process %d", seed, hub)
					}
					got[hub] = n
				}
			}
			for range 300 {
				switch random.IntN(5) {
				case 0:
					w.mu.Lock()
					w.lose = random.IntN(8) == 0
					w.mu.Unlock()
				case 1:
					s.Close()
					at = random.IntN(3)
					s, err = h[at].Subscribe("/a", after)
					require.NoError(t, err)
				case 2:
					synctest.Wait()
					read()
				default:
					hub := random.IntN(3)
					sent[hub]++
					_, err := h[hub].Publish(t.Context(), "/a", "n", fmt.Appendf(nil, "%d:%d", hub, sent[hub]))
					require.NoError(t, err)
				}
			}
			w.mu.Lock()
			w.lose = false
			w.mu.Unlock()
			time.Sleep(time.Minute)
			synctest.Wait()
			for range 100 {
				read()
			}
			for hub := range got {
				if got[hub] >= 0 {
					assert.Equal(t, sent[hub], got[hub], "seed %d: the last message of process %d", seed, hub)
				}
			}
			s.Close()
		})
	}
}
