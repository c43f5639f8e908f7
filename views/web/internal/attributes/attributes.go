// Package attributes holds values that are computed on first use and at most once.
package attributes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/mastaba-go/mastaba/views/web/internal/panics"
)

// Set holds a value for each key, always of the one type that the key stands for. Keys are compared
// by ==. There are few, so a list is faster than a map. The zero value is empty. It is safe for
// concurrent use.
type Set struct {
	mu   sync.Mutex // guards list
	list []entry
}

type entry struct {
	key any
	at  *value
}

// value is what a key has. done is closed once the other fields are set; it is nil after Put.
type value struct {
	done  chan struct{}
	value any
	err   error
}

// Get returns the value of key, computing it with load on first use. Concurrent callers wait for
// the first one, as long as ctx lets them. An error is kept like a value, unless it is one of ctx:
// then the next caller tries again. A panic of load is a *async.PanicError, except that a panic
// with http.ErrAbortHandler goes on. name is for error texts. load may be nil; then it is an error
// if the value was not Put.
func Get[T any](s *Set, ctx context.Context, key any, name string, load func() (T, error)) (T, error) {
	for {
		at, first := s.begin(key, load != nil)
		switch {
		case at == nil:
			var zero T
			return zero, fmt.Errorf("attribute %q was never set and has no load function", name)
		case first:
			return compute(s, ctx, at, name, load)
		case !at.wait(ctx):
			var zero T
			return zero, fmt.Errorf("wait for attribute %q: %w", name, context.Cause(ctx))
		}
		if at.err != nil && !s.holds(key, at) {
			continue // it was forgotten: try again
		}
		v, _ := at.value.(T)
		return v, at.err
	}
}

// compute calls load and wakes up the waiting callers, even if load does not return.
func compute[T any](s *Set, ctx context.Context, at *value, name string, load func() (T, error)) (v T, err error) {
	returned := false
	defer func() {
		raised := recover()
		aborts := panics.IsAbort(raised)
		switch {
		case aborts:
			err = raised.(error)
		case raised != nil:
			err = panics.Error(raised)
		case !returned:
			err = fmt.Errorf("attribute %q: load called runtime.Goexit", name)
		}
		at.value, at.err = v, err
		if isContextError(err) && ctx.Err() != nil {
			s.forget(at)
		}
		close(at.done)
		if aborts {
			panic(raised)
		}
	}()
	v, err = load()
	returned = true
	return v, err
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Put sets the value of key, in place of the present one or the one that would be computed.
func (s *Set) Put(key, v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := &value{value: v}
	for i := range s.list {
		if s.list[i].key == key {
			s.list[i].at = at
			return
		}
	}
	s.list = append(s.list, entry{key, at})
}

// Peek returns the value of key with its error if they are there already, without waiting; else ok
// is false.
func (s *Set) Peek(key any) (v any, ok bool, err error) {
	s.mu.Lock()
	at := s.find(key)
	s.mu.Unlock()
	if at == nil || !at.ready() {
		return nil, false, nil
	}
	return at.value, true, at.err
}

// Adopt adds the values of other, except for keys that have one.
func (s *Set) Adopt(other *Set) {
	other.mu.Lock()
	list := slices.Clone(other.list)
	other.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range list {
		if s.find(e.key) == nil {
			s.list = append(s.list, e)
		}
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
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, e := range s.list {
		if !e.at.ready() {
			continue
		}
		if f, ok := e.at.value.(Forker); ok && e.at.err == nil {
			fork, join := f.Fork()
			s.list[i].at = &value{value: fork}
			joins = append(joins, join)
		}
	}
	return func() {
		for _, join := range joins {
			join()
		}
	}
}

// begin returns what key has, nil if there is nothing. With add it begins a value that the caller
// has to compute, and then first is true.
func (s *Set) begin(key any, add bool) (at *value, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.find(key); at != nil || !add {
		return at, false
	}
	at = &value{done: make(chan struct{})}
	s.list = append(s.list, entry{key, at})
	return at, true
}

// find returns what key has, nil if there is nothing; the caller holds mu.
func (s *Set) find(key any) *value {
	for i := range s.list {
		if s.list[i].key == key {
			return s.list[i].at
		}
	}
	return nil
}

// holds reports whether at is still what key has.
func (s *Set) holds(key any, at *value) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(key) == at
}

// forget removes at.
func (s *Set) forget(at *value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(slices.Clone(s.list), func(e entry) bool { return e.at == at })
}

func (at *value) ready() bool {
	if at.done == nil {
		return true
	}
	select {
	case <-at.done:
		return true
	default:
		return false
	}
}

// wait waits for the value; false if ctx ends before.
func (at *value) wait(ctx context.Context) bool {
	if at.ready() {
		return true
	}
	select {
	case <-at.done:
		return true
	case <-ctx.Done():
		return false
	}
}
