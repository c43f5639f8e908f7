package traversal

import "strings"

// The memory of a Result: names and resources lie inline as long as they fit, else in one block.

// start is the node where the walk began, zero if that is a root.
func (r *Result) start() Node {
	if r.more == nil {
		return Node{}
	}
	return r.more.start
}

// virtual is how many names are those of the virtual root.
func (r *Result) virtual() uint32 {
	if r.more == nil {
		return 0
	}
	return r.more.virtual
}

func (r *Result) allNames() []string {
	if r.more != nil && r.more.names != nil {
		return r.more.names[:r.count]
	}
	return r.names[:r.count]
}

func (r *Result) nameAt(i int) string {
	if r.more != nil && r.more.names != nil {
		return r.more.names[i]
	}
	return r.names[i]
}

func (r *Result) resourceAt(i int) Resource {
	if r.more != nil && r.more.chain != nil {
		return r.more.chain[i]
	}
	return r.chain[i]
}

// room is the whole chain, filled or not.
func (r *Result) room() []Resource {
	if r.more != nil && r.more.chain != nil {
		return r.more.chain
	}
	return r.chain[:]
}

// addEscaped adds the names of an escaped path. ".." does not reach what is there already.
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

// oddBytes are those of a path that want a closer look: escapes, and what may be no text.
var oddBytes = func() (t [256]uint8) {
	for c := range t {
		if c == '%' || c == 0 || c >= 0x80 {
			t[c] = 1
		}
	}
	return t
}()

// addNames adds names that are split and decoded already.
func (r *Result) addNames(names []string) error {
	floor := r.count
	for i, name := range names {
		if reason := flawOfName(name); reason != "" {
			return &PathError{Path: strings.Join(names, "/"), Reason: reason}
		}
		if !r.add(name, floor) {
			r.grow(int(r.count) + len(names) - i)
			r.add(name, floor)
		}
	}
	return nil
}

// add adds one name, or does what "." and ".." mean; false if there is no room.
func (r *Result) add(name string, floor uint32) bool {
	switch name {
	case "", ".":
	case "..":
		if r.count > floor {
			r.count--
		}
	default:
		switch {
		case r.more != nil && r.more.names != nil:
			if int(r.count) == len(r.more.names) {
				return false
			}
			r.more.names[r.count] = name
		case r.count == inline:
			return false
		default:
			r.names[r.count] = name
		}
		r.count++
	}
	return true
}

// beyond is more itself; it is allocated if need be.
func (r *Result) beyond() *more {
	if r.more == nil {
		r.more = new(more)
	}
	return r.more
}

// grow makes room for n names and for the chain of as many. Up to 32 levels everything is in one
// block; beyond that the chain is left for later, since long paths are seldom deep trees.
func (r *Result) grow(n int) {
	var m *more
	switch {
	case n <= 8:
		b := new(struct {
			more
			n [8]string
			c [8 + 1]Resource
		})
		m = &b.more
		m.names, m.chain = b.n[:], b.c[:]
	case n <= 16:
		b := new(struct {
			more
			n [16]string
			c [16 + 1]Resource
		})
		m = &b.more
		m.names, m.chain = b.n[:], b.c[:]
	case n <= 32:
		b := new(struct {
			more
			n [32]string
			c [32 + 1]Resource
		})
		m = &b.more
		m.names, m.chain = b.n[:], b.c[:]
	default:
		m = &more{names: make([]string, n)}
	}
	copy(m.names, r.allNames())
	if m.chain != nil {
		copy(m.chain, r.room()) // which is shorter
	}
	if r.more != nil {
		m.virtual, m.subpath, m.start, m.moved = r.more.virtual, r.more.subpath, r.more.start, r.more.moved
	}
	r.more = m
}

// growChain makes room for at least n resources.
func (r *Result) growChain(n int) []Resource {
	if r.more == nil || r.more.names == nil {
		r.grow(max(int(r.count), n-1))
		if len(r.room()) >= n {
			return r.room()
		}
	}
	chain := make([]Resource, min(max(n, 2*len(r.room())), int(r.count)+1))
	copy(chain, r.room())
	r.more.chain = chain
	return chain
}
