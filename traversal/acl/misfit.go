package acl

import (
	"reflect"

	"github.com/mastaba-go/mastaba/traversal/internal/misfit"
)

var (
	providerType     = reflect.TypeFor[Provider]()
	roleProviderType = reflect.TypeFor[RoleProvider]()
)

// Misfits returns what is wrong with methods of t that are named like those of a [Provider] or a
// [RoleProvider], but have another signature, so that no decision calls them: "its method ACL()
// acl.List is not called: want …". The lists of the parents would decide instead, and perhaps allow
// more. It returns nil if t is an interface, or if nothing is wrong. A rule of [For] or [RolesFor]
// for t makes the method superfluous; Misfits does not know of rules.
//
// Most applications never call it: the warnings of a build show its texts.
func Misfits(t reflect.Type) (texts []string) {
	if t == nil || t.Kind() == reflect.Interface {
		return nil
	}
	// The names are constants, so that the linker keeps no other methods.
	m, ok := t.MethodByName("ACL")
	texts = misfit.Append(texts, t, m, ok, providerType, "ACL(context.Context) (acl.List, error)")
	m, ok = t.MethodByName("LocalRoles")
	return misfit.Append(texts, t, m, ok, roleProviderType, "LocalRoles(context.Context, []string) ([]string, error)")
}
