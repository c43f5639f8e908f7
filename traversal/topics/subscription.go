package topics

import (
	"context"
	"errors"
	"sync/atomic"
)

// ErrClosed is the error of a subscription that was closed, and of a hub that was.
var ErrClosed = errors.New("topics: closed")

// Subscription receives the messages of a topic. One goroutine at a time calls Next.
type Subscription struct {
	hub   *Hub
	topic *topic

	next    uint64   // index of the entry to read
	skip    position // messages that the subscriber has from elsewhere; nil after they have passed
	gap     bool     // a Gap comes first
	changes uint64   // of the presence that were reported

	closed atomic.Bool
}

// Next waits for the next message and returns it. The error is [ErrClosed] after Close, also that
// of the hub, or the cause of ctx if that ends. A subscriber that is too slow gets a [Gap].
func (s *Subscription) Next(ctx context.Context) (Message, error) {
	for {
		m, ok, changed := s.take()
		if s.closed.Load() || s.hub.closed.Load() { // looked at after changed was made
			return Message{}, ErrClosed
		}
		if ok {
			return m, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Message{}, context.Cause(ctx)
		}
	}
}

// take returns the next message if there is one, or else a channel that is closed when there may
// be.
func (s *Subscription) take() (m Message, ok bool, changed <-chan struct{}) {
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.gap || s.next < t.first {
		s.gap, s.skip, s.next = false, nil, t.end()
		return Message{Kind: Gap, ID: textOf(t.origins)}, true, nil
	}
	for s.next < t.end() {
		e := &t.entries[s.next-t.first]
		s.next++
		if e.from != nil && e.seq <= s.skip[e.from.id] {
			continue
		}
		m = e.Message
		m.ID = s.position(m.ID)
		return m, true, nil
	}
	if s.changes != t.changes {
		s.changes = t.changes
		return Message{Kind: Presence, ID: s.position(textOf(t.origins))}, true, nil
	}
	return Message{}, false, t.wait()
}

// position returns a position of the topic, for a subscriber that may have come from a process
// which has received more.
func (s *Subscription) position(id string) string {
	if s.skip == nil {
		return id
	}
	p, _ := parsePosition(id)
	ahead := false
	for origin, seq := range s.skip {
		if seq > p[origin] {
			p[origin], ahead = seq, true
		}
	}
	if !ahead {
		s.skip = nil // no message that follows is one of them
		return id
	}
	return p.String()
}

// Close ends the subscription: Next returns [ErrClosed], also one that waits. A second Close does
// nothing. It is safe for concurrent use.
func (s *Subscription) Close() {
	if s.closed.Swap(true) {
		return
	}
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	t.subscribers--
	t.used = s.hub.now()
	t.wake()
}
