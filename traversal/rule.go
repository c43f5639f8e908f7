package traversal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"

	"github.com/mastaba-go/mastaba/traversal/async"
)

// Rule gives a capability to all resources of one type: to types of other packages, to generated
// ones, or from outside the tree (the application's database handle, say). It wins over the
// methods of the type. Rules are made by [Lookup], [LookupAsync], [LookupPath], [Locate] and
// [Listing], and given to [New]. A mistake in one is carried by it (Err) and told by New.
type Rule struct {
	typ     reflect.Type
	kind    string
	err     error
	child   func(context.Context, Resource, string) (Resource, error)
	async   func(context.Context, Resource, string) *async.Future[Resource]
	descend func(context.Context, Resource, []string) ([]Resource, error)
	locate  func(context.Context, Resource) (string, Resource, error)
	list    func(context.Context, Resource) iter.Seq2[Entry, error]
}

var _ fmt.Stringer = Rule{}

// Lookup finds the children of all resources of type P: what [Container] is for one's own types,
// under the same contract. P is the type exactly as it is in the tree: a rule for T does not serve
// a *T. An interface type is refused.
func Lookup[P any](fn func(ctx context.Context, parent P, name string) (Resource, error)) Rule {
	r := newRule[P]("lookup", fn == nil)
	r.child = func(ctx context.Context, parent Resource, name string) (Resource, error) {
		return fn(ctx, parent.(P), name)
	}
	return r
}

// LookupAsync finds the children of all resources of type P by futures: what [AsyncContainer] is for
// one's own types, under the same contract. Where the function that returns a future has to be a
// [Lookup], [async.Synchronize2] fits it.
func LookupAsync[P any](fn func(ctx context.Context, parent P, name string) *async.Future[Resource]) Rule {
	r := newRule[P]("async lookup", fn == nil)
	r.async = func(ctx context.Context, parent Resource, name string) *async.Future[Resource] {
		return fn(ctx, parent.(P), name)
	}
	return r
}

// LookupPath finds several levels below all resources of type P: what [PathContainer] is for one's
// own types, under the same contract.
func LookupPath[P any](fn func(ctx context.Context, parent P, names []string) ([]Resource, error)) Rule {
	r := newRule[P]("path lookup", fn == nil)
	r.descend = func(ctx context.Context, parent Resource, names []string) ([]Resource, error) {
		return fn(ctx, parent.(P), names)
	}
	return r
}

// Locate tells the place of all resources of type T: what [Located] is for one's own types, under
// the same contract.
func Locate[T any](fn func(ctx context.Context, res T) (name string, parent Resource, err error)) Rule {
	r := newRule[T]("locate", fn == nil)
	r.locate = func(ctx context.Context, res Resource) (string, Resource, error) {
		return fn(ctx, res.(T))
	}
	return r
}

// Listing tells the children of all resources of type P: what [Lister] is for one's own types,
// under the same contract.
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
		r.err = fmt.Errorf("%v: an interface type cannot have one, give the type that lies in the tree", r)
	case r.typ == reflect.TypeFor[Node]():
		r.err = fmt.Errorf("%v: a Node is a place, not a resource; give the resource's type", r)
	case isNil:
		r.err = fmt.Errorf("%v: the function is nil", r)
	}
	return r
}

// Type is the type of resource that the rule is for; nil for the zero Rule.
func (r Rule) Type() reflect.Type { return r.typ }

// Kind is "lookup", "async lookup", "path lookup", "locate" or "listing"; there is one of a kind for a type.
func (r Rule) Kind() string { return r.kind }

// Err is what is wrong with the rule, or nil.
func (r Rule) Err() error {
	if r.typ == nil {
		return errors.New("empty rule: make one by Lookup, LookupAsync, LookupPath, Locate or Listing")
	}
	return r.err
}

// String is such as "lookup for *wiki.Page".
func (r Rule) String() string { return fmt.Sprintf("%s for %v", r.kind, r.typ) }
