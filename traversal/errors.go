package traversal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// StepError says which step of a walk failed, and why. Its text is such as
//
//	traverse "/wiki/Front": child "Front" of *wiki.Root: permission denied
//
// Unwrap gives the cause.
type StepError struct {
	Path       string       // the whole path of the walk, escaped
	Capability string       // as in Step; empty if the walk was cancelled before the step
	Names      []string     // that were asked for: one, or several if the capability takes several
	Type       reflect.Type // of the resource that was asked; nil if there is no root
	Err        error
}

var _ error = (*StepError)(nil)

// Error names the path, the step and the cause.
func (e *StepError) Error() string {
	if e.Type == nil {
		return fmt.Sprintf("traverse %q: %v", e.Path, e.Err)
	}
	capability := e.Capability
	if capability == "" {
		capability = "before"
	}
	return fmt.Sprintf("traverse %q: %s %q of %v: %v", e.Path, capability, strings.Join(e.Names, "/"), e.Type, e.Err)
}

// Unwrap is the cause.
func (e *StepError) Unwrap() error { return e.Err }

// stepError is for the step from parent, where the walk of r stands, to the next n names.
func stepError(r *Result, capability string, n int, parent Resource, err error) error {
	names := r.allNames()
	return &StepError{
		Path:       Join(names),
		Capability: capability,
		Names:      append([]string(nil), names[r.depth:int(r.depth)+n]...),
		Type:       reflect.TypeOf(parent),
		Err:        err,
	}
}

// doneError is err, which ctx.Err returned, with its cause if there is another.
func doneError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && cause != err {
		return fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

// NotFoundError says that [Find] found nothing at a path. It is ErrNotFound to errors.Is.
type NotFoundError struct {
	Path string       // the whole path, escaped
	Name string       // the first name that is not a resource
	Type reflect.Type // of the last resource
}

var _ error = (*NotFoundError)(nil)

// Error names the path, and the resource that lacks the child.
func (e *NotFoundError) Error() string {
	return fmt.Sprintf("find %q: %v has no child %q", e.Path, e.Type, e.Name)
}

// Unwrap is ErrNotFound.
func (e *NotFoundError) Unwrap() error { return ErrNotFound }

// NoLocationError says that a resource was given where its place is needed, and that nothing tells
// the place.
type NoLocationError struct {
	Type reflect.Type
}

var _ error = (*NoLocationError)(nil)

// Error names the type, and says what to do about it.
func (e *NoLocationError) Error() string {
	return fmt.Sprintf("nothing tells where a %v lies in the tree: pass the traversal.Node of the walk (or NewNode and At), "+
		"implement traversal.Located, or register traversal.Locate for it", e.Type)
}

// LocationError says that the chain of parents from a resource up to its root is broken.
type LocationError struct {
	Type reflect.Type // of the resource that could not tell its place
	Err  error
}

var _ error = (*LocationError)(nil)

// Error names the type and the cause.
func (e *LocationError) Error() string { return fmt.Sprintf("location of %v: %v", e.Type, e.Err) }

// Unwrap is the cause.
func (e *LocationError) Unwrap() error { return e.Err }

// ErrNoListing says that a resource cannot tell its children.
var ErrNoListing = errors.New("neither a traversal.Lister nor a traversal.Listing rule")

var (
	errNoRoot  = errors.New("the root is nil")
	errNothing = errors.New("returned neither a resource nor an error: return ErrNotFound if there is none")
)
