// Package misfit finds methods that are named like those of a capability, but have another
// signature, so that nothing calls them.
package misfit

import (
	"fmt"
	"reflect"
	"strings"
)

// Append appends what is wrong with t for one capability, an interface with one method; nothing if
// t has it. m is the method of t with the name of that method, if has is set. want is the right
// signature, such as "ACL(context.Context) (acl.List, error)".
//
// The caller looks m up by a constant name, so that the linker keeps no other methods.
func Append(texts []string, t reflect.Type, m reflect.Method, has bool, capability reflect.Type, want string) []string {
	switch {
	case t.Implements(capability):
		return texts
	case has:
		return append(texts, fmt.Sprintf("its method %s is not called: want %s", signature(m), want))
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(capability):
		name, _, _ := strings.Cut(want, "(")
		return append(texts, fmt.Sprintf("its method %s is not called, since only a *%s has it: put pointers in the tree, or give the method a value receiver", name, t))
	}
	return texts
}

// signature returns the name, the parameters and the results of a method of a type.
func signature(m reflect.Method) string {
	text := strings.TrimPrefix(m.Type.String(), "func(")
	return m.Name + "(" + strings.TrimPrefix(strings.TrimPrefix(text, m.Type.In(0).String()), ", ")
}
