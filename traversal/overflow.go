package traversal

import "strings"

// The names and resources of a Result lie in the Result itself as long as they fit, and in one
// further block otherwise.

// overflow is what does not fit into a Result, and what few walks need. Its slices have their full
// length from the beginning; Result.count and Result.depth say how much of them is filled.
type overflow struct {
	names   []string
	virtual uint32 // number of names of the virtual root
	chain   []Resource
	subpath []string // Path.Subpath
	start   Node     // where a walk started that did not start at a root
	instead *nodeAndView
}

// nodeAndView is what WithNode set.
type nodeAndView struct {
	node     Node
	viewName string
}

// start returns the node where the walk began, zero if that is a root.
func (r *Result) start() Node {
	if r.overflow == nil {
		return Node{}
	}
	return r.overflow.start
}

// virtual returns the number of names of the virtual root.
func (r *Result) virtual() uint32 {
	if r.overflow == nil {
		return 0
	}
	return r.overflow.virtual
}

func (r *Result) allNames() []string {
	if r.overflow != nil && r.overflow.names != nil {
		return r.overflow.names[:r.count]
	}
	return r.names[:r.count]
}

func (r *Result) nameAt(i int) string {
	if r.overflow != nil && r.overflow.names != nil {
		return r.overflow.names[i]
	}
	return r.names[i]
}

func (r *Result) resourceAt(i int) Resource {
	if r.overflow != nil && r.overflow.chain != nil {
		return r.overflow.chain[i]
	}
	return r.chain[i]
}

// wholeChain returns the chain in its full length, filled or not.
func (r *Result) wholeChain() []Resource {
	if r.overflow != nil && r.overflow.chain != nil {
		return r.overflow.chain
	}
	return r.chain[:]
}

// addEscaped adds the names of an escaped path. ".." does not remove names that were there before.
func (r *Result) addEscaped(path string) error {
	floor := r.count
	for begin := 0; begin < len(path); begin++ {
		end, odd := begin, uint8(0)
		for end < len(path) && path[end] != '/' {
			odd |= oddBytes[path[end]]
			end++
		}
		name := path[begin:end]
		begin = end
		if odd != 0 {
			var reason string
			if name, reason = unquote(name); reason != "" {
				return &PathError{Path: path, Reason: reason}
			}
		}
		if !r.add(name, floor) {
			r.grow(int(r.count) + 1 + strings.Count(path[end:], "/"))
			r.add(name, floor)
		}
	}
	return nil
}

// oddBytes marks the bytes of a path that need a closer look: escapes, NUL, and those that are not
// ASCII.
var oddBytes = func() (t [256]uint8) {
	for c := range t {
		if c == '%' || c == 0 || c >= 0x80 {
			t[c] = 1
		}
	}
	return t
}()

// addNames adds decoded names.
func (r *Result) addNames(names []string) error {
	floor := r.count
	for i, name := range names {
		if reason := badName(name); reason != "" {
			return &PathError{Path: strings.Join(names, "/"), Reason: reason}
		}
		if !r.add(name, floor) {
			r.grow(int(r.count) + len(names) - i)
			r.add(name, floor)
		}
	}
	return nil
}

// add adds one name, or does what "." and ".." mean. It returns false if there is no room.
func (r *Result) add(name string, floor uint32) bool {
	switch name {
	case "", ".":
	case "..":
		if r.count > floor {
			r.count--
		}
	default:
		switch {
		case r.overflow != nil && r.overflow.names != nil:
			if int(r.count) == len(r.overflow.names) {
				return false
			}
			r.overflow.names[r.count] = name
		case r.count == inline:
			return false
		default:
			r.names[r.count] = name
		}
		r.count++
	}
	return true
}

// ensureOverflow returns the overflow, allocated if need be.
func (r *Result) ensureOverflow() *overflow {
	if r.overflow == nil {
		r.overflow = new(overflow)
	}
	return r.overflow
}

// grow makes room for n names and a chain of as many. Up to 32 levels all of it is one block;
// beyond that the chain waits until it is needed, since long paths rarely lead into deep trees.
func (r *Result) grow(n int) {
	var o *overflow
	switch {
	case n <= 8:
		b := new(struct {
			overflow
			n [8]string
			c [8 + 1]Resource
		})
		o = &b.overflow
		o.names, o.chain = b.n[:], b.c[:]
	case n <= 16:
		b := new(struct {
			overflow
			n [16]string
			c [16 + 1]Resource
		})
		o = &b.overflow
		o.names, o.chain = b.n[:], b.c[:]
	case n <= 32:
		b := new(struct {
			overflow
			n [32]string
			c [32 + 1]Resource
		})
		o = &b.overflow
		o.names, o.chain = b.n[:], b.c[:]
	default:
		o = &overflow{names: make([]string, n)}
	}
	copy(o.names, r.allNames())
	if o.chain != nil {
		copy(o.chain, r.wholeChain()) // which is shorter
	}
	if old := r.overflow; old != nil {
		o.virtual, o.subpath, o.start, o.instead = old.virtual, old.subpath, old.start, old.instead
	}
	r.overflow = o
}

// growChain makes room for at least n resources and returns the whole chain.
func (r *Result) growChain(n int) []Resource {
	if r.overflow == nil || r.overflow.names == nil {
		r.grow(max(int(r.count), n-1))
		if len(r.wholeChain()) >= n {
			return r.wholeChain()
		}
	}
	chain := make([]Resource, min(max(n, 2*len(r.wholeChain())), int(r.count)+1))
	copy(chain, r.wholeChain())
	r.overflow.chain = chain
	return chain
}
