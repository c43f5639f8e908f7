package tweens

import (
	"context"
	"sync"
	"time"
)

// deadline is a context whose deadline can be lifted, which the standard library does not have: a
// stream that has begun goes on with a context that the view may have passed on long before.
// Contexts derived from it end with it without a goroutine of their own.
type deadline struct {
	context.Context // the parent: for values, and because the client may disconnect
	at              time.Time
	signal          context.Context // ends when this one does; its own error is not used
	cancel          context.CancelFunc
	detach          func() bool // stops watching the parent

	mu     sync.Mutex // guards all below
	err    error
	lifted bool
}

var _ context.Context = (*deadline)(nil)

func newDeadline(parent context.Context, after time.Duration) *deadline {
	d := &deadline{Context: parent, at: time.Now().Add(after)}
	d.signal, d.cancel = context.WithCancel(context.Background())
	d.detach = context.AfterFunc(parent, func() { d.end(parent.Err()) })
	return d
}

// end ends the context. The first error counts.
func (d *deadline) end(err error) {
	d.mu.Lock()
	if d.err == nil {
		d.err = err
	}
	d.mu.Unlock()
	d.cancel()
}

// lift removes the deadline.
func (d *deadline) lift() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lifted = true
}

// Deadline returns the earlier of its own deadline, unless it was lifted, and that of the parent.
func (d *deadline) Deadline() (time.Time, bool) {
	parent, ok := d.Context.Deadline()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lifted || ok && parent.Before(d.at) {
		return parent, ok
	}
	return d.at, true
}

func (d *deadline) Done() <-chan struct{} { return d.signal.Done() }

func (d *deadline) Err() error {
	if d.signal.Err() == nil { // Err must not be set before Done is closed
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// AfterFunc is the method that package context looks for.
func (d *deadline) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(d.signal, f) }
