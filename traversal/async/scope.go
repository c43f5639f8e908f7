package async

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// DefaultLimit is the number of goroutines that a scope may have at once, unless it was opened with
// another limit.
const DefaultLimit = 64

// Scope owns the work of one request. [Go] and [Submit] start work in the scope that their context
// carries. When the scope ends, it cancels that work and waits for it, so that nothing outlives the
// request. The framework opens a scope for each request; programs and tests open one with
// [WithScope], and context types of their own carry one in a [Slot].
//
// A Scope is safe for concurrent use. The zero Scope is not usable.
type Scope struct {
	limit int
	outer *Scope // the scope that this one was opened in, if any

	mu      sync.Mutex
	ended   bool
	running int // goroutines
	first   *task
	idle    chan struct{} // closed when the last task leaves; nil unless End waits
	endings []ending
	panics  []*unseen
	locals  map[any]any
}

func newScope(outer context.Context, limit int) *Scope {
	if limit <= 0 {
		limit = DefaultLimit
	}
	s := &Scope{limit: limit}
	s.outer, _ = ScopeFrom(outer)
	return s
}

// WithScope opens a scope with at most limit goroutines at once ([DefaultLimit] if limit is 0), and
// returns a context that carries it and ends with it. The caller must call End. If ctx carries a
// scope already, that one does not wait for the new one.
func WithScope(ctx context.Context, limit int) (context.Context, *Scope) {
	s := newScope(ctx, limit)
	s.mu.Lock()
	defer s.mu.Unlock()
	return &scopeContext{s.endingOf(ctx), s}, s
}

type scopeKey struct{}

// scopeContext carries a scope.
type scopeContext struct {
	context.Context
	scope *Scope
}

var _ context.Context = (*scopeContext)(nil)

func (c *scopeContext) Value(key any) any {
	if IsScopeKey(key) {
		return c.scope
	}
	return c.Context.Value(key)
}

// ScopeFrom returns the scope that ctx carries, and whether there is one.
func ScopeFrom(ctx context.Context) (*Scope, bool) {
	s, ok := ctx.Value(scopeKey{}).(*Scope)
	return s, ok && s != nil
}

// IsScopeKey reports whether key is the key under which a context carries its scope. The Value
// method of a context type with a [Slot] returns a *Scope for it.
func IsScopeKey(key any) bool {
	_, ok := key.(scopeKey)
	return ok
}

// Running returns the number of pieces of work that are running or queued.
func (s *Scope) Running() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for t := s.first; t != nil; t = t.next {
		n++
	}
	return n
}

// End ends the scope: it refuses new work, cancels the contexts of all work, and waits until that
// has returned, but no longer than bound. A negative bound waits without limit, 0 does not wait.
//
// The error joins a [*StragglersError], which lists where the work that is still running was
// started, and the panics whose futures were not awaited. The futures of stragglers have settled;
// what their work returns later has no effect. Calling End again waits for the stragglers again and
// reports those that remain. Work of the scope must not call End: it would wait for itself.
func (s *Scope) End(bound time.Duration) error {
	s.mu.Lock()
	s.ended = true
	endings := s.endings
	s.endings, s.locals = nil, nil
	var idle chan struct{}
	if s.first != nil {
		if s.idle == nil {
			s.idle = make(chan struct{})
		}
		idle = s.idle
	}
	s.mu.Unlock()

	for _, e := range endings {
		e.cancel(errEnded)
	}
	var stragglers error
	if idle != nil && !waitFor(idle, bound) {
		stragglers = s.giveUp()
	}
	return joined(stragglers, s.takePanics())
}

// waitFor reports whether c was closed in time.
func waitFor(c <-chan struct{}, bound time.Duration) bool {
	if bound < 0 {
		<-c
		return true
	}
	if bound == 0 {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	timer := time.NewTimer(bound)
	defer timer.Stop()
	select {
	case <-c:
		return true
	case <-timer.C:
		return false
	}
}

// giveUp settles the futures of all work that is still running, and returns a StragglersError.
func (s *Scope) giveUp() error {
	s.mu.Lock()
	var owners []abandoner
	var started []callers
	for t := s.first; t != nil; t = t.next {
		owners = append(owners, t.owner)
		started = append(started, t.started)
	}
	s.mu.Unlock()
	if len(owners) == 0 { // they returned just now
		return nil
	}
	for _, o := range owners {
		o.abandon(fmt.Errorf("%w: %w", context.Canceled, errEnded))
	}
	return newStragglersError(started)
}

// joined joins first, which may be nil, with more. A single error is returned as it is.
func joined(first error, more []error) error {
	switch {
	case len(more) == 0:
		return first
	case first == nil && len(more) == 1:
		return more[0]
	}
	return errors.Join(append([]error{first}, more...)...)
}

// enter registers t, which was started with ctx, and returns a context that ends with ctx and with
// the scope. inline reports that t needs a goroutine, but the scope has reached its limit.
func (s *Scope) enter(ctx context.Context, t *task, goroutine bool) (end context.Context, inline bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, false, errEnded
	}
	if goroutine && s.running >= s.limit {
		goroutine, inline = false, true
	}
	if goroutine {
		s.running++
	}
	t.scope, t.goroutine = s, goroutine
	t.next = s.first
	if s.first != nil {
		s.first.prev = t
	}
	s.first = t
	return s.endingOf(ctx), inline, nil
}

// leave removes t. It is called once for each task that entered.
func (s *Scope) leave(t *task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.goroutine {
		s.running--
	}
	if t.prev != nil {
		t.prev.next = t.next
	} else {
		s.first = t.next
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	t.prev, t.next = nil, nil
	if s.first == nil && s.idle != nil {
		close(s.idle)
		s.idle = nil
	}
}

// local returns a value of the scope, made at first use; nil when the scope has ended.
func (s *Scope) local(key any, make func() any) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil
	}
	v, ok := s.locals[key]
	if !ok {
		if s.locals == nil {
			s.locals = map[any]any{}
		}
		v = make()
		s.locals[key] = v
	}
	return v
}

func (s *Scope) hasEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// maxPanics bounds the panics that a scope remembers.
const maxPanics = 16

// unseen is a panic that is reported at the end of the scope, unless its future is awaited.
type unseen struct {
	err  error
	wait *waiting
}

func (s *Scope) rememberPanic(u *unseen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.panics = slices.DeleteFunc(s.panics, func(u *unseen) bool { return u.wait.seen.Load() })
	if len(s.panics) < maxPanics {
		s.panics = append(s.panics, u)
	}
}

// takePanics returns the panics whose futures were not awaited, once.
func (s *Scope) takePanics() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, u := range s.panics {
		if !u.wait.seen.Load() {
			errs = append(errs, u.err)
		}
	}
	s.panics = nil
	return errs
}
