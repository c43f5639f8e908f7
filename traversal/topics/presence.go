package topics

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// How often a hub announces who is present, and how long others rely on it.
const (
	announceEvery = 10 * time.Second
	believedFor   = 35 * time.Second
	leaveTimeout  = 5 * time.Second
)

// seat is a person in a process.
type seat struct{ hub, who string }

// sitting is how often a person joined in a process, and when that process said so last.
type sitting struct {
	times uint64
	heard time.Time
}

// Join records that someone is present, such as the user of a socket, until leave is called.
// Someone with several windows may join several times. leave may be called more than once. Other
// processes learn of it through the transport. If this process dies, they forget who was present in
// it after about half a minute.
func (h *Hub) Join(ctx context.Context, name, who string) (leave func(), err error) {
	t, err := h.use(name, 0)
	if err != nil {
		return nil, err
	}
	h.sit(ctx, t, who, +1)
	return sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
		defer cancel()
		h.sit(ctx, t, who, -1)
	}), nil
}

// sit changes how often someone is there, and announces it. An announcement that fails is repeated
// by [Hub.Run].
func (h *Hub) sit(ctx context.Context, t *topic, who string, by int) {
	if h.o.Transport != nil {
		t.sending <- struct{}{} // whatever ctx says: who left must not stay
		defer t.sendEnd()
	}
	t.mu.Lock()
	times := t.present[seat{h.id, who}].times
	if by < 0 {
		times--
	} else {
		times++
	}
	t.seat(seat{h.id, who}, times, time.Time{})
	t.used = h.now()
	t.mu.Unlock()
	if h.o.Transport != nil {
		_ = h.send(ctx, newPacket(packetPresence, h.id).text(t.name).text(who).number(times))
	}
}

// seat sets how often someone is there, and wakes subscribers if someone has come or gone.
func (t *topic) seat(s seat, times uint64, heard time.Time) {
	_, sat := t.present[s]
	before := t.people[s.who]
	switch {
	case times > 0:
		t.present[s] = sitting{times, heard}
		if !sat {
			t.people[s.who]++
		}
	case sat:
		delete(t.present, s)
		if t.people[s.who]--; t.people[s.who] == 0 {
			delete(t.people, s.who)
		}
	}
	if (before == 0) != (t.people[s.who] == 0) {
		t.changes++
		t.wake()
	}
}

// Present returns who is present in all processes, sorted.
func (h *Hub) Present(name string) []string {
	h.mu.Lock()
	t := h.topics[name]
	h.mu.Unlock()
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(maps.Keys(t.people))
}
