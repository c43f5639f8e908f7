package async

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// StragglersError means that a scope ended, or the time to close an executor ran out, while some of
// its work was still running.
type StragglersError struct {
	Stragglers []Straggler
}

var _ error = (*StragglersError)(nil)

// maxListed bounds the stragglers in the text of a StragglersError.
const maxListed = 8

// Error lists where the work was started.
func (e *StragglersError) Error() string {
	var b strings.Builder
	b.WriteString("still running: ")
	for i, s := range e.Stragglers {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == maxListed {
			fmt.Fprintf(&b, "and more from %d other lines", len(e.Stragglers)-i)
			break
		}
		fmt.Fprintf(&b, "%d started at %v", s.Count, s)
	}
	b.WriteString("; work must return when its context is cancelled")
	return b.String()
}

// Count returns the number of stragglers, those from the same line counted one by one.
func (e *StragglersError) Count() int {
	n := 0
	for _, s := range e.Stragglers {
		n += s.Count
	}
	return n
}

// Straggler is work that outlived its scope: the line that started it, and how often.
type Straggler struct {
	File  string
	Line  int
	Func  string
	Count int
}

// String returns a text such as "views/page.go:41 (wiki.show)".
func (s Straggler) String() string {
	dir, file := path.Split(s.File)
	return fmt.Sprintf("%s:%d (%s)", path.Join(path.Base(dir), file), s.Line, path.Base(s.Func))
}

// callers are the innermost frames of the stack that started work. The first may be in this
// package.
type callers [3]uintptr

// packageDir is the directory of this package, as the compiler names it.
var packageDir = func() string {
	_, file, _, _ := runtime.Caller(0)
	return path.Dir(file)
}()

// frame returns the first frame outside of this package. It compares files, not function names: an
// inlined function carries the name of the package that it was inlined into.
func (c callers) frame() runtime.Frame {
	n := len(c)
	for n > 0 && c[n-1] == 0 {
		n--
	}
	frames := runtime.CallersFrames(c[:n])
	for {
		f, more := frames.Next()
		ours := path.Dir(f.File) == packageDir && !strings.HasSuffix(f.File, "_test.go")
		if !ours || !more {
			return f
		}
	}
}

// newStragglersError counts the work by the line that started it, in order of first appearance.
func newStragglersError(started []callers) *StragglersError {
	e := &StragglersError{}
	index := map[callers]int{}
	for _, c := range started {
		if i, ok := index[c]; ok {
			e.Stragglers[i].Count++
			continue
		}
		index[c] = len(e.Stragglers)
		f := c.frame()
		e.Stragglers = append(e.Stragglers, Straggler{File: f.File, Line: f.Line, Func: f.Function, Count: 1})
	}
	return e
}
