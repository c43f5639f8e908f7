package registry

import (
	"path"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// FuncName returns a name of fn for errors and listings:
//
//   - of a function or method, its package and name: "wiki.Show", "wiki.(*Page).Show"
//   - of a closure, where its code is, with the last folder of the path: "func at wiki/views.go:41"
//   - of a nil function and of nil, "nil"; of another value, its type
//
// Do not compare functions by this name: several can have the same one, such as method values of
// two receivers, and closures whose code the compiler shares. See [PackageFunc].
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

// FuncSource returns where the code of fn is. It is the zero Source for values that are not
// functions, and for code that the compiler generates: method values and promoted methods.
func FuncSource(fn any) Source {
	f, ok := funcOf(fn)
	if !ok {
		return Source{}
	}
	file, line := f.FileLine(f.Entry())
	if file == "" || strings.HasPrefix(file, "<") {
		return Source{}
	}
	return Source{File: file, Line: line}
}

// PackageFunc reports whether fn is a function declared at package level, and returns its full
// name, such as "example.com/app/wiki.Include". Only such a name identifies a function: those of
// closures, method values, method expressions, instances of generic functions and functions that
// reflection makes do not.
func PackageFunc(fn any) (name string, ok bool) {
	f, ok := funcOf(fn)
	if !ok {
		return "", false
	}
	switch f.Name() {
	case "reflect.makeFuncStub", "reflect.methodValueCall": // what package reflect makes
		return f.Name(), false
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

// local returns the full name of a function without the package. The compiler writes dots in the
// last element of a package path as %2e, so the first dot after the last slash ends the path. (The
// names of generic functions leave out the type arguments, which could have slashes too.)
func local(name string) string {
	_, name, _ = strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ".")
	return name
}

// isClosure reports whether a name is one that the compiler made up for a closure. It numbers the
// closures in a function: "Include.func1", "Include.func1.2", "(*Site).Include.func3",
// "Include-range1"; those of package variables are in "init". Up to Go 1.26 it numbers the closures
// of an inlined function in its caller: "Include.newSite.func1".
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
