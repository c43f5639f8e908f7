package registry

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// Errors is what Build returns: everything that was found wrong, sorted by source. Its parts are *Conflict, *Mistake and
// *ExecutionError, and errors.As finds them and whatever they wrap.
type Errors struct {
	errs []error
}

// newErrors sorts errs, and returns nil if there are none.
func newErrors(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	errs = slices.Clone(errs)
	slices.SortStableFunc(errs, func(a, b error) int { return placeOf(a).compare(placeOf(b)) })
	return &Errors{errs: errs}
}

// Error is the text of each part, under a line that counts them if there are several.
func (e *Errors) Error() string {
	if len(e.errs) == 1 {
		return e.errs[0].Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d errors in the configuration:", len(e.errs))
	for _, err := range e.errs {
		b.WriteByte('\n')
		b.WriteString(err.Error())
	}
	return b.String()
}

// Unwrap returns the parts, sorted by source.
func (e *Errors) Unwrap() []error { return e.errs }

// Conflict says that several actions claim the same thing, and that none of them is nearer to the application than all others.
type Conflict struct {
	Subject       string
	Sources       []Source // the one that the others were held against comes first
	Remedy        string
	Discriminator Ref
}

// Error names the subject, each source on a line of its own, and the remedy.
func (e *Conflict) Error() string {
	times := "twice"
	if len(e.Sources) != 2 {
		times = strconv.Itoa(len(e.Sources)) + " times"
	}
	var b strings.Builder
	b.WriteString(e.Subject + " registered " + times + ":")
	for i := 0; i < len(e.Sources); {
		same := 1
		for i+same < len(e.Sources) && e.Sources[i+same] == e.Sources[i] {
			same++
		}
		b.WriteString("\n    " + e.Sources[i].String())
		if same > 1 {
			fmt.Fprintf(&b, " (%d times)", same)
		}
		i += same
	}
	if e.Remedy != "" {
		b.WriteString("\n    " + e.Remedy)
	}
	return b.String()
}

// Mistake is a directive that was refused: by its package, or because it came where it cannot be carried out.
type Mistake struct {
	Source Source
	Err    error
}

// Error is "file:line: what is wrong".
func (e *Mistake) Error() string { return placed(e.Source, e.Err.Error()) }

// Unwrap returns what is wrong.
func (e *Mistake) Unwrap() error { return e.Err }

// ExecutionError is an action that failed, or panicked, while it ran.
type ExecutionError struct {
	Subject string
	Source  Source
	Err     error // a *PanicError if it panicked
}

// Error is "file:line: subject: what went wrong".
func (e *ExecutionError) Error() string {
	return placed(e.Source, e.Subject+": "+e.Err.Error())
}

// Unwrap returns what went wrong.
func (e *ExecutionError) Unwrap() error { return e.Err }

// PanicError is a panic in an action, in an include or while the registry was finished. It is the Err of an ExecutionError, or
// is found in a Mistake.
type PanicError struct {
	Value  any
	Source Source // the line that panicked
	Stack  []byte
}

// Error names the value and the line that panicked; the stack is not part of it.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v (at %s)", e.Value, e.Source) }

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// guard calls fn, and returns its panic as an error.
func guard(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Source: panicked(), Stack: debug.Stack()}
		}
	}()
	return fn()
}

// panicked finds the line that panicked, from within the deferred function that recovered: below the frames of the
// runtime that lie over it.
func panicked() Source {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return Source{File: frame.File, Line: frame.Line, Func: frame.Function}
		}
		if !more {
			return Source{}
		}
	}
}

// placed puts the place before the text, if it is known.
func placed(at Source, text string) string {
	if at.IsZero() {
		return text
	}
	return at.String() + ": " + text
}

// placeOf returns the place by which a part is sorted.
func placeOf(err error) Source {
	switch err := err.(type) {
	case *Conflict:
		if len(err.Sources) > 0 {
			return err.Sources[0]
		}
	case *Mistake:
		return err.Source
	case *ExecutionError:
		return err.Source
	}
	return Source{}
}

// parts takes apart what a function returned: joined errors are several, and those which already know their place stay as
// they are. The others become what wrap makes of them.
func parts(err error, wrap func(error) error) []error {
	switch err := err.(type) {
	case nil:
		return nil
	case *Conflict, *Mistake, *ExecutionError:
		return []error{err}
	case *Errors:
		return err.errs
	case interface{ Unwrap() []error }:
		var all []error
		var texts []string
		for _, part := range err.Unwrap() {
			all = append(all, parts(part, wrap)...)
			texts = append(texts, part.Error())
		}
		if err.(error).Error() == strings.Join(texts, "\n") { // otherwise it says more than its parts
			return all
		}
	}
	return []error{wrap(err)}
}

var (
	_ error = (*Errors)(nil)
	_ error = (*Conflict)(nil)
	_ error = (*Mistake)(nil)
	_ error = (*ExecutionError)(nil)
	_ error = (*PanicError)(nil)
)
