package registry

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// Errors is the error of a build: everything that it found wrong, sorted by source. It consists of
// *Conflict, *Mistake and *ExecutionError values; errors.As finds them, and what they wrap.
type Errors struct {
	errs     []error
	warnings []Warning
}

// newErrors returns errs as an *Errors, or nil if there are none.
func newErrors(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	errs = slices.Clone(errs)
	slices.SortStableFunc(errs, func(a, b error) int { return sourceOf(a).compare(sourceOf(b)) })
	return &Errors{errs: errs}
}

// Error returns the texts of all parts. If there are several, it starts with their number.
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

// Warnings returns the warnings that the build recorded before it failed, sorted by source. They
// are not part of the text of Error. There may be more once the errors are fixed.
func (e *Errors) Warnings() []Warning { return slices.Clone(e.warnings) }

// Conflict is the error of several declarations of the same thing of which none overrides all
// others.
type Conflict struct {
	Subject string
	Sources []Source // the first is the one that the others conflict with
	Remedy  string   // what to do
}

// Error returns the subject, the sources and the remedy, on a line each.
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

// Mistake is the error of a directive: an invalid argument, or a call at the wrong time.
type Mistake struct {
	Source Source
	Err    error
}

// Error returns "file:line: what is wrong".
func (e *Mistake) Error() string { return withSource(e.Source, e.Err.Error()) }

// Unwrap returns what is wrong.
func (e *Mistake) Unwrap() error { return e.Err }

// ExecutionError is the error of a declaration that failed or panicked when it ran.
type ExecutionError struct {
	Subject string
	Source  Source
	Err     error // a *PanicError if it panicked
}

// Error returns "file:line: subject: what went wrong".
func (e *ExecutionError) Error() string {
	return withSource(e.Source, e.Subject+": "+e.Err.Error())
}

// Unwrap returns what went wrong.
func (e *ExecutionError) Unwrap() error { return e.Err }

// PanicError is a panic during configuration: of a declaration, an included function or a function
// of OnFreeze. An ExecutionError or Mistake wraps it.
type PanicError struct {
	Value  any
	Source Source // the line that panicked
	Stack  []byte
}

// Error returns the value and the line that panicked, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v (at %s)", e.Value, e.Source) }

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// guard calls fn and returns a panic of it as a *PanicError.
func guard(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Source: panicked(), Stack: debug.Stack()}
		}
	}()
	return notNil(fn())
}

// notNil returns err. If err is a nil pointer in an interface, whose methods may panic, it returns
// another error, which says so.
func notNil(err error) error {
	if isNilPointer(err) {
		return fmt.Errorf("the error is a nil %T: return nil itself if nothing is wrong", err)
	}
	return err
}

func isNilPointer(err error) bool {
	v := reflect.ValueOf(err)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// panicked returns the line that panicked. The deferred function that recovers calls it: the line
// is in the first frame below those of the runtime.
func panicked() Source {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return Source{File: frame.File, Line: frame.Line}
		}
		if !more {
			return Source{}
		}
	}
}

// withSource puts the source before the text, if it is known.
func withSource(at Source, text string) string {
	if at.IsZero() {
		return text
	}
	return at.String() + ": " + text
}

// sourceOf returns the source that errors are sorted by.
func sourceOf(err error) Source {
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

// parts returns the errors that are joined in err. Those of this package stay as they are, since
// they have a source; the others are wrapped.
func parts(err error, wrap func(error) error) []error {
	err = notNil(err)
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
		unreadable := false
		for _, part := range err.Unwrap() {
			all = append(all, parts(part, wrap)...)
			if part == nil || isNilPointer(part) {
				unreadable = true // its text, and so that of err, may panic
			} else {
				texts = append(texts, part.Error())
			}
		}
		if unreadable || err.(error).Error() == strings.Join(texts, "\n") { // else it says more than its parts
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
