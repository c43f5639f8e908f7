package web

import (
	"context"
	"errors"
	"fmt"
)

// Key is a typed attribute of requests, computed on first use and at most once a request:
// concurrent callers wait for the first one. Declare it as a package variable; its identity is the
// pointer.
//
//	var Cart = web.NewKey("cart", loadCart)
//
//	cart, err := Cart.Get(r)
//
// Copies of a request share its attributes. An error is kept like a value, except for an error of
// the context: then the next caller tries again. A load that gets its own key waits until the
// request is cancelled.
type Key[T any] struct {
	name string
	load func(*Request) (T, error)
}

// NewKey returns a key. name is for messages. load computes the attribute; it may be nil for one
// that is only Set.
func NewKey[T any](name string, load func(*Request) (T, error)) *Key[T] {
	return &Key[T]{name: name, load: load}
}

// attribute is a key with its value in a request. done is closed when value and err are there.
type attribute struct {
	key any
	at  *attributeValue
}

type attributeValue struct {
	done  chan struct{} // nil after Set
	value any
	err   error
}

// String returns the name of the key.
func (k *Key[T]) String() string { return k.name }

// Get returns the attribute of the request, computing it on first use. A panic of load is a
// *[PanicError].
func (k *Key[T]) Get(r *Request) (T, error) {
	x := r.more()
	for {
		x.mu.Lock()
		at := x.attribute(k)
		if at == nil {
			if k.load == nil {
				x.mu.Unlock()
				var zero T
				return zero, fmt.Errorf("attribute %q was never set and has no load function", k.name)
			}
			at = &attributeValue{done: make(chan struct{})}
			x.attributes = append(x.attributes, attribute{k, at})
			x.mu.Unlock()
			return k.compute(r, x, at)
		}
		x.mu.Unlock()
		if at.done != nil {
			select {
			case <-at.done:
			default:
				select {
				case <-at.done:
				case <-r.Context().Done():
					var zero T
					return zero, fmt.Errorf("wait for attribute %q: %w", k.name, context.Cause(r.Context()))
				}
			}
		}
		if at.err != nil && !x.holds(k, at) {
			continue // it was forgotten: try again
		}
		value, _ := at.value.(T)
		return value, at.err
	}
}

// compute calls load and wakes up the waiting callers, even if load does not return.
func (k *Key[T]) compute(r *Request, x *extras, at *attributeValue) (value T, err error) {
	returned := false
	defer func() {
		raised := recover()
		abort, aborts := raised.(error)
		aborts = aborts && isAbort(abort)
		switch {
		case aborts:
			err = abort
		case raised != nil:
			err = recovered(raised)
		case !returned:
			err = fmt.Errorf("attribute %q: load called runtime.Goexit", k.name)
		}
		at.value, at.err = value, err
		if isContextError(err) && r.Context().Err() != nil {
			x.forget(k, at)
		}
		close(at.done)
		if aborts {
			panic(raised) // meant for the server
		}
	}()
	value, err = k.load(r)
	returned = true
	return value, err
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// Set sets the attribute of the request, in place of the present value or the one that would be
// computed.
func (k *Key[T]) Set(r *Request, v T) {
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	at := &attributeValue{value: v}
	for i := range x.attributes {
		if x.attributes[i].key == any(k) {
			x.attributes[i].at = at
			return
		}
	}
	x.attributes = append(x.attributes, attribute{k, at})
}

// Peek returns the attribute if it is there already, without computing it or waiting.
func (k *Key[T]) Peek(r *Request) (T, bool) {
	var zero T
	x := r.root().extras.Load()
	if x == nil {
		return zero, false
	}
	x.mu.Lock()
	at := x.attribute(k)
	x.mu.Unlock()
	if at == nil {
		return zero, false
	}
	if at.done != nil {
		select {
		case <-at.done:
		default:
			return zero, false
		}
	}
	value, _ := at.value.(T)
	return value, at.err == nil
}

// attribute finds the value of key, nil without one; the caller holds mu. Requests have few
// attributes, for which a list is faster than a map.
func (x *extras) attribute(key any) *attributeValue {
	for i := range x.attributes {
		if x.attributes[i].key == key {
			return x.attributes[i].at
		}
	}
	return nil
}

// holds reports whether at is still the value of key.
func (x *extras) holds(key any, at *attributeValue) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.attribute(key) == at
}

// forget removes key if at is still its value.
func (x *extras) forget(key any, at *attributeValue) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range x.attributes {
		if x.attributes[i].key == key && x.attributes[i].at == at {
			x.attributes = append(x.attributes[:i:i], x.attributes[i+1:]...)
			return
		}
	}
}
