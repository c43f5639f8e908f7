package acl

import (
	"fmt"

	"github.com/mastaba-go/mastaba/traversal"
)

// Error is an error of a resource in the middle of a decision, which then is neither "allowed" nor
// "denied". Its text is, for example,
//
//	acl of /wiki/Front (*wiki.Page): connection refused
type Error struct {
	At   traversal.Node // whose method or rule failed
	Kind string         // "acl" or "local roles"
	Err  error
}

var _ error = (*Error)(nil)

// Error names the resource and the cause.
func (e *Error) Error() string { return fmt.Sprintf("%s of %v: %v", e.Kind, e.At, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
