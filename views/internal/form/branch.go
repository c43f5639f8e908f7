package form

import (
	"iter"
	"strconv"
	"strings"
)

// branch is a step of names, with the values of the name that ends there. Its children are a list.
type branch struct {
	name     string
	parent   *branch
	index    int // as a step of a list, once fillList has read it
	position int // of that element in the list; without gaps it is the index
	texts    []string
	room     [1]string // for texts
	posted   bool
	element  bool // of a list
	dropped  bool // there were more children than MostElements

	next        *branch // of the same parent
	first, last *branch
	children    int
	byName      map[string]*branch // once there are many children
}

// fewChildren are found without a map.
const fewChildren = 8

func (b *branch) child(name string) *branch {
	switch {
	case b.last != nil && b.last.name == name: // names come in order
		return b.last
	case b.byName != nil:
		return b.byName[name]
	}
	for c := b.first; c != nil; c = c.next {
		if c.name == name {
			return c
		}
	}
	return nil
}

// all returns the children in the order of their names in the request.
func (b *branch) all() iter.Seq[*branch] {
	return func(yield func(*branch) bool) {
		for c := b.first; c != nil && yield(c); c = c.next {
		}
	}
}

// path returns the steps to b: as the client sent them, shortened if they are long, or those of the
// input. It is "" for nil.
func (b *branch) path(sent bool) string {
	var steps []*branch
	for ; b != nil && b.parent != nil; b = b.parent {
		steps = append(steps, b)
	}
	var path strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		if i < len(steps)-1 {
			path.WriteByte('.')
		}
		if sent && path.Len() > mostLong {
			path.WriteString("…")
			break
		}
		switch s := steps[i]; {
		case sent:
			path.WriteString(clip(s.name, mostText))
		case s.element:
			path.WriteString(strconv.Itoa(s.position))
		default:
			path.WriteString(s.name)
		}
	}
	return path.String()
}

// tree makes branches, several at once.
type tree struct{ free []branch }

// grow returns the child of a name, nil if there are too many.
func (t *tree) grow(b *branch, name string) *branch {
	if c := b.child(name); c != nil {
		return c
	}
	if b.children == MostElements {
		b.dropped = true
		return nil
	}
	if len(t.free) == 0 {
		t.free = make([]branch, 16)
	}
	c := &t.free[0]
	t.free = t.free[1:]
	c.name, c.parent, c.texts = name, b, c.room[:0]
	if b.last == nil {
		b.first = c
	} else {
		b.last.next = c
	}
	b.last = c
	if b.children++; b.children > fewChildren {
		if b.byName == nil {
			b.byName = map[string]*branch{}
			for one := range b.all() {
				b.byName[one.name] = one
			}
		}
		b.byName[name] = c
	}
	return c
}
