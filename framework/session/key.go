package session

import "github.com/mastaba-go/mastaba/views/web"

// Key is the name of a value in the session, with its type. Declare it as a package variable:
//
//	var Cart = session.NewKey[[]Item]("shop.cart")
//
//	items, ok, err := Cart.Get(r)
//
// Keys with the same name are the same value. Begin the name with that of your package, so that
// packages do not collide. A Key is immutable; the zero Key has no name, so its Set fails.
type Key[T any] struct{ name string }

// NewKey returns the key of a value. The type must be one that JSON keeps: exported fields, no
// channels or functions. Names that begin with "_" belong to the framework.
func NewKey[T any](name string) Key[T] { return Key[T]{name} }

// String returns the name.
func (k Key[T]) String() string { return k.name }

// Get returns the value in the session of the request; false if there is none. It is a copy: a
// change of a slice, a map or a pointer in it is lost unless Set is called.
//
// A session that cannot be loaded is an error with status 503. A value that is not a T is an error
// too, for example one that an older version of the application has set.
func (k Key[T]) Get(r *web.Request) (value T, ok bool, err error) {
	s, err := r.Session()
	if err != nil {
		return value, false, err
	}
	ok, err = s.Get(k.name, &value)
	if err != nil {
		var zero T
		return zero, false, err
	}
	return value, ok, nil
}

// Set sets the value in the session of the request. It is an error if the value cannot be encoded
// as JSON, if it does not fit into the cookie ([TooLargeError]), or if the session was saved
// already ([ErrSaved]).
func (k Key[T]) Set(r *web.Request, value T) error {
	s, err := r.Session()
	if err != nil {
		return err
	}
	return s.Set(k.name, value)
}

// Delete removes the value from the session of the request, if it is there. After the session was
// saved it only logs a warning.
func (k Key[T]) Delete(r *web.Request) error {
	s, err := r.Session()
	if err != nil {
		return err
	}
	s.Delete(k.name)
	return nil
}
