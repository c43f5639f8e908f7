package registry

import (
	"path"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// FuncName returns what to call fn in messages and listings:
//
//   - a function or method by its package and name: "wiki.Show", "wiki.(*Page).Show"
//   - a closure by where its code is: "func at wiki/views.go:41", with the last folder of the path only
//   - a value that is not a function by its type; nil, or a nil function, is "nil"
//
// The name is for people. Two functions may share it (method values of two receivers do, and the compiler may share the
// code of equal closures), so never compare by it: see [PackageFunc].
func FuncName(fn any) string {
	f, ok := funcOf(fn)
	if !ok {
		if v := reflect.ValueOf(fn); v.IsValid() && v.Kind() != reflect.Func {
			return v.Type().String()
		}
		return "nil"
	}
	name := f.Name()
	if isClosure(name) {
		file, line := f.FileLine(f.Entry())
		return "func at " + path.Join(path.Base(path.Dir(file)), path.Base(file)) + ":" + strconv.Itoa(line)
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	return strings.TrimSuffix(strings.ReplaceAll(name, "[...]", ""), "-fm")
}

// FuncSource returns where the code of fn is, or the zero Source if that is unknown: for values that are not functions,
// and for code that the compiler made (method values, promoted methods).
func FuncSource(fn any) Source {
	f, ok := funcOf(fn)
	if !ok {
		return Source{}
	}
	file, line := f.FileLine(f.Entry())
	if file == "" || strings.HasPrefix(file, "<") {
		return Source{}
	}
	return Source{File: file, Line: line, Func: f.Name()}
}

// PackageFunc reports whether fn is a function declared at package level, and returns its full name, such as
// "example.com/app/wiki.Include". Only such a function can be told from every other by its name: closures, method
// values, method expressions and instances of generic functions cannot.
func PackageFunc(fn any) (name string, ok bool) {
	f, ok := funcOf(fn)
	if !ok {
		return "", false
	}
	return f.Name(), !strings.ContainsAny(local(f.Name()), ".-[")
}

func funcOf(fn any) (*runtime.Func, bool) {
	v := reflect.ValueOf(fn)
	if v.Kind() != reflect.Func || v.IsNil() {
		return nil, false
	}
	f := runtime.FuncForPC(v.Pointer())
	return f, f != nil
}

// local returns a function's full name without its package. The compiler writes dots in the last element of a package's
// path as %2e, so that the first dot behind the last slash ends the path. A slash may also stand in type arguments, which
// the names of functions leave out.
func local(name string) string {
	_, name, _ = strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ".")
	return name
}

// isClosure reports whether the name is one that the compiler made up. It numbers closures within the function around
// them, as in "Include.func1", "Include.func1.2", "(*Site).Include.func3" or "Include-range1", and calls those of package
// variables "init.func1". Where a function was inlined, its closures are numbered in the function that calls it.
func isClosure(name string) bool {
	name = local(name)
	if strings.Contains(name, "-range") {
		return true
	}
	at := strings.LastIndexByte(name, '.')
	if at < 0 || strings.HasSuffix(name[:at], ")") && !strings.Contains(name[:at], ".") {
		return false // a function, or a method with a pointer receiver
	}
	last := name[at+1:]
	for _, prefix := range []string{"func", "gowrap", "deferwrap", ""} {
		if digits, ok := strings.CutPrefix(last, prefix); ok && digits != "" && strings.Trim(digits, "0123456789") == "" {
			return true
		}
	}
	return false
}
