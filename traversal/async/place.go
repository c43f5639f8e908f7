package async

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// place is where work was started: the caller, and some frames above it if that is in this
// package.
type place [3]uintptr

// here is the folder of this package, as the compiler names it.
var here = func() string {
	_, file, _, _ := runtime.Caller(0)
	return path.Dir(file)
}()

// frame is the first one outside of this package. The name of a function does not tell that: what
// was inlined into another package is called after it.
func (p place) frame() runtime.Frame {
	n := len(p)
	for n > 0 && p[n-1] == 0 {
		n--
	}
	frames := runtime.CallersFrames(p[:n])
	for {
		f, more := frames.Next()
		ours := path.Dir(f.File) == here && !strings.HasSuffix(f.File, "_test.go")
		if !ours || !more {
			return f
		}
	}
}

// Straggler is where work was started that has not returned, and how much of it.
type Straggler struct {
	File  string
	Line  int
	Func  string
	Count int
}

// String is such as "views/page.go:41 (wiki.show)".
func (s Straggler) String() string {
	dir, file := path.Split(s.File)
	return fmt.Sprintf("%s:%d (%s)", path.Join(path.Base(dir), file), s.Line, path.Base(s.Func))
}

// stragglersAt counts the work that was started at each place, in order of first appearance.
func stragglersAt(places []place) []Straggler {
	var all []Straggler
	index := map[place]int{}
	for _, p := range places {
		if i, ok := index[p]; ok {
			all[i].Count++
			continue
		}
		index[p] = len(all)
		f := p.frame()
		all = append(all, Straggler{File: f.File, Line: f.Line, Func: f.Function, Count: 1})
	}
	return all
}
