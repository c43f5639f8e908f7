package async

import (
	"context"
	"slices"
	"sync"
	"time"
)

// DefaultLimit is how many goroutines a scope may have at once, unless it was made with another
// limit.
const DefaultLimit = 64

// Scope owns the work of one request. What [Go] and [Submit] start belongs to the scope of their
// context; when the scope ends it is cancelled and waited for, so that nothing outlives the
// request. The framework opens a scope for each request. Programs and tests open one by
// [WithScope]; who carries scopes in a context type of its own uses a [Slot].
//
// A Scope is safe for concurrent use. Make it by NewScope, WithScope or Slot.
type Scope struct {
	limit int
	outer *Scope // the one that it was opened in, if any

	mu       sync.Mutex
	ended    bool
	running  int // goroutines
	first    *task
	idle     chan struct{} // closed when the last task left; nil unless somebody waits
	branches []branch
	panics   []*unseen
	locals   map[any]any
}

// NewScope makes a scope with at most limit goroutines at once; [DefaultLimit] if that is 0. It
// does nothing until a context carries it: most code needs [WithScope] instead.
func NewScope(limit int) *Scope {
	if limit <= 0 {
		limit = DefaultLimit
	}
	return &Scope{limit: limit}
}

// WithScope opens a scope with at most limit goroutines at once ([DefaultLimit] if that is 0) and
// returns a context that carries it. The context ends with the scope. Whoever opens a scope calls
// End. A scope that is opened inside another one is waited for by its opener only.
func WithScope(ctx context.Context, limit int) (context.Context, *Scope) {
	s := NewScope(limit)
	s.outer, _ = ScopeFrom(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	return &scopeContext{s.branch(ctx), s}, s
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

// ScopeFrom is the scope that ctx carries.
func ScopeFrom(ctx context.Context) (*Scope, bool) {
	s, ok := ctx.Value(scopeKey{}).(*Scope)
	return s, ok && s != nil
}

// IsScopeKey tells whether a context is being asked for its scope. A context type that carries one
// answers it in its method Value with a *Scope; see [Slot].
func IsScopeKey(key any) bool {
	_, ok := key.(scopeKey)
	return ok
}

// Running is how many pieces of work the scope has under way or queued.
func (s *Scope) Running() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for t := s.first; t != nil; t = t.next {
		n++
	}
	return n
}

// End ends the scope: nothing can be started any more, the contexts of everything that was are
// cancelled, and End waits until all of it has returned. It waits no longer than bound; negative:
// as long as it takes; 0: not at all.
//
// The error, if there is one, joins a [*StragglersError], which tells where each piece of work that
// still runs was started (their futures are settled now, and what they return later has no
// effect), and the panics whose futures nobody awaited. A second End waits for what is left and
// reports that. Work of the scope must not call End: it would wait for itself.
func (s *Scope) End(bound time.Duration) error {
	s.mu.Lock()
	s.ended = true
	branches := s.branches
	s.branches, s.locals = nil, nil
	var idle chan struct{}
	if s.first != nil {
		if s.idle == nil {
			s.idle = make(chan struct{})
		}
		idle = s.idle
	}
	s.mu.Unlock()

	for _, b := range branches {
		b.cancel(errEnded)
	}
	var left error
	if idle != nil && !waitFor(idle, bound) {
		left = s.giveUp()
	}
	return joined(left, s.takePanics())
}

// waitFor tells whether c was closed in time.
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

// giveUp settles the futures of all that still runs, and reports it.
func (s *Scope) giveUp() error {
	s.mu.Lock()
	var owners []owner
	var places []place
	for t := s.first; t != nil; t = t.next {
		owners = append(owners, t.owner)
		places = append(places, t.place)
	}
	s.mu.Unlock()
	if len(owners) == 0 { // they came in just now
		return nil
	}
	for _, o := range owners {
		o.abandon(cancelled(errEnded))
	}
	return newStragglersError(places)
}

// enter registers t, which ctx was given to, and returns a context that ends with ctx and with the
// scope. If t is to have a goroutine and the limit is reached, inline is true.
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
	return s.branch(ctx), inline, nil
}

// leave is called once when t, that entered, is done.
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

// local is a value of the scope, made at first use; nil when the scope has ended.
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

// maxPanics bounds the panics that a scope remembers.
const maxPanics = 16

// unseen is a panic, and whether somebody took the result that it made.
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

// takePanics are those that nobody saw.
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
