// Package callbacks keeps functions that are called later, once or again.
package callbacks

import (
	"errors"
	"slices"
	"sync"

	"github.com/mastaba-go/mastaba/views/web/internal/panics"
)

// List is a list of callbacks. They run in the order in which they were added; a callback that is
// added while they run is called too. The zero value is empty. It is safe for concurrent use.
type List[F any] struct {
	mu     sync.Mutex // guards all below
	all    []F        // at first in room
	ran    int        // how many ran, or were skipped, since Rerun or the beginning
	failed map[int]bool
	room   [2]F
}

// Add appends a callback.
func (l *List[F]) Add(fn F) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = l.room[:0]
	}
	l.all = append(l.all, fn)
}

// IsEmpty reports whether no callback was added.
func (l *List[F]) IsEmpty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.all) == 0
}

// Run calls the callbacks that have not run yet, through call, until one fails. It then skips the
// rest, and returns the error.
func (l *List[F]) Run(call func(F) error) error {
	for {
		n, fn, ok := l.next()
		if !ok {
			return nil
		}
		if err := call(fn); err != nil {
			l.fail(n, true)
			return err
		}
	}
}

// Rerun calls all callbacks, except for those that have failed before. One that fails now does not
// stop the others; their errors are joined.
func (l *List[F]) Rerun(call func(F) error) error {
	l.mu.Lock()
	l.ran = 0
	l.mu.Unlock()
	var errs []error
	for {
		n, fn, ok := l.next()
		if !ok {
			return errors.Join(errs...)
		}
		if err := call(fn); err != nil {
			l.fail(n, false)
			errs = append(errs, err)
		}
	}
}

// Precede puts the callbacks of other before those of the list. None of them may have run.
func (l *List[F]) Precede(other *List[F]) {
	other.mu.Lock()
	before := slices.Clone(other.all)
	other.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(before, l.all...)
}

// next returns the next callback that has not failed, with its position; false after the last.
func (l *List[F]) next() (n int, fn F, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.ran < len(l.all) {
		n = l.ran
		l.ran++
		if !l.failed[n] {
			return n, l.all[n], true
		}
	}
	return 0, fn, false
}

// fail records that the callback at n failed; with skip, those after it do not run.
func (l *List[F]) fail(n int, skip bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		l.failed = make(map[int]bool, 1)
	}
	l.failed[n] = true
	if skip {
		l.ran = len(l.all)
	}
}

// Call calls a callback. A panic is an error, except that a panic with http.ErrAbortHandler goes
// on. If the callback ends its goroutine (runtime.Goexit), exited is called, which may be nil.
func Call(fn func() error, exited func()) (err error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if err = panics.Error(recover()); err == nil && exited != nil {
			exited()
		}
	}()
	err = fn()
	returned = true
	return err
}
