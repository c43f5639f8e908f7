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

// Options tells Check what to know of the tree. The zero value is good for a tree that lists all of
// its children.
type Options struct {
	// Paths are escaped paths of resources that exist. The way to each is checked; that is all
	// there is to check in a tree without a Lister.
	Paths []string

	// Missing are escaped paths that do not exist, in addition to those that Check makes up.
	Missing []string

	// Traverser knows the rules of the application; nil: there are none.
	Traverser *traversal.Traverser

	// Same tells whether two values are the same resource, found twice. Without it they are if
	// they have the same type: resources may be loaded anew each time.
	Same func(a, b traversal.Resource) bool

	// MaxNodes ends the search of listed resources after so many; 1,000 if it is 0.
	MaxNodes int
}

// Check looks at each resource of the tree below root that it can find by listing and by o.Paths.
// The error joins all that is wrong, each with its path; also what lookups started and did not end
// within ten seconds. Check opens a scope for lookups by futures, unless ctx carries one.
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
	c := &checker{Options: o, ctx: ctx, known: map[string]bool{}}
	top := traversal.NewNode(root)
	if top.IsZero() {
		return errors.New("the root is nil")
	}
	c.search(top)
	for _, path := range o.Paths {
		c.path(top, path)
	}
	for _, path := range o.Missing {
		names, err := traversal.Split(path)
		if err != nil {
			c.complain(top, "%v", err)
			continue
		}
		c.missing(top, names)
	}
	return errors.Join(c.flaws...)
}

// noSuchName is a name that no tree is expected to have.
const noSuchName = "no such resource \u2205 7d1f"

type checker struct {
	Options
	ctx   context.Context
	known map[string]bool // paths that were checked
	flaws []error
}

func (c *checker) complain(at traversal.Node, format string, args ...any) {
	c.flaws = append(c.flaws, fmt.Errorf("%s (%T): %s", at.Path(), at.Resource(), fmt.Sprintf(format, args...)))
}

// search checks everything that is listed, level by level.
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

// path checks each resource on the way to one that must exist.
func (c *checker) path(top traversal.Node, path string) {
	names, err := traversal.Split(path)
	if err != nil {
		c.complain(top, "%v", err)
		return
	}
	var r traversal.Result
	if err := c.Traverser.Walk(c.ctx, top.Resource(), traversal.Path{Names: names}, &r); err != nil {
		c.complain(top, "%v", err)
		return
	}
	n := top
	for i, name := range r.Traversed() {
		at, _ := nodeAt(r.Node(), i+1)
		child := n.At(name, at.Resource())
		c.child(n, name, child.Resource())
		c.node(child)
		c.descent(top, child)
		n = child
	}
	if r.Node().Depth() < len(names) {
		c.complain(n, "the path %q should exist, but there is no %q", path, names[r.Node().Depth()])
	}
}

// nodeAt is the node of n's lineage at that depth.
func nodeAt(n traversal.Node, depth int) (traversal.Node, bool) {
	ok := true
	for ok && n.Depth() > depth {
		n, ok = n.Parent()
	}
	return n, ok
}

// node checks a resource for itself: its place, and names that cannot exist below it.
func (c *checker) node(n traversal.Node) {
	path := n.Path()
	if c.known[path] {
		return
	}
	c.known[path] = true

	placed, err := c.Traverser.NodeOf(c.ctx, n.Resource())
	if _, unknown := errors.AsType[*traversal.NoLocationError](err); unknown {
		// It need not know.
	} else if err != nil {
		c.complain(n, "%v", err)
	} else if got := placed.Path(); got != path {
		c.complain(n, "tells that its path is %s", got)
	}

	name := n.Name()
	for _, odd := range []string{noSuchName, "../" + name, "./" + name, name + "/..", "/", "..\\" + name} {
		c.missing(n, []string{odd})
	}
	c.missing(n, []string{noSuchName, "below"})
}

