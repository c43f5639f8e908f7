package acl

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
)

// Filter yields the children of a node at which someone with the given principals has a permission:
// what a listing may show. The answers are those of [Permits] for each child, but the lists and
// local roles of the parent and above are loaded once for all children. Of the children only those
// that are a [Provider] or a [RoleProvider], or have such a rule, are called. So filtering needs no
// query for a child whose list was loaded together with it, and climbs no lineage for it; other
// children cost some nanoseconds.
//
// children are listed children of the node: those of its Children method ([traversal.Lister]), or
// some of them. A child that states its place and names another resource as its parent has the
// lineage of that place, and costs as much as Permits.
//
// The sequence may be used once or several times; each time it asks again. An error of children, an
// error as for Permits, or a nil child ends the sequence, with the error as the last thing yielded.
func Filter(ctx context.Context, t *traversal.Traverser, parent traversal.Node, permission string, principals []string,
	children iter.Seq2[traversal.Entry, error]) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		f, err := newFilter(ctx, t, parent, permission, principals)
		if err != nil {
			yield(traversal.Entry{}, err)
			return
		}
		for child, err := range children {
			if err == nil && child.Resource == nil {
				err = fmt.Errorf("children of %v: child %q is nil", parent, child.Name)
			}
			allowed := false
			if err == nil {
				allowed, err = f.permits(ctx, child.Name, child.Resource)
			}
			if err != nil {
				yield(traversal.Entry{}, err)
				return
			}
			if allowed && !yield(child, nil) {
				return
			}
		}
	}
}

// Children lists the children of a node, as [traversal.Traverser.Children] does, and yields those
// at which someone with the given principals has a permission, each at its place. See [Filter].
func Children(ctx context.Context, t *traversal.Traverser, parent traversal.Node, permission string, principals []string) iter.Seq2[traversal.Node, error] {
	return func(yield func(traversal.Node, error) bool) {
		f, err := newFilter(ctx, t, parent, permission, principals)
		if err != nil {
			yield(traversal.Node{}, err)
			return
		}
		for child, err := range t.Children(ctx, parent) {
			allowed := false
			if err == nil {
				allowed, err = f.permits(ctx, child.Name(), child.Resource())
			}
			if err != nil {
				yield(traversal.Node{}, err)
				return
			}
			if allowed && !yield(child, nil) {
				return
			}
		}
	}
}

// filter decides about the children of one node.
type filter struct {
	t        *traversal.Traverser
	parent   traversal.Node
	question // with the local roles of the parent and above, once loaded

	inherited bool     // whether the fields below are known
	open      []*Entry // of the parent and above, up to the one that decides: those whose principals are not held
	allowed   bool     // what they decide unless a local role of the child matches one of open
}

func newFilter(ctx context.Context, t *traversal.Traverser, parent traversal.Node, permission string, principals []string) (*filter, error) {
	parent, err := t.Canonical(ctx, parent)
	return &filter{t: t, parent: parent, question: newQuestion(t, permission, principals)}, err
}

// permits decides about one child.
func (f *filter) permits(ctx context.Context, name string, child traversal.Resource) (bool, error) {
	here, err := f.t.Holds(ctx, f.parent, child)
	if err != nil {
		return false, err
	}
	if !here {
		d, err := Permits(ctx, f.t, f.parent.At(name, child), f.permission, f.principals)
		return d.Allowed, err
	}
	list, err := f.list(ctx, child)
	if err != nil {
		return false, &Error{At: f.parent.At(name, child), Kind: "acl", Err: err}
	}
	c := childRoles{name: name, child: child}
	for i := range list {
		e := &list[i]
		if !e.covers(f.permission, f.what) {
			continue
		}
		held, err := f.holds(ctx, f.parent, e)
		if err == nil && !held {
			held, err = c.hold(ctx, f, e)
		}
		if held || err != nil {
			return held && e.allow, err
		}
	}
	if !f.inherited {
		if err := f.inherit(ctx); err != nil {
			return false, err
		}
	}
	if len(f.open) == 0 {
		return f.allowed, nil
	}
	if err := c.load(ctx, f); err != nil {
		return false, err
	}
	if c.who != 0 {
		for _, e := range f.open {
			if c.who&e.who != 0 && slices.Contains(c.roles, e.principal) {
				return e.allow, nil
			}
		}
	}
	return f.allowed, nil
}

// inherit works out what the lists of the parent and above decide, for the first child that leaves
// it to them.
func (f *filter) inherit(ctx context.Context) error {
	for n, ok := f.parent, true; ok; n, ok = n.Parent() {
		list, err := f.listAt(ctx, n)
		if err != nil {
			return err
		}
		for i := range list {
			e := &list[i]
			if !e.covers(f.permission, f.what) {
				continue
			}
			held, err := f.holds(ctx, f.parent, e)
			if err != nil {
				return err
			}
			if held {
				f.allowed, f.inherited = e.allow, true
				return nil
			}
			f.open = append(f.open, e)
		}
	}
	f.inherited = true
	return nil
}

// childRoles are the local roles that one child grants, loaded when an entry may need them.
type childRoles struct {
	name   string
	child  traversal.Resource
	roles  []string
	who    uint64 // their bits
	loaded bool
}

func (c *childRoles) load(ctx context.Context, f *filter) error {
	if c.loaded {
		return nil
	}
	roles, err := f.localRoles(ctx, c.child, f.principals)
	if err != nil {
		return &Error{At: f.parent.At(c.name, c.child), Kind: "local roles", Err: err}
	}
	c.roles, c.who, c.loaded = roles, bits(roles), true
	return nil
}

// hold reports whether the principal of e is among the roles.
func (c *childRoles) hold(ctx context.Context, f *filter, e *Entry) (bool, error) {
	if e.who == 0 {
		return false, nil
	}
	err := c.load(ctx, f)
	return c.who&e.who != 0 && slices.Contains(c.roles, e.principal), err
}
