package traversal

import (
	"reflect"

	"github.com/mastaba-go/mastaba/traversal/internal/misfit"
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
	texts = misfit.Append(texts, t, m, ok, containerType, "Child(context.Context, string) (traversal.Resource, error)")
	m, ok = t.MethodByName("ChildAsync")
	texts = misfit.Append(texts, t, m, ok, asyncContainerType, "ChildAsync(context.Context, string) *async.Future[traversal.Resource]")
	m, ok = t.MethodByName("Descend")
	texts = misfit.Append(texts, t, m, ok, pathContainerType, "Descend(context.Context, []string) ([]traversal.Resource, error)")
	m, ok = t.MethodByName("Children")
	return misfit.Append(texts, t, m, ok, listerType, "Children(context.Context) iter.Seq2[traversal.Entry, error]")
}
