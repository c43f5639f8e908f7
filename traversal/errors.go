package traversal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// StepError is an error of one step of a walk. Its text is, for example,
//
//	traverse "/wiki/Front": child "Front" of *wiki.Root: permission denied
type StepError struct {
	Path       string       // the whole path of the walk, escaped
	Capability string       // as in Step; empty if the walk stopped before the step
	Names      []string     // that were looked up: one, or several if the capability takes several
	Type       reflect.Type // of the resource that looked them up; nil if there is no root
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
		capability = "stopped before"
	}
	return fmt.Sprintf("traverse %q: %s %q of %v: %v", e.Path, capability, strings.Join(e.Names, "/"), e.Type, e.Err)
}

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }

// stepError returns the error of the step from parent, where the walk of r stands, to the next n
// names.
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

// doneError adds the cause of an ended context to its error, if there is another one.
func doneError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && cause != err {
		return fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

// NoLocationError means that the place of a resource in the tree is needed but not known.
type NoLocationError struct {
	Type reflect.Type
}

var _ error = (*NoLocationError)(nil)

// Error names the type and says what to do.
func (e *NoLocationError) Error() string {
	return fmt.Sprintf("unknown location of %v: pass the traversal.Node of the walk (or build one with NewNode and At), "+
		"implement traversal.Located, or register a traversal.Locate rule", e.Type)
}

// locationError is an error in the chain of parents from a resource up to its root.
func locationError(of any, err error) error {
	return fmt.Errorf("location of %T: %w", of, err)
}

// notFoundError matches [ErrNotFound] without repeating its text.
type notFoundError string

func (e notFoundError) Error() string { return string(e) }

func (e notFoundError) Unwrap() error { return ErrNotFound }

// badResource says why a value cannot be a resource: it is nil, a nil pointer, or a Node. The
// reason is empty for a good value.
func badResource(res Resource) (reason string) {
	switch v := res.(type) {
	case nil:
		return "is nil"
	case Node:
		return "is a traversal.Node, expected the resource itself"
	case Map: // known, so that it does not cost reflection
		if v != nil {
			return ""
		}
	}
	switch reflect.TypeOf(res).Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		if reflect.ValueOf(res).IsNil() {
			return fmt.Sprintf("is a nil %T", res)
		}
	}
	return ""
}

// checkRoot returns an error if a value cannot be a root.
func checkRoot(root Resource) error {
	if reason := badResource(root); reason != "" {
		return errors.New("root " + reason)
	}
	return nil
}

// checkChild returns an error if a value that a lookup returned cannot be a resource.
func checkChild(child Resource) error {
	reason := badResource(child)
	if reason == "" {
		return nil
	}
	if _, isNode := child.(Node); !isNode {
		reason += "; return ErrNotFound if there is no such child"
	}
	return errors.New("returned resource " + reason)
}
