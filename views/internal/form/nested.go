package form

import (
	"cmp"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// Fields of nested types have names with steps: lines.0.qty is the field qty of the first element
// of lines. The names of a request become a tree of branches first, so that memory grows with the
// request and never with an index: elements are placed in the order of their indexes, without gaps.

// Bounds of nested names.
const (
	mostSteps = 16 // of a name
	// MostElements is how many elements a list or map may have.
	MostElements = 1000
)

// node is how a value is filled from a branch. Types may contain themselves, so nodes may too.
type node struct {
	typ    reflect.Type
	leaf   *formField // a value of its own, or a list of values
	elem   *node      // of a pointer, list or map
	fields []formField
	nested []*node // of fields
}

type nodeMaker map[reflect.Type]*node

// of returns the node of a type, nil if no form can fill it or one of its fields.
func (ns nodeMaker) of(t reflect.Type) *node {
	if n, ok := ns[t]; ok {
		return n
	}
	n := &node{typ: t}
	if set := setterOf(t); set != nil {
		n.leaf = &formField{list: isList(t), empty: keepsEmpty(t), set: set}
		return n
	}
	ns[t] = n
	ok := false
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		n.elem = ns.of(t.Elem())
		ok = n.elem != nil
	case reflect.Map:
		n.elem = ns.of(t.Elem())
		ok = n.elem != nil && t.Key().Kind() == reflect.String
	case reflect.Struct:
		ok = shapeOf(t) == object && !isFile(t) && ns.fieldsOf(n)
	}
	if !ok {
		ns[t] = nil
		return nil
	}
	return n
}

func (ns nodeMaker) fieldsOf(n *node) bool {
	fields, err := fieldsOf(n.typ)
	if err != nil {
		return false
	}
	for _, f := range fields {
		if f.form == "" {
			continue
		}
		inner := ns.of(f.typ)
		if f.behindPointer || inner == nil {
			if f.forJSON {
				continue
			}
			return false
		}
		n.fields = append(n.fields, formField{name: f.form, index: f.index})
		n.nested = append(n.nested, inner)
	}
	return len(n.fields) > 0
}

// branch is a step of names, with the values of the name that ends there. Its children are a list.
type branch struct {
	name    string
	index   int // as a step of a list, once fillList has read it
	texts   []string
	room    [1]string // for texts
	posted  bool
	dropped bool // there were more children than MostElements

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
	c.name, c.texts = name, c.room[:0]
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

// branches returns the tree of the names that nested fields have.
func (f *Form) branches(from *web.Parameters, m *mistakes) *branch {
	root, made := &branch{}, &tree{}
	for _, posted := range []bool{true, false} {
		for name, value := range from.Sent(posted) {
			first, _, _ := strings.Cut(name, ".")
			if f.nested[first] == nil {
				continue
			}
			if strings.Count(name, ".") >= mostSteps {
				m.path = append(m.path[:0], step{name: first})
				m.add(codeDeep, fmt.Sprintf("the name has more than %d steps", mostSteps), map[string]any{"max": mostSteps})
				continue
			}
			at := root
			for rest, more := name, true; more && at != nil; {
				var part string
				part, rest, more = strings.Cut(rest, ".")
				at = made.grow(at, part)
			}
			if at == nil || !posted && at.posted {
				continue
			}
			at.posted = posted
			at.texts = append(at.texts, value)
		}
	}
	return root
}

// fill sets v to what b has.
func (n *node) fill(v reflect.Value, b *branch, m *mistakes) {
	if b.dropped {
		m.add(codeMany, fmt.Sprintf("more than %d elements", MostElements), map[string]any{"max": MostElements})
		return
	}
	switch {
	case n.leaf != nil:
		if len(b.texts) > 0 {
			n.leaf.set(v, b.texts, m, n.leaf.empty)
		}
	case b.first == nil: // a value of the nested field itself is that of an unknown name
	case n.typ.Kind() == reflect.Pointer:
		to := reflect.New(n.elem.typ)
		n.elem.fill(to.Elem(), b, m)
		v.Set(to)
	case n.typ.Kind() == reflect.Slice:
		n.fillList(v, b, m)
	case n.typ.Kind() == reflect.Map:
		n.fillMap(v, b, m)
	default:
		for i, f := range n.fields {
			if c := b.child(f.name); c != nil {
				m.push(step{name: f.name})
				n.nested[i].fill(v.FieldByIndex(f.index), c, m)
				m.pop()
			}
		}
	}
}

// lacks reports whether b has nothing for a nested value: then it is no element, so that a client does
// not put nil pointers into a list.
func (n *node) lacks(b *branch) bool { return n.leaf == nil && b.first == nil && !b.dropped }

func (n *node) fillList(v reflect.Value, b *branch, m *mistakes) {
	order := make([]*branch, 0, b.children)
	for c := range b.all() {
		if n.elem.lacks(c) {
			continue
		}
		index, ok := Index(c.name)
		if !ok {
			m.add(codeIndex, fmt.Sprintf("%q is not an index", clip(c.name, mostText)), map[string]any{"value": clip(c.name, mostText)})
			continue
		}
		c.index = index
		order = append(order, c)
	}
	slices.SortFunc(order, func(a, b *branch) int { return cmp.Compare(a.index, b.index) })
	list := reflect.MakeSlice(n.typ, len(order), len(order))
	for i, c := range order {
		m.push(step{index: c.index, element: true})
		n.elem.fill(list.Index(i), c, m)
		m.pop()
	}
	v.Set(list)
}

// Index returns the index that a step of a name is, and whether it is one.
func Index(name string) (int, bool) {
	index, err := strconv.Atoi(name)
	return index, err == nil && index >= 0 && strconv.Itoa(index) == name
}

func (n *node) fillMap(v reflect.Value, b *branch, m *mistakes) {
	filled := reflect.MakeMapWithSize(n.typ, b.children)
	for c := range b.all() {
		if n.elem.lacks(c) {
			continue
		}
		value := reflect.New(n.elem.typ).Elem()
		m.push(step{name: c.name})
		n.elem.fill(value, c, m)
		m.pop()
		filled.SetMapIndex(reflect.ValueOf(c.name).Convert(n.typ.Key()), value)
	}
	v.Set(filled)
}
