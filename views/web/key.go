package web

import "github.com/mastaba-go/mastaba/views/web/internal/attributes"

// Key is a typed attribute of requests, computed on first use and at most once per request:
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
	key  attributes.Key
	load func(*Request) (T, error)
}

// NewKey returns a key. name is for messages. load computes the attribute; it may be nil for one
// that is only Set.
func NewKey[T any](name string, load func(*Request) (T, error)) *Key[T] {
	return &Key[T]{key: attributes.Key{Name: name}, load: load}
}

// String returns the name of the key.
func (k *Key[T]) String() string { return k.key.Name }

// Get returns the attribute of the request, computing it on first use. A panic of load is a
// *[PanicError].
func (k *Key[T]) Get(r *Request) (T, error) {
	x := r.more()
	v, ok, err := x.attributes.Peek(&k.key)
	if !ok { // seldom
		var load func() (any, error)
		if k.load != nil {
			load = func() (any, error) { return k.load(r) }
		}
		v, err = x.attributes.Get((*requestContext)(r), &k.key, load)
	}
	value, _ := v.(T)
	return value, err
}

// Set sets the attribute of the request, in place of the present value or the one that would be
// computed.
func (k *Key[T]) Set(r *Request, v T) { r.more().attributes.Put(&k.key, v) }

// Peek returns the attribute if it is there already, without computing it or waiting. It returns
// false if it is not, or if computing it failed.
func (k *Key[T]) Peek(r *Request) (value T, ok bool) {
	x := r.root().extras.Load()
	if x == nil {
		return value, false
	}
	v, ok, err := x.attributes.Peek(&k.key)
	value, _ = v.(T)
	return value, ok && err == nil
}
