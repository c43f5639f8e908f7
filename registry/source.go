package registry

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Source is a line of code, usually where something was registered. The zero Source is unknown.
type Source struct {
	File string // as the compiler names it
	Line int
}

var _ fmt.Stringer = Source{}

// Caller returns the source of a caller: 0 is the line that calls Caller, 1 the line that called
// the function with that line, and so on. It is the zero Source if the stack is not that deep. A
// Recorder that forwards to a Config uses Caller(2) in its Directive method, for the line that
// called the directive.
func Caller(skip int) Source {
	var pcs [1]uintptr
	if runtime.Callers(skip+2, pcs[:]) == 0 {
		return Source{}
	}
	frame, _ := runtime.CallersFrames(pcs[:]).Next()
	return Source{File: frame.File, Line: frame.Line}
}

// IsZero reports whether the source is unknown.
func (s Source) IsZero() bool { return s.File == "" && s.Line == 0 }

// String returns file and line: "wiki/views.go:41". The path is relative to the working directory
// for files below it, and otherwise as the compiler names it.
func (s Source) String() string {
	if s.IsZero() {
		return "(unknown source)"
	}
	file := s.File
	if filepath.IsAbs(file) {
		if dir, err := os.Getwd(); err == nil {
			rel, err := filepath.Rel(dir, file)
			if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
				file = filepath.ToSlash(rel)
			}
		}
	}
	if s.Line == 0 {
		return file
	}
	return file + ":" + strconv.Itoa(s.Line)
}

// folder returns the folder of the file, which is that of a package.
func (s Source) folder() string { return path.Dir(filepath.ToSlash(s.File)) }

// compare orders sources by file, then line.
func (s Source) compare(other Source) int {
	if c := strings.Compare(s.File, other.File); c != 0 {
		return c
	}
	return s.Line - other.Line
}
