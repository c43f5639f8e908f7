package traversaltest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// Options describes the tree to Check. The zero value suits a tree that lists all its children.
type Options struct {
	// Paths are escaped paths of resources that exist. Check checks every resource on the way. A
	// tree without a Lister is checked along these paths only.
	Paths []string

	// Missing are escaped paths that do not exist, in addition to those that Check makes up.
	Missing []string

	// Traverser has the rules of the application; nil without rules.
	Traverser *traversal.Traverser

	// Same reports whether two values, found in different ways, are the same resource. The default
	// compares their types, since resources may be loaded anew each time.
	Same func(a, b traversal.Resource) bool

	// MaxNodes is the number of listed resources after which the search ends; 1,000 by default.
	MaxNodes int
}

// Check checks root and each resource below it that it finds by listing and by o.Paths. The error
// joins all violations, each with its path. Check opens a scope for asynchronous lookups, unless
// ctx carries one; work in it that does not end within ten seconds is an error too. Check does not
// change the tree.
func Check(ctx context.Context, root traversal.Resource, o Options) error {
	if _, ok := async.ScopeFrom(ctx); ok {
		return check(ctx, root, o)
	}
	ctx, scope := async.WithScope(ctx, 0)
	err := check(ctx, root, o)
	return errors.Join(err, scope.End(10*time.Second))
}

func check(ctx context.Context, root traversal.Resource, o Options) error {
	if o.MaxNodes == 0 {
		o.MaxNodes = 1000
	}
	if o.Same == nil {
		o.Same = func(a, b traversal.Resource) bool { return reflect.TypeOf(a) == reflect.TypeOf(b) }
	}
	c := &checker{Options: o, ctx: ctx, checked: map[string]bool{}}
	top := traversal.NewNode(root)
	if top.IsZero() {
		return errors.New("root is nil")
	}
	c.search(top)
	for _, path := range o.Paths {
		c.path(top, path)
	}
	for _, path := range o.Missing {
		names, err := traversal.Split(path)
		if err != nil {
			c.report(top, "%v", err)
			continue
		}
		c.missing(top, names)
	}
	return errors.Join(c.violations...)
}

// noSuchName is a name that no tree has.
const noSuchName = "no such resource \u2205 7d1f"

type checker struct {
	Options
	ctx        context.Context
	checked    map[string]bool // paths of nodes
	violations []error
}

// report records a violation.
func (c *checker) report(at traversal.Node, format string, args ...any) {
	c.violations = append(c.violations, fmt.Errorf("%s (%T): %s", at.Path(), at.Resource(), fmt.Sprintf(format, args...)))
}

// search checks all listed resources, level by level.
func (c *checker) search(top traversal.Node) {
	queue := []traversal.Node{top}
	for i := 0; i < len(queue) && i < c.MaxNodes; i++ {
		n := queue[i]
		c.node(n)
		if c.Traverser.Lists(n.Resource()) {
			queue = append(queue, c.list(n)...)
		}
	}
}

// path checks each resource on the way to a path that must exist.
func (c *checker) path(top traversal.Node, path string) {
	names, err := traversal.Split(path)
	if err != nil {
		c.report(top, "%v", err)
		return
	}
	var r traversal.Result
	if err := c.Traverser.Walk(c.ctx, top.Resource(), traversal.Path{Names: names}, &r); err != nil {
		c.report(top, "%v", err)
		return
	}
	n := top
	for i, name := range r.Traversed() {
		at := nodeAt(r.Node(), i+1)
		child := n.At(name, at.Resource())
		c.child(n, name, child.Resource())
		c.node(child)
		c.descent(top, child)
		n = child
	}
	if r.Node().Depth() < len(names) {
		c.report(n, "path %q should exist, but %q is not found", path, names[r.Node().Depth()])
	}
}

// nodeAt returns the node of that depth in the lineage of n.
func nodeAt(n traversal.Node, depth int) traversal.Node {
	for ok := true; ok && n.Depth() > depth; {
		n, ok = n.Parent()
	}
	return n
}

// node checks the place of a resource, and names that cannot exist below it.
func (c *checker) node(n traversal.Node) {
	path := n.Path()
	if c.checked[path] {
		return
	}
	c.checked[path] = true

	placed, err := c.Traverser.NodeOf(c.ctx, n.Resource())
	if _, unknown := errors.AsType[*traversal.NoLocationError](err); unknown {
		// A resource need not know its place.
	} else if err != nil {
		c.report(n, "%v", err)
	} else if got := placed.Path(); got != path {
		c.report(n, "states that its path is %s", got)
	}

	name := n.Name()
	for _, odd := range []string{noSuchName, "../" + name, "./" + name, name + "/..", "/", "..\\" + name} {
		c.missing(n, []string{odd})
	}
	c.missing(n, []string{noSuchName, "below"})
}

