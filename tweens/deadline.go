package tweens

import (
	"context"
	"sync"
	"time"
)

// deadline is a context whose deadline can be lifted, which no context of the standard library can: a stream that has begun
// goes on under a context that the view may have handed on long before. Contexts that derive from it end with it without a
// goroutine of their own.
type deadline struct {
	context.Context // it was laid over this: for values, and because the client may go away
	at              time.Time
	signal          context.Context // ends when this one does; never read for why
	cancel          context.CancelFunc
	leave           func() bool // stops watching the context above

	mu     sync.Mutex // guards all below
	err    error
	lifted bool
}

var _ context.Context = (*deadline)(nil)

func newDeadline(over context.Context, after time.Duration) *deadline {
	d := &deadline{Context: over, at: time.Now().Add(after)}
	d.signal, d.cancel = context.WithCancel(context.Background())
	d.leave = context.AfterFunc(over, func() { d.end(over.Err()) })
	return d
}

// end ends the context, for the reason that comes first.
func (d *deadline) end(err error) {
	d.mu.Lock()
	if d.err == nil {
		d.err = err
	}
	d.mu.Unlock()
	d.cancel()
}

// lift takes the deadline away.
func (d *deadline) lift() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lifted = true
}

// Deadline returns the earlier one of its own, unless it was lifted, and the one above.
func (d *deadline) Deadline() (time.Time, bool) {
	above, ok := d.Context.Deadline()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lifted || ok && above.Before(d.at) {
		return above, ok
	}
	return d.at, true
}

func (d *deadline) Done() <-chan struct{} { return d.signal.Done() }

func (d *deadline) Err() error {
	if d.signal.Err() == nil { // those who wait for Done shall see it no earlier
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// AfterFunc is what package context looks for.
func (d *deadline) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(d.signal, f) }
