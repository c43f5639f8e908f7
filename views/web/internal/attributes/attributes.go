// Package attributes holds values that are computed on first use and at most once.
package attributes

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/views/web/internal/panics"
)

// Key is the key of a value. Its identity is the pointer; the name is for error texts.
type Key struct{ Name string }

// Set holds a value for each key, always of the one type that the key stands for. There are few, so
// a list is faster than a map. Values that are there are found without a lock. The zero value is
// empty. It is safe for concurrent use. Do not copy a Set after its first use.
type Set struct {
	mu    sync.Mutex // guards changes of the list
	first atomic.Pointer[block]
}

// block has the values of up to five keys, so that those of most requests take one allocation.
type block struct {
	nodes [5]node
	used  atomic.Int32
	next  atomic.Pointer[block]
}

// node is what a key has.
type node struct {
	key *Key
	at  atomic.Pointer[value] // at first &own; nil once it was forgotten
	own value
}

// value may be in several sets. value and err are written before ready is set, and only read after
// it. done exists once somebody waits: the set that computes the value makes it, with its lock.
type value struct {
	value any
	err   error
	ready atomic.Bool
	done  chan struct{}
}

// Get returns the value of key, computing it with load on first use. Concurrent callers wait for
// the first one, as long as ctx lets them. An error is kept like a value, unless it is one of ctx:
// then the next caller tries again. A panic of load is a *async.PanicError, except that a panic
// with http.ErrAbortHandler goes on. load may be nil; then it is an error if the value was not Put.
func (s *Set) Get(ctx context.Context, key *Key, load func() (any, error)) (any, error) {
	for {
		at, done, first := s.begin(key, load != nil)
		switch {
		case at == nil:
			return nil, fmt.Errorf("attribute %q was never set and has no load function", key.Name)
		case first:
			return s.compute(ctx, at, key, load)
		case !at.wait(ctx, done):
			return nil, fmt.Errorf("wait for attribute %q: %w", key.Name, context.Cause(ctx))
		}
		if at.err != nil && s.get(key) != at {
			continue // it was forgotten: try again
		}
		return at.value, at.err
	}
}

// compute calls load and wakes up the waiting callers, even if load does not return.
func (s *Set) compute(ctx context.Context, at *value, key *Key, load func() (any, error)) (v any, err error) {
	returned := false
	defer func() {
		aborts, raised := false, any(nil)
		if !returned {
			raised = recover()
			if aborts = panics.IsAbort(raised); aborts {
				err = raised.(error)
			} else if err = panics.Error(raised); err == nil {
				err = fmt.Errorf("attribute %q: load called runtime.Goexit", key.Name)
			}
		}
		at.value, at.err = v, err
		s.complete(key, at, err != nil && isContextError(err) && ctx.Err() != nil)
		if aborts {
			panic(raised)
		}
	}()
	v, err = load()
	returned = true
	return v, err
}

// complete lets everybody have a value. With forget, the set loses it again.
func (s *Set) complete(key *Key, at *value, forget bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if forget {
		if n := s.find(key); n != nil {
			n.at.CompareAndSwap(at, nil)
		}
	}
	at.ready.Store(true)
	if at.done != nil {
		close(at.done)
	}
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Put sets the value of key, in place of the present one or the one that would be computed.
func (s *Set) Put(key *Key, v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.find(key); n != nil {
		at := &value{value: v}
		at.ready.Store(true)
		n.at.Store(at)
		return
	}
	s.add(key, func(n *node) *value {
		n.own.value = v
		n.own.ready.Store(true)
		return &n.own
	})
}

// Peek returns the value of key with its error if they are there already, without waiting; else ok
// is false.
func (s *Set) Peek(key *Key) (v any, ok bool, err error) {
	at := s.get(key)
	if at == nil || !at.ready.Load() {
		return nil, false, nil
	}
	return at.value, true, at.err
}

// Adopt adds the values of other, except for keys that have one.
func (s *Set) Adopt(other *Set) {
	for _, e := range other.entries() {
		s.mu.Lock()
		switch n := s.find(e.key); {
		case n == nil:
			s.add(e.key, func(*node) *value { return e.at })
		case n.at.Load() == nil:
			n.at.Store(e.at)
		}
		s.mu.Unlock()
	}
}

// Forker is a value that a detached request gets a copy of. join makes the original take over what
// happened to the copy.
type Forker interface {
	Fork() (fork any, join func())
}

// Fork adds the values of other, and a copy of each that is a Forker. join makes the originals take
// over the copies.
func (s *Set) Fork(other *Set) (join func()) {
	s.Adopt(other)
	var joins []func()
	for _, e := range s.entries() {
		if !e.at.ready.Load() || e.at.err != nil {
			continue
		}
		if f, ok := e.at.value.(Forker); ok {
			fork, join := f.Fork()
			s.Put(e.key, fork)
			joins = append(joins, join)
		}
	}
	return func() {
		for _, join := range joins {
			join()
		}
	}
}

type entry struct {
	key *Key
	at  *value
}

// entries returns what the set has. Another set may wait for each of these values.
func (s *Set) entries() []entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []entry
	for b := s.first.Load(); b != nil; b = b.next.Load() {
		for i := range b.used.Load() {
			n := &b.nodes[i]
			at := n.at.Load()
			if at == nil {
				continue
			}
			if !at.ready.Load() && at.done == nil {
				at.done = make(chan struct{})
			}
			all = append(all, entry{n.key, at})
		}
	}
	return all
}

// begin returns what key has, nil if there is nothing. With add it begins a value that the caller
// has to compute, and then first is true. Otherwise done is closed when the value is ready.
func (s *Set) begin(key *Key, add bool) (at *value, done <-chan struct{}, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.find(key)
	if n != nil {
		at = n.at.Load()
	}
	switch {
	case at != nil && at.ready.Load():
		return at, nil, false
	case at != nil:
		if at.done == nil {
			at.done = make(chan struct{})
		}
		return at, at.done, false
	case !add:
		return nil, nil, false
	case n != nil: // it was forgotten; the last value may still be in use
		at = new(value)
		n.at.Store(at)
		return at, nil, true
	}
	return s.add(key, func(n *node) *value { return &n.own }), nil, true
}

// add appends a key with what is made in its node. The caller holds mu.
func (s *Set) add(key *Key, made func(*node) *value) *value {
	last, next := (*block)(nil), &s.first
	for b := next.Load(); b != nil; b = next.Load() {
		last, next = b, &b.next
	}
	if last == nil || int(last.used.Load()) == len(last.nodes) {
		last = new(block)
		next.Store(last)
	}
	n := &last.nodes[last.used.Load()]
	n.key = key
	at := made(n)
	n.at.Store(at)
	last.used.Add(1) // from here on others see it
	return at
}

// find returns the node of a key, nil without one.
func (s *Set) find(key *Key) *node {
	for b := s.first.Load(); b != nil; b = b.next.Load() {
		for i := range b.used.Load() {
			if n := &b.nodes[i]; n.key == key {
				return n
			}
		}
	}
	return nil
}

// get returns what key has, nil if there is nothing.
func (s *Set) get(key *Key) *value {
	if n := s.find(key); n != nil {
		return n.at.Load()
	}
	return nil
}

// wait waits for the value; false if ctx ends before.
func (at *value) wait(ctx context.Context, done <-chan struct{}) bool {
	if at.ready.Load() {
		return true
	}
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}
