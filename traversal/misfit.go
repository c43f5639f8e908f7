package traversal

import (
	"fmt"
	"reflect"
	"strings"
)

// The capabilities that a method with a wrong signature may be meant for. Location is not among
// them: resources have methods of this name for other purposes.
var (
	containerType      = reflect.TypeFor[Container]()
	asyncContainerType = reflect.TypeFor[AsyncContainer]()
	pathContainerType  = reflect.TypeFor[PathContainer]()
	listerType         = reflect.TypeFor[Lister]()
)

// Misfits returns what is wrong with methods of t that are named like those of a [Container],
// [AsyncContainer], [PathContainer] or [Lister], but have another signature, so that no walk calls
// them: "its method Child(string) *wiki.Page is not called: want …". It returns nil if t is an
// interface, or if nothing is wrong.
//
// Most applications never call it: explanations, and the warnings of a build, show its texts.
func Misfits(t reflect.Type) (texts []string) {
	if t == nil || t.Kind() == reflect.Interface {
		return nil
	}
	// The names are constants, so that the linker keeps no other methods.
	m, ok := t.MethodByName("Child")
	texts = misfit(texts, t, m, ok, containerType, "Child(context.Context, string) (traversal.Resource, error)")
	m, ok = t.MethodByName("ChildAsync")
	texts = misfit(texts, t, m, ok, asyncContainerType, "ChildAsync(context.Context, string) *async.Future[traversal.Resource]")
	m, ok = t.MethodByName("Descend")
	texts = misfit(texts, t, m, ok, pathContainerType, "Descend(context.Context, []string) ([]traversal.Resource, error)")
	m, ok = t.MethodByName("Children")
	return misfit(texts, t, m, ok, listerType, "Children(context.Context) iter.Seq2[traversal.Entry, error]")
}

// misfit appends what is wrong with t for one capability. m is the method of t with its name, if
// has is set.
func misfit(texts []string, t reflect.Type, m reflect.Method, has bool, capability reflect.Type, want string) []string {
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
