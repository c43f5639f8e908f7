package sqltree

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

// ErrConflict means that a node has changed since it was loaded, so that the change was not made.
// The error is a *ConflictError.
var ErrConflict = errors.New("the node has changed")

// ErrExists means that the parent already has a child of this name. The error is an *ExistsError.
var ErrExists = errors.New("the name is taken")

// ConflictError means that a change was refused because the node is no longer what was loaded.
type ConflictError struct {
	ID      uuid.UUID
	Name    string
	Loaded  int64 // version of the resource that was to be changed
	Current int64 // version in the database; 0 if the node was deleted
}

// Error names the node and both versions.
func (e *ConflictError) Error() string {
	if e.Current == 0 {
		return fmt.Sprintf("%q (%s) was deleted", e.Name, e.ID)
	}
	return fmt.Sprintf("%q (%s) has changed: version %d was loaded, the current one is %d", e.Name, e.ID, e.Loaded, e.Current)
}

// Is reports whether target is ErrConflict.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

// Status returns 409.
func (e *ConflictError) Status() int { return http.StatusConflict }

// ExistsError means that a parent already has a child of this name.
type ExistsError struct {
	Parent uuid.UUID
	Name   string
}

// Error names the child and its parent.
func (e *ExistsError) Error() string {
	return fmt.Sprintf("%s already has a child %q", e.Parent, e.Name)
}

// Is reports whether target is ErrExists.
func (e *ExistsError) Is(target error) bool { return target == ErrExists }

// Status returns 409.
func (e *ExistsError) Status() int { return http.StatusConflict }

// CycleError means that a node was to be moved or copied into itself or below itself.
type CycleError struct {
	ID   uuid.UUID
	Name string
}

// Error names the node.
func (e *CycleError) Error() string {
	return fmt.Sprintf("%q (%s) cannot be moved into itself or below itself", e.Name, e.ID)
}

// Status returns 409.
func (e *CycleError) Status() int { return http.StatusConflict }

// NotEmptyError means that a node was to be deleted only if it has no children, and it has some.
type NotEmptyError struct {
	ID   uuid.UUID
	Name string
}

// Error names the node.
func (e *NotEmptyError) Error() string { return fmt.Sprintf("%q (%s) has children", e.Name, e.ID) }

// Status returns 409.
func (e *NotEmptyError) Status() int { return http.StatusConflict }

// LimitError means that a node would exceed a limit of the tree: its depth, or the size of a name,
// of its data or of its access list.
type LimitError struct {
	What string // such as "depth" or "size of the data"
	Got  int
	Max  int // see Options
}

// Error says which limit, and by how much.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%s is %d, and the tree allows at most %d", e.What, e.Got, e.Max)
}

// Status returns 422 (RFC 9110, 15.5.21).
func (e *LimitError) Status() int { return http.StatusUnprocessableEntity }

// NameError means that a name cannot be that of a node: no URL leads to it.
type NameError struct {
	Name string
	Err  error // of traversal.CheckName
}

// Error quotes the name and says why.
func (e *NameError) Error() string { return fmt.Sprintf("name %q: %v", e.Name, e.Err) }

// Unwrap returns the reason.
func (e *NameError) Unwrap() error { return e.Err }

// Status returns 422.
func (e *NameError) Status() int { return http.StatusUnprocessableEntity }
