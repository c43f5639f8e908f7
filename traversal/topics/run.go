package topics

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// PacketTooLargeError is the error of a message that the transport cannot carry.
type PacketTooLargeError struct{ Size, Max int }

var _ error = (*PacketTooLargeError)(nil)

// Error names both sizes.
func (e *PacketTooLargeError) Error() string {
	return fmt.Sprintf("a packet of %d bytes is too large for the transport: at most %d are allowed", e.Size, e.Max)
}

// send sends a packet of this process.
func (h *Hub) send(ctx context.Context, p packet) error {
	if most := h.o.Transport.Largest(); len(p) > most {
		return &PacketTooLargeError{len(p), most}
	}
	return h.o.Transport.Send(ctx, p)
}

// Run receives from the transport, and announces at intervals what this process has, so that others
// notice what they missed. It returns the cause of ctx when that ends, or the error of the
// transport. An application with a transport calls it once, in a hook of
// framework.Configurator.OnServe. Without a transport it only waits.
func (h *Hub) Run(ctx context.Context) error {
	if h.o.Transport == nil {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	asked := make(chan struct{}, 1) // by another process
	var announcing sync.WaitGroup
	announcing.Go(func() { h.announce(ctx, asked) })
	again := false
	err := h.o.Transport.Receive(ctx, func() {
		if again {
			h.mu.Lock()
			h.reconnected = h.now()
			h.mu.Unlock()
		}
		again = true
		_ = h.send(ctx, newPacket(packetAsk, h.id))
		wake(asked)
	}, func(b []byte) { h.receive(b, asked) })
	cancel(err)
	announcing.Wait()
	return err
}

func wake(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// announce sends heads and presence at intervals, and when they are asked for.
func (h *Hub) announce(ctx context.Context, asked <-chan struct{}) {
	tick := time.NewTicker(announceEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-asked:
		case <-tick.C:
			h.forgetDead()
		}
		_ = h.announceAll(ctx) // what fails is announced again
	}
}

func (h *Hub) all() []*topic {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*topic, 0, len(h.topics))
	for _, t := range h.topics {
		all = append(all, t)
	}
	return all
}

// forgetDead forgets who was present in processes that no longer announce it.
func (h *Hub) forgetDead() {
	now := h.now()
	for _, t := range h.all() {
		t.mu.Lock()
		for s, there := range t.present {
			if s.hub != h.id && now.Sub(there.heard) > believedFor {
				t.seat(s, 0, now)
			}
		}
		t.mu.Unlock()
	}
}

// announceAll sends the number of the newest message of each topic that was sent, and who is there.
func (h *Hub) announceAll(ctx context.Context) error {
	var errs []error
	heads := batch{h: h, ctx: ctx, empty: newPacket(packetHeads, h.id)}
	for _, t := range h.all() {
		sent, err := h.announcePresent(ctx, t)
		if sent > 0 {
			err = errors.Join(err, heads.add(packet(nil).text(t.name).text(t.own.id).number(sent)))
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, heads.flush())...)
}

// announcePresent sends who is there in a topic, and returns the number of the newest message that
// was sent. Nobody joins or leaves meanwhile: the last packet about them has to be true.
func (h *Hub) announcePresent(ctx context.Context, t *topic) (sent uint64, err error) {
	if err := t.send(ctx); err != nil {
		return 0, err
	}
	defer t.sendEnd()
	var parts []packet
	t.mu.Lock()
	for s, there := range t.present {
		if s.hub == h.id {
			parts = append(parts, packet(nil).text(s.who).number(there.times))
		}
	}
	t.mu.Unlock()
	present := batch{h: h, ctx: ctx, empty: newPacket(packetPresence, h.id).text(t.name)}
	for _, part := range parts {
		err = errors.Join(err, present.add(part))
	}
	return t.sent, errors.Join(err, present.flush())
}

// batch sends parts in packets that are as large as the transport allows.
type batch struct {
	h     *Hub
	ctx   context.Context
	empty packet // the beginning of each packet
	parts packet
}

func (b *batch) add(part packet) (err error) {
	if len(b.empty)+len(b.parts)+len(part) > min(b.h.o.Transport.Largest(), 32<<10) {
		err = b.flush()
	}
	b.parts = append(b.parts, part...)
	return err
}

func (b *batch) flush() error {
	if len(b.parts) == 0 {
		return nil
	}
	p := append(append(packet(nil), b.empty...), b.parts...)
	b.parts = b.parts[:0]
	return b.h.send(b.ctx, p)
}

// receive takes a packet of another process. One that is cut off, or of another version, is
// ignored: what it said is noticed as missing.
func (h *Hub) receive(b []byte, asked chan<- struct{}) {
	r, kind, hub := open(b)
	if r.err != nil || hub == h.id {
		return
	}
	switch kind {
	case packetAsk:
		wake(asked)
	case packetMessage:
		name, id, seq, kind, data := r.text(), r.text(), r.number(), r.text(), r.bytes()
		if t, err := h.use(name, 0); r.err == nil && err == nil {
			h.arrived(t, id, seq, kind, append([]byte(nil), data...))
		}
	case packetHeads:
		for r.more() {
			name, id, seq := r.text(), r.text(), r.number()
			h.mu.Lock()
			t := h.topics[name]
			h.mu.Unlock()
			if t != nil && r.err == nil {
				h.missed(t, id, seq)
			}
		}
	case packetPresence:
		name := r.text()
		for r.more() {
			who, times := r.text(), r.number()
			if t, err := h.use(name, 0); r.err == nil && err == nil {
				t.mu.Lock()
				t.seat(seat{hub, who}, times, h.now())
				t.mu.Unlock()
			}
		}
	}
}

// arrived adds a message of another process.
func (h *Hub) arrived(t *topic, id string, seq uint64, name string, data []byte) {
	h.missed(t, id, seq-1)
	t.mu.Lock()
	defer t.mu.Unlock()
	if from, _ := t.from(id); seq > from.seen { // else it came a second time
		t.add(from, name, data, &h.o)
	}
}

// missed notices that messages of another process, up to a number, did not arrive. Those of a
// process that is new to the topic were sent before anyone here subscribed, unless the connection
// was lost.
func (h *Hub) missed(t *topic, id string, seq uint64) {
	h.mu.Lock()
	lossy := t.made.Before(h.reconnected)
	h.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	from, isNew := t.from(id)
	switch {
	case seq <= from.seen:
	case isNew && !lossy:
		from.seen, from.dropped = seq, seq
	default:
		t.addGap(from, seq, &h.o)
	}
}
