package async

import (
	"errors"
	"fmt"
	"time"
)

// ErrSaturated says that an executor had no place for more work: errors.Is finds it. The error
// itself is a [*SaturatedError].
var ErrSaturated error = &SaturatedError{Name: "executor"}

// ErrClosed says that an executor or a batcher was closed and takes nothing more.
var ErrClosed = errors.New("closed, takes no more work")

// SaturatedError says that all workers of an executor were busy and its queue was full. It answers
// a request with 503 and Retry-After.
type SaturatedError struct {
	Name           string
	Workers, Queue int
	After          time.Duration
}

var _ interface {
	error
	Status() int
	RetryAfter() time.Duration
} = (*SaturatedError)(nil)

func (e *SaturatedError) Error() string {
	return fmt.Sprintf("%s is saturated: %d at work, %d waiting", e.Name, e.Workers, e.Queue)
}

// Is makes all of them ErrSaturated.
func (e *SaturatedError) Is(target error) bool { return target == ErrSaturated }

// Status is 503.
func (e *SaturatedError) Status() int { return 503 }

// RetryAfter is when a client may try again: the Retry-After of a response.
func (e *SaturatedError) RetryAfter() time.Duration { return max(e.After, time.Second) }