// list checks the listed children of n, and returns them.
func (c *checker) list(n traversal.Node) []traversal.Node {
	var children []traversal.Node
	var names []string
	for child, err := range c.Traverser.Children(c.ctx, n) {
		if err != nil {
			c.complain(n, "%v", err)
			return children
		}
		name := child.Name()
		switch {
		case name == "" || name == "." || name == "..":
			c.complain(n, "lists a child %q, which no path can hold", name)
			continue
		case strings.HasPrefix(name, "@@"):
			c.complain(n, "lists a child %q, which is read as a view", name)
			continue
		case slices.Contains(names, name):
			c.complain(n, "lists %q twice", name)
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
		c.complain(n, "lists %q, and at the second time %q", names, again)
	}
	for range c.Traverser.Children(c.ctx, n) {
		break // a listing has to stand that
	}
	return children
}

// child checks that n finds want by that name.
func (c *checker) child(n traversal.Node, name string, want traversal.Resource) {
	one := func(way string, got traversal.Resource, err error) {
		switch {
		case err != nil:
			c.complain(n, "%s %q: %v", way, name, err)
		case !c.Same(got, want):
			c.complain(n, "%s %q gives %T, elsewhere it is %T", way, name, got, want)
		}
	}
	found, err := c.Traverser.FindNames(c.ctx, n, name)
	one("walk to", found.Resource(), err)

	done, cancel := context.WithCancel(c.ctx)
	cancel()
	if container, ok := n.Resource().(traversal.Container); ok {
		got, err := container.Child(c.ctx, name)
		one("Child", got, err)
		if _, late := container.Child(done, name); err == nil && errors.Is(late, traversal.ErrNotFound) {
			c.complain(n, "Child %q is ErrNotFound when its context is cancelled: return the context's error", name)
		}
	}
	if container, ok := n.Resource().(traversal.AsyncContainer); ok {
		got, err := async.Await(c.ctx, container.ChildAsync(c.ctx, name))
		one("ChildAsync", got, err)
		if _, late := async.Await(c.ctx, container.ChildAsync(done, name)); err == nil && errors.Is(late, traversal.ErrNotFound) {
			c.complain(n, "ChildAsync %q is ErrNotFound when its context is cancelled: return the context's error", name)
		}
	}
	if container, ok := n.Resource().(traversal.PathContainer); ok {
		if _, late := container.Descend(done, []string{name}); err == nil && errors.Is(late, traversal.ErrNotFound) {
			c.complain(n, "Descend to %q is ErrNotFound when its context is cancelled: return the context's error", name)
		}
	}
}

// descent checks that Descend of the resource at from knows the way down to n.
func (c *checker) descent(from, n traversal.Node) {
	container, ok := from.Resource().(traversal.PathContainer)
	if !ok || n.Depth() == from.Depth() {
		return
	}
	names := n.Names()[from.Depth():]
	c.descend(from, container, names, n)
	c.descend(from, container, append(slices.Clip(names), noSuchName), n)
}

// descend asks for names, of which all that lead to n exist, and perhaps one more that does not.
func (c *checker) descend(from traversal.Node, container traversal.PathContainer, names []string, n traversal.Node) {
	got, err := container.Descend(c.ctx, slices.Clone(names))
	exist := n.Depth() - from.Depth()
	switch {
	case err != nil && !errors.Is(err, traversal.ErrNotFound):
		c.complain(from, "Descend to %q: %v", names, err)
		return
	case len(got) > len(names):
		c.complain(from, "Descend to %q gives %d resources", names, len(got))
		return
	case len(got) > exist:
		c.complain(from, "Descend to %q finds a resource at %q", names, names[:len(got)])
		return
	case err == nil && len(got) == 0:
		c.complain(from, "Descend to %q gives neither a resource nor an error", names)
		return
	case err != nil && len(got) < exist:
		c.complain(from, "Descend to %q does not find %q, which exists", names, names[len(got)])
		return
	}
	for i, res := range got {
		if want, _ := nodeAt(n, from.Depth()+i+1); !c.Same(res, want.Resource()) {
			c.complain(from, "Descend to %q gives %T at %q, elsewhere it is %T", names, res, names[i], want.Resource())
		}
	}
}

// missing checks that names lead nowhere from n, and say so in peace.
func (c *checker) missing(n traversal.Node, names []string) {
	_, err := c.Traverser.FindNames(c.ctx, n, names...)
	switch {
	case err == nil:
		c.complain(n, "has a resource at %q", names)
	case !errors.Is(err, traversal.ErrNotFound):
		c.complain(n, "for %q, which does not exist, gives another error than ErrNotFound: %v", names, err)
	}
	if container, ok := n.Resource().(traversal.Container); ok && len(names) == 1 {
		if res, err := container.Child(c.ctx, names[0]); !errors.Is(err, traversal.ErrNotFound) {
			c.complain(n, "Child %q, which does not exist, gives %T, %v", names[0], res, err)
		}
	}
	if container, ok := n.Resource().(traversal.AsyncContainer); ok && len(names) == 1 {
		if res, err := async.Await(c.ctx, container.ChildAsync(c.ctx, names[0])); !errors.Is(err, traversal.ErrNotFound) {
			c.complain(n, "ChildAsync %q, which does not exist, gives %T, %v", names[0], res, err)
		}
	}
}
