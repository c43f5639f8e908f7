package traversal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// Rule gives a capability to all resources of one type, from outside the type. It is for types of
// other packages, for generated types, and for lookups that need something from outside the tree,
// such as a database. A rule wins over the methods of the type. [Lookup], [LookupAsync],
// [LookupPath], [Locate] and [Listing] make rules, [Extension] those of other packages, and [New]
// takes them. An invalid rule carries its error (Err), which New returns.
type Rule struct {
	typ     reflect.Type
	kind    string
	err     error
	child   func(context.Context, Resource, string) (Resource, error)
	async   func(context.Context, Resource, string) *async.Future[Resource]
	descend func(context.Context, Resource, []string) ([]Resource, error)
	locate  func(context.Context, Resource) (string, Resource, error)
	list    func(context.Context, Resource) iter.Seq2[Entry, error]
	other   any          // ability of an Extension
	key     reflect.Type // by which ExtensionsOf finds it; nil for the other kinds
}

var _ fmt.Stringer = Rule{}

// Lookup returns a rule that finds the children of all resources of type P. fn has the contract of
// [Container]. P is the exact type of the resources in the tree: a rule for T does not apply to *T.
// It cannot be an interface.
func Lookup[P any](fn func(ctx context.Context, parent P, name string) (Resource, error)) Rule {
	r := newRule[P]("lookup", fn == nil)
	r.child = func(ctx context.Context, parent Resource, name string) (Resource, error) {
		return fn(ctx, parent.(P), name)
	}
	return r
}

// LookupAsync returns a rule that finds the children of all resources of type P by futures. fn has
// the contract of [AsyncContainer]. Where such a function is needed as a [Lookup],
// [async.Synchronize2] adapts it.
func LookupAsync[P any](fn func(ctx context.Context, parent P, name string) *async.Future[Resource]) Rule {
	r := newRule[P]("async lookup", fn == nil)
	r.async = func(ctx context.Context, parent Resource, name string) *async.Future[Resource] {
		return fn(ctx, parent.(P), name)
	}
	return r
}

// LookupPath returns a rule that finds several levels below all resources of type P at once. fn has
// the contract of [PathContainer].
func LookupPath[P any](fn func(ctx context.Context, parent P, names []string) ([]Resource, error)) Rule {
	r := newRule[P]("path lookup", fn == nil)
	r.descend = func(ctx context.Context, parent Resource, names []string) ([]Resource, error) {
		return fn(ctx, parent.(P), names)
	}
	return r
}

// Locate returns a rule that states the place of all resources of type T. fn has the contract of
// [Located].
func Locate[T any](fn func(ctx context.Context, res T) (name string, parent Resource, err error)) Rule {
	r := newRule[T]("locate", fn == nil)
	r.locate = func(ctx context.Context, res Resource) (string, Resource, error) {
		return fn(ctx, res.(T))
	}
	return r
}

// Listing returns a rule that lists the children of all resources of type P. fn has the contract of
// [Lister].
func Listing[P any](fn func(ctx context.Context, parent P) iter.Seq2[Entry, error]) Rule {
	r := newRule[P]("listing", fn == nil)
	r.list = func(ctx context.Context, parent Resource) iter.Seq2[Entry, error] {
		return fn(ctx, parent.(P))
	}
	return r
}

func newRule[T any](kind string, isNil bool) Rule {
	r := Rule{typ: reflect.TypeFor[T](), kind: kind}
	switch {
	case r.typ.Kind() == reflect.Interface:
		r.err = fmt.Errorf("%v: a rule cannot be for an interface; use the type of the resources in the tree", r)
	case r.typ == reflect.TypeFor[Node]():
		r.err = fmt.Errorf("%v: a Node is not a resource; use the type of its resource", r)
	case isNil:
		r.err = fmt.Errorf("%v: the function is nil", r)
	}
	return r
}

// Type returns the type of resource that the rule is for; nil for the zero Rule.
func (r Rule) Type() reflect.Type { return r.typ }

// Kind returns "lookup", "async lookup", "path lookup", "locate", "listing", or the kind of an
// [Extension]. A type has at most one rule of each kind.
func (r Rule) Kind() string { return r.kind }

// Err returns what is wrong with the rule, or nil.
func (r Rule) Err() error {
	if r.typ == nil {
		return errors.New("empty rule: make rules with Lookup, LookupAsync, LookupPath, Locate or Listing")
	}
	return r.err
}

// String returns a text such as "lookup for *wiki.Page".
func (r Rule) String() string { return fmt.Sprintf("%s for %v", r.kind, r.typ) }
