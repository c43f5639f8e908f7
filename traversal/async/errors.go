package async

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
)

// Reason is what is wrong with the scope, in a [ScopeError].
type Reason uint8

// The reasons of a ScopeError.
const (
	NoScope    Reason = iota + 1 // the context carries none
	ScopeEnded                   // it has ended
	OtherScope                   // the future belongs to another one
)

// ScopeError says that work was asked for without a scope, after its scope ended, or awaited from
// another scope. Its text says what to do instead.
type ScopeError struct {
	Op     string // "go", "await", "submit", "synchronize", …
	Reason Reason
}

var _ error = (*ScopeError)(nil)

func (e *ScopeError) Error() string {
	switch e.Reason {
	case ScopeEnded:
		return fmt.Sprintf("%s: the scope of this context has ended, and nothing may outlive it: "+
			"await the work before the request ends, or give what must go on a scope of its own "+
			"(async.WithScope over context.WithoutCancel)", e.Op)
	case OtherScope:
		return fmt.Sprintf("%s: this future belongs to another scope, which may end before this one: "+
			"futures are not shared between requests; share the value, or load it through an async.Batcher", e.Op)
	}
	return fmt.Sprintf("%s: this context carries no scope: in a request pass on its context (r.Context()); "+
		"elsewhere open a scope with async.WithScope, or wrap the function with async.OrSpawn", e.Op)
}

// errEnded is the cause of the cancellation of all contexts of a scope that ended.
var errEnded = &ScopeError{Op: "work", Reason: ScopeEnded}

// cancelled is for futures that settle by it.
func cancelled(cause error) error { return fmt.Errorf("%w: %w", context.Canceled, cause) }

var (
	errNilFuture = errors.New("await: the future is nil: return async.Settled if there is nothing to wait for")
	errGoexit    = errors.New("the work ended its goroutine by runtime.Goexit")
)

// PanicError is a panic of work, as an error. If the value of the panic is an error, Unwrap gives
// it.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

var _ error = (*PanicError)(nil)

// newPanicError is called by the deferred function that recovered.
func newPanicError(value any) error { return &PanicError{value, debug.Stack()} }

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap is the value of the panic, if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// StragglersError says that a scope ended, or an executor was closed, while work of it went on
// that did not return when its context was cancelled.
type StragglersError struct {
	Stragglers []Straggler
}

var _ error = (*StragglersError)(nil)

func newStragglersError(places []place) error { return &StragglersError{stragglersAt(places)} }

// Count is how many pieces of work there are.
func (e *StragglersError) Count() int {
	n := 0
	for _, s := range e.Stragglers {
		n += s.Count
	}
	return n
}

// maxPlaces bounds the places in the text of a StragglersError.
const maxPlaces = 8

func (e *StragglersError) Error() string {
	var b strings.Builder
	b.WriteString("still running after the end: ")
	for i, s := range e.Stragglers {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == maxPlaces {
			fmt.Fprintf(&b, "and more from %d other places", len(e.Stragglers)-i)
			break
		}
		fmt.Fprintf(&b, "%d started at %v", s.Count, s)
	}
	b.WriteString("; let them watch their context")
	return b.String()
}

// joined is the one error that there is, or all of them joined.
func joined(first error, more []error) error {
	switch {
	case len(more) == 0:
		return first
	case first == nil && len(more) == 1:
		return more[0]
	}
	return errors.Join(append([]error{first}, more...)...)
}
