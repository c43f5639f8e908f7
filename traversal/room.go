package traversal

import "strings"

// room holds the names of a walk and the resources below its start. Both slices have the same
// length from the beginning, except for very long paths: see grow. Result.count and Result.depth
// are how much of them is filled.
type room struct {
	names []string
	below []Resource
	rare  *rare // nil for most walks
}

// rare is what few walks need.
type rare struct {
	virtual uint32   // number of names of the virtual root
	subpath []string // Path.Subpath
	start   Node     // where a walk started that did not start at a root
	instead *nodeAndView
}

// Room is memory for the names and resources of one walk: see [Result.Use].
type Room struct{ room room }

// Use gives a zero Result room for a walk along a path of up to len(names) names, so that the walk
// does not allocate. It is for a caller that allocates Result, Room and both arrays, which have the
// same length, as one value. They belong to the Result afterwards.
func (r *Result) Use(m *Room, names []string, below []Resource) {
	m.room.names, m.room.below = names, below
	r.room = &m.room
}

// HasRoom reports whether Reset may have room to keep.
func (r *Result) HasRoom() bool { return r.room != nil }

// Reset makes r zero, but keeps its room, cleared, if that is for at most eight names. It is for a
// Result to which nothing refers anymore.
func (r *Result) Reset() {
	m := r.room
	if m != nil && (m.rare != nil || len(m.names) > 8 || len(m.below) > 8) {
		m = nil
	}
	if m != nil {
		clear(m.names)
		clear(m.below)
	}
	*r = Result{room: m}
}

// nodeAndView is what WithNode set.
type nodeAndView struct {
	node     Node
	viewName string
}

// rare returns what few walks need; nil if this walk needs none of it.
func (r *Result) rare() *rare {
	if r.room == nil {
		return nil
	}
	return r.room.rare
}

// ensureRare returns what few walks need, and allocates it if there is none.
func (r *Result) ensureRare() *rare {
	if r.room == nil {
		r.room = new(room)
	}
	if r.room.rare == nil {
		r.room.rare = new(rare)
	}
	return r.room.rare
}

// instead returns what WithNode set, if anything.
func (r *Result) instead() *nodeAndView {
	if r.rare() == nil {
		return nil
	}
	return r.room.rare.instead
}

// start returns the node where the walk began, zero if that is a root.
func (r *Result) start() Node {
	if r.rare() == nil {
		return Node{}
	}
	return r.room.rare.start
}

// virtual returns the number of names of the virtual root.
func (r *Result) virtual() uint32 {
	if r.rare() == nil {
		return 0
	}
	return r.room.rare.virtual
}

func (r *Result) allNames() []string {
	if r.count == 0 {
		return []string{} // costs nothing
	}
	return r.room.names[:r.count]
}

func (r *Result) nameAt(i int) string { return r.room.names[i] }

func (r *Result) resourceAt(i int) Resource {
	if i == 0 {
		return r.root
	}
	return r.room.below[i-1]
}

// below returns the room for resources below the start, filled or not.
func (r *Result) below() []Resource {
	if r.room == nil {
		return nil
	}
	return r.room.below
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
		if odd == 0 && name != "" && name[0] != '.' && r.room != nil && int(r.count) < len(r.room.names) { // nearly always
			r.room.names[r.count] = name
			r.count++
			continue
		}
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
		if r.room == nil || int(r.count) == len(r.room.names) {
			return false
		}
		r.room.names[r.count] = name
		r.count++
	}
	return true
}

// grow makes room for n names and as many resources. Up to 32 levels all of it is one block; beyond
// that the resources wait until they are needed, since long paths rarely lead into deep trees.
func (r *Result) grow(n int) {
	var m *room
	switch {
	case n <= 4:
		b := new(struct {
			room
			n [4]string
			c [4]Resource
		})
		m = &b.room
		m.names, m.below = b.n[:], b.c[:]
	case n <= 8:
		b := new(struct {
			room
			n [8]string
			c [8]Resource
		})
		m = &b.room
		m.names, m.below = b.n[:], b.c[:]
	case n <= 16:
		b := new(struct {
			room
			n [16]string
			c [16]Resource
		})
		m = &b.room
		m.names, m.below = b.n[:], b.c[:]
	case n <= 32:
		b := new(struct {
			room
			n [32]string
			c [32]Resource
		})
		m = &b.room
		m.names, m.below = b.n[:], b.c[:]
	default:
		m = &room{names: make([]string, n)}
	}
	if old := r.room; old != nil {
		copy(m.names, old.names)
		if m.below == nil {
			m.below = old.below
		} else {
			copy(m.below, old.below)
		}
		m.rare = old.rare
	}
	r.room = m
}

// growBelow makes room for at least n resources below the start, and returns all of it.
func (r *Result) growBelow(n int) []Resource {
	below := make([]Resource, min(max(n, 4, 2*len(r.room.below)), int(r.count)))
	copy(below, r.room.below)
	r.room.below = below
	return below
}
