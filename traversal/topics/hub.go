package topics

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options are the options of [New]. The zero value is right for one process.
type Options struct {
	// Keep is how many messages of a topic are kept, for those who come back and for slow
	// subscribers; 0: 256. KeepBytes limits their size; 0: 1 MiB.
	Keep, KeepBytes int
	// Largest is the number of bytes that the data of a message may have; 0: 64 KiB.
	Largest int
	// Topics is how many topics are remembered while nobody subscribes to them; 0: 1024. Idle is
	// for how long, at least; 0: five minutes.
	Topics int
	Idle   time.Duration
	// Transport connects this hub with those of other processes; nil: there is one process.
	Transport Transport
}

func (o Options) withDefaults() Options {
	o.Keep = cmp.Or(o.Keep, 256)
	o.KeepBytes = cmp.Or(o.KeepBytes, 1<<20)
	o.Largest = cmp.Or(o.Largest, 64<<10)
	o.Topics = cmp.Or(o.Topics, 1024)
	o.Idle = cmp.Or(o.Idle, 5*time.Minute)
	return o
}

// Hub has the topics of a process. It is safe for concurrent use.
type Hub struct {
	o  Options
	id string

	closed atomic.Bool

	mu     sync.Mutex // guards the rest; taken before that of a topic
	topics map[string]*topic
	made   uint64    // how many topics were ever made
	swept  time.Time // when old topics were last looked for
	limit  int       // number of topics at which they are looked for again

	reconnected time.Time // when the transport last connected again; zero if it never did
}

// New returns a hub. It panics if an option is negative.
func New(o Options) *Hub {
	if o.Keep < 0 || o.KeepBytes < 0 || o.Largest < 0 || o.Topics < 0 || o.Idle < 0 {
		panic(fmt.Sprintf("topics.New: negative option in %+v", o))
	}
	return &Hub{o: o.withDefaults(), id: strings.ToLower(rand.Text()[:8]), topics: map[string]*topic{}}
}

func (h *Hub) now() time.Time { return time.Now() }

// TooLargeError is the error of a message with more bytes than [Options].Largest.
type TooLargeError struct {
	Topic     string
	Size, Max int
}

var _ error = (*TooLargeError)(nil)

// Error names the topic and both sizes.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("topic %q: a message of %d bytes is too large: at most %d are allowed (topics.Options.Largest)", e.Topic, e.Size, e.Max)
}

// Publish sends a message to all subscribers of a topic, in this process at once, and in others by
// the transport. data must not be changed afterwards. It returns the position behind the message.
// It waits only for the transport: if that fails, the error says so, and the subscribers of this
// process have the message all the same, unless ctx ended while another message was being sent:
// then the id is "".
func (h *Hub) Publish(ctx context.Context, name, kind string, data []byte) (id string, err error) {
	if len(data) > h.o.Largest {
		return "", &TooLargeError{name, len(data), h.o.Largest}
	}
	t, err := h.use(name, 0)
	if err != nil {
		return "", err
	}
	if h.o.Transport != nil {
		if err := t.send(ctx); err != nil {
			return "", fmt.Errorf("topic %q: %w", name, err)
		}
		defer t.sendEnd()
	}
	t.mu.Lock()
	id = t.add(t.own, kind, data, &h.o)
	seq := t.own.seen
	t.mu.Unlock()
	if h.o.Transport == nil {
		return id, nil
	}
	p := newPacket(packetMessage, h.id).text(name).text(t.own.id).number(seq).text(kind).text(string(data))
	err = h.send(ctx, p)
	t.sent = seq // after an error too, so that others notice what they miss
	if err != nil {
		return id, fmt.Errorf("topic %q: %w", name, err)
	}
	return id, nil
}

// Subscribe returns a subscription to a topic. after is the ID of the last message that the
// subscriber has, or what [Hub.Position] returned, and the messages behind it come first; "" means
// from now on. An unknown ID is not an error: the subscription then begins with a [Gap]. The only
// error is [ErrClosed].
//
// Close the subscription when it is no longer used.
func (h *Hub) Subscribe(name, after string) (*Subscription, error) {
	t, err := h.use(name, 1)
	if err != nil {
		return nil, err
	}
	s := &Subscription{hub: h, topic: t}
	t.mu.Lock()
	defer t.mu.Unlock()
	s.next, s.changes = t.end(), t.changes
	if after != "" {
		p, ok := parsePosition(after)
		if ok {
			s.next, ok = t.resume(p)
		}
		s.skip, s.gap = p, !ok
	}
	return s, nil
}

// Position returns the position behind the newest message of a topic. A page that shows the state
// takes it before it reads the state, and subscribes after it.
func (h *Hub) Position(name string) (string, error) {
	t, err := h.use(name, 0)
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return textOf(t.origins), nil
}

// Recent returns the messages that are kept of a topic, the oldest first.
func (h *Hub) Recent(name string) []Message {
	h.mu.Lock()
	t := h.topics[name]
	h.mu.Unlock()
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]Message, 0, len(t.entries))
	for i := range t.entries {
		if t.entries[i].Kind == Published {
			all = append(all, t.entries[i].Message)
		}
	}
	return all
}

// Close ends all subscriptions. Publish and Subscribe return [ErrClosed] afterwards. A second Close
// does nothing.
func (h *Hub) Close() {
	h.closed.Store(true)
	for _, t := range h.all() {
		t.mu.Lock()
		t.wake()
		t.mu.Unlock()
	}
}

// use returns a topic, which it makes if it is new, and adds subscribers to it.
func (h *Hub) use(name string, subscribers int) (*topic, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed.Load() { // under the lock, so that Close finds every topic
		return nil, ErrClosed
	}
	now := h.now()
	t := h.topics[name]
	if t == nil {
		h.made++
		t = newTopic(name, h.id+strconv.FormatUint(h.made, 36), now)
		h.topics[name] = t
		h.sweep(now)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.subscribers += subscribers
	t.used = now
	return t, nil
}

// sweep forgets topics that nobody uses: those that are old, at intervals, and the oldest if there
// are too many.
func (h *Hub) sweep(now time.Time) {
	if len(h.topics) <= max(h.limit, h.o.Topics) && now.Sub(h.swept) < h.o.Idle {
		return
	}
	h.swept = now
	defer func() { h.limit = len(h.topics) + h.o.Topics/4 }()
	type idle struct {
		name string
		used time.Time
	}
	var all []idle
	for name, t := range h.topics {
		t.mu.Lock()
		if t.subscribers == 0 && len(t.present) == 0 && !t.used.Equal(now) {
			all = append(all, idle{name, t.used})
		}
		t.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b idle) int { return a.used.Compare(b.used) })
	for i, each := range all {
		if i < len(all)-h.o.Topics || now.Sub(each.used) >= h.o.Idle {
			delete(h.topics, each.name)
		}
	}
}
