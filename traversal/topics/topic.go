package topics

import (
	"context"
	"slices"
	"sync"
	"time"
)

// topic is the messages that are kept, and what is known of their origins.
type topic struct {
	name string
	made time.Time
	own  *origin // of what this process publishes

	sending chan struct{} // has an element while a packet goes to the transport, which keeps their order
	sent    uint64        // number of the newest own message that went there; guarded by sending

	mu          sync.Mutex // guards the rest
	entries     []entry    // the oldest first
	first       uint64     // index of entries[0]; it counts all that were ever added
	bytes       int        // of all entries
	origins     []*origin  // own first
	changed     chan struct{}
	subscribers int
	used        time.Time // when it last had a subscriber or a message
	present     map[seat]sitting
	people      map[string]int // number of seats
	changes     uint64         // of who is present
}

// entry is a kept message. A gap has no origin.
type entry struct {
	Message
	from *origin
	seq  uint64
}

// overhead is about what an entry needs beside its bytes.
const overhead = 128

func (e *entry) size() int { return len(e.Data) + len(e.Name) + len(e.ID) + overhead }

func newTopic(name, id string, now time.Time) *topic {
	own := &origin{id: id}
	return &topic{
		name: name, made: now, own: own, origins: []*origin{own}, used: now,
		present: map[seat]sitting{}, people: map[string]int{}, sending: make(chan struct{}, 1),
	}
}

// send waits until no other packet about the topic is being sent, or ctx ends. The caller calls
// sendEnd.
func (t *topic) send(ctx context.Context) error {
	select {
	case t.sending <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t *topic) sendEnd() { <-t.sending }

// end returns the index behind the last entry.
func (t *topic) end() uint64 { return t.first + uint64(len(t.entries)) }

// add keeps a message of an origin, and wakes subscribers. What is too much is dropped.
func (t *topic) add(from *origin, name string, data []byte, o *Options) string {
	from.seen++
	from.kept++
	id := textOf(t.origins)
	t.keep(entry{Message: Message{ID: id, Name: name, Data: data}, from: from, seq: from.seen}, o)
	return id
}

// addGap records that messages of an origin, up to its number seen, have not arrived.
func (t *topic) addGap(from *origin, seen uint64, o *Options) {
	from.seen, from.dropped = seen, seen
	t.keep(entry{Message: Message{Kind: Gap, ID: textOf(t.origins)}}, o)
}

func (t *topic) keep(e entry, o *Options) {
	t.entries = append(t.entries, e)
	t.bytes += e.size()
	for len(t.entries) > o.Keep || t.bytes > o.KeepBytes && len(t.entries) > 1 {
		t.drop()
	}
	t.wake()
}

// drop forgets the oldest entry.
func (t *topic) drop() {
	oldest := &t.entries[0]
	t.bytes -= oldest.size()
	if from := oldest.from; from != nil {
		from.dropped = max(from.dropped, oldest.seq)
		from.kept--
	}
	*oldest = entry{}
	t.entries = t.entries[1:]
	t.first++
}

// wake wakes the subscribers that wait.
func (t *topic) wake() {
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// wait returns a channel that is closed at the next change.
func (t *topic) wait() <-chan struct{} {
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	return t.changed
}

// from returns the origin of another process, and whether it is new. The one of which nothing is
// kept and nothing came for the longest time makes room for it.
func (t *topic) from(id string) (o *origin, isNew bool) {
	at := slices.IndexFunc(t.origins, func(o *origin) bool { return o.id == id })
	if at < 0 {
		if len(t.origins) >= mostOrigins {
			t.forgetOrigin()
		}
		o = &origin{id: id}
		t.origins = append(t.origins, o)
		return o, true
	}
	o = t.origins[at]
	if at > 0 { // those behind own are in the order of their last message
		t.origins = append(slices.Delete(t.origins, at, at+1), o)
	}
	return o, false
}

// forgetOrigin forgets one origin and what is kept of it.
func (t *topic) forgetOrigin() {
	at := slices.IndexFunc(t.origins[1:], func(o *origin) bool { return o.kept == 0 })
	if at < 0 {
		at = 0
		for gone := t.origins[1]; gone.kept > 0; {
			t.drop()
		}
	}
	t.origins = slices.Delete(t.origins, at+1, at+2)
}

// resume returns the index of the first entry that someone at a position has not seen. ok is false
// if some of the messages that they have not seen are no longer kept.
func (t *topic) resume(p position) (next uint64, ok bool) {
	known := 0
	for _, o := range t.origins {
		seen, named := p[o.id]
		if named {
			known++
		}
		if o.dropped > seen {
			return 0, false
		}
	}
	if known < len(p) {
		return 0, false
	}
	for i := range t.entries {
		if e := &t.entries[i]; e.from != nil && e.seq > p[e.from.id] {
			return t.first + uint64(i), true
		}
	}
	return t.end(), true
}