// list checks the listed children of n and returns them.
func (c *checker) list(n traversal.Node) []traversal.Node {
	var children []traversal.Node
	var names []string
	for child, err := range c.Traverser.Children(c.ctx, n) {
		if err != nil {
			c.report(n, "%v", err)
			return children
		}
		name := child.Name()
		switch {
		case name == "" || name == "." || name == "..":
			c.report(n, "lists a child %q, a name that no path can contain", name)
			continue
		case strings.HasPrefix(name, "@@"):
			c.report(n, "lists a child %q, a name that selects a view", name)
			continue
		case slices.Contains(names, name):
			c.report(n, "lists %q twice", name)
			continue
		}
		names = append(names, name)
		c.child(n, name, child.Resource())
		for up, ok := n, true; ok; up, ok = up.Parent() {
			c.descent(up, child)
		}
		children = append(children, child)
		if len(children) == c.MaxNodes {
			return children
		}
	}
	var again []string
	for child, err := range c.Traverser.Children(c.ctx, n) {
		if err != nil || len(again) == len(names) {
			break
		}
		again = append(again, child.Name())
	}
	if !slices.Equal(names, again) {
		c.report(n, "lists %q the first time, and %q the second time", names, again)
	}
	for range c.Traverser.Children(c.ctx, n) {
		break // must not panic
	}
	return children
}

// child checks that n finds want by that name in each way that it offers.
func (c *checker) child(n traversal.Node, name string, want traversal.Resource) {
	compare := func(way string, got traversal.Resource, err error) {
		switch {
		case err != nil:
			c.report(n, "%s %q: %v", way, name, err)
		case !c.Same(got, want):
			c.report(n, "%s %q returns %T, expected %T as found elsewhere", way, name, got, want)
		}
	}
	found, err := c.find(n, name)
	compare("walk to", found.Resource(), err)

	done, cancel := context.WithCancel(c.ctx)
	cancel()
	if container, ok := n.Resource().(traversal.Container); ok {
		got, err := container.Child(c.ctx, name)
		compare("Child", got, err)
		if _, late := container.Child(done, name); err == nil && errors.Is(late, traversal.ErrNotFound) {
			c.report(n, "Child %q returns ErrNotFound if its context is cancelled; return the error of the context", name)
		}
	}
	if container, ok := n.Resource().(traversal.AsyncContainer); ok {
		got, err := async.Await(c.ctx, container.ChildAsync(c.ctx, name))
		compare("ChildAsync", got, err)
		if _, late := async.Await(c.ctx, container.ChildAsync(done, name)); err == nil && errors.Is(late, traversal.ErrNotFound) {
			c.report(n, "ChildAsync %q returns ErrNotFound if its context is cancelled; return the error of the context", name)
		}
	}
	if container, ok := n.Resource().(traversal.PathContainer); ok {
		if _, late := container.Descend(done, []string{name}); err == nil && errors.Is(late, traversal.ErrNotFound) {
			c.report(n, "Descend to %q returns ErrNotFound if its context is cancelled; return the error of the context", name)
		}
	}
}

// descent checks that Descend of the resource at from finds the way down to n.
func (c *checker) descent(from, n traversal.Node) {
	container, ok := from.Resource().(traversal.PathContainer)
	if !ok || n.Depth() == from.Depth() {
		return
	}
	names := n.Names()[from.Depth():]
	c.descend(from, container, names, n)
	c.descend(from, container, append(slices.Clip(names), noSuchName), n)
}

// descend calls Descend with the names that lead to n, and perhaps one more that does not exist.
func (c *checker) descend(from traversal.Node, container traversal.PathContainer, names []string, n traversal.Node) {
	got, err := container.Descend(c.ctx, slices.Clone(names))
	exist := n.Depth() - from.Depth()
	switch {
	case err != nil && !errors.Is(err, traversal.ErrNotFound):
		c.report(from, "Descend to %q: %v", names, err)
		return
	case len(got) > len(names):
		c.report(from, "Descend to %q returns %d resources", names, len(got))
		return
	case len(got) > exist:
		c.report(from, "Descend to %q finds a resource at %q, which does not exist", names, names[:len(got)])
		return
	case err == nil && len(got) == 0:
		c.report(from, "Descend to %q returns neither a resource nor an error", names)
		return
	case err != nil && len(got) < exist:
		c.report(from, "Descend to %q does not find %q, which exists", names, names[len(got)])
		return
	}
	for i, res := range got {
		if want := nodeAt(n, from.Depth()+i+1); !c.Same(res, want.Resource()) {
			c.report(from, "Descend to %q returns %T for %q, expected %T as found elsewhere", names, res, names[i], want.Resource())
		}
	}
}

// missing checks that names lead nowhere from n, and that the error is ErrNotFound.
func (c *checker) missing(n traversal.Node, names []string) {
	_, err := c.find(n, names...)
	switch {
	case err == nil:
		c.report(n, "has a resource at %q", names)
	case !errors.Is(err, traversal.ErrNotFound):
		c.report(n, "%q does not exist: expected ErrNotFound, got %v", names, err)
	}
	if container, ok := n.Resource().(traversal.Container); ok && len(names) == 1 {
		if res, err := container.Child(c.ctx, names[0]); !errors.Is(err, traversal.ErrNotFound) {
			c.report(n, "Child %q does not exist: expected ErrNotFound, got %T, %v", names[0], res, err)
		}
	}
	if container, ok := n.Resource().(traversal.AsyncContainer); ok && len(names) == 1 {
		if res, err := async.Await(c.ctx, container.ChildAsync(c.ctx, names[0])); !errors.Is(err, traversal.ErrNotFound) {
			c.report(n, "ChildAsync %q does not exist: expected ErrNotFound, got %T, %v", names[0], res, err)
		}
	}
}

// find finds names below n.
func (c *checker) find(n traversal.Node, names ...string) (traversal.Node, error) {
	return c.Traverser.Find(c.ctx, n, strings.TrimPrefix(traversal.Join(names), "/"))
}
