package form

import (
	"strconv"
	"strings"
)

// branch is a step of names, with the values of the name that ends there. Its children are a list.
// It is small, since a request has one for each step.
type branch struct {
	name   string
	text   string    // the last value
	texts  *[]string // all of them, if there are several
	parent *branch

	next        *branch // of the same parent
	first, last *branch

	index    int   // as a step of a list, once fillList has read it
	position int32 // of that element in the list; without gaps it is the index
	children int32

	has     bool // there is a text
	posted  bool // it is from the form, not the query
	element bool // of a list
	dropped bool // there were more children than MostElements
}

// fewChildren are found without a map.
const fewChildren = 8

// add adds a value.
func (b *branch) add(text string) {
	if b.has {
		if b.texts == nil {
			b.texts = &[]string{b.text}
		}
		*b.texts = append(*b.texts, text)
	}
	b.text, b.has = text, true
}

// all returns the values.
func (b *branch) all() []string {
	if b.texts != nil {
		return *b.texts
	}
	return []string{b.text}
}

func (b *branch) child(name string) *branch {
	if b.last != nil && b.last.name == name { // names come in order
		return b.last
	}
	for c := b.first; c != nil; c = c.next {
		if c.name == name {
			return c
		}
	}
	return nil
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
			path.WriteString(strconv.Itoa(int(s.position)))
		default:
			path.WriteString(s.name)
		}
	}
	return path.String()
}

// tree makes branches, several at once.
type tree struct {
	root   branch
	free   []branch
	byName map[*branch]map[string]*branch // of branches with many children
}

// child is that of a branch, which takes long if there are many.
func (t *tree) child(b *branch, name string) *branch {
	if b.children <= fewChildren || b.last.name == name {
		return b.child(name)
	}
	return t.byName[b][name]
}

// grow returns the child of a name, nil if there are too many.
func (t *tree) grow(b *branch, name string) *branch {
	if c := t.child(b, name); c != nil {
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
	c.name, c.parent = name, b
	if b.last == nil {
		b.first = c
	} else {
		b.last.next = c
	}
	b.last = c
	if b.children++; b.children > fewChildren {
		t.addName(b)
	}
	return c
}

// addName makes the last child of a branch be found by its name.
func (t *tree) addName(b *branch) {
	names := t.byName[b]
	if names == nil {
		names = map[string]*branch{}
		for c := b.first; c != nil; c = c.next {
			names[c.name] = c
		}
		if t.byName == nil {
			t.byName = map[*branch]map[string]*branch{}
		}
		t.byName[b] = names
	}
	names[b.last.name] = b.last
}
