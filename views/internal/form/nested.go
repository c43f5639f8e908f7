package form

import (
	"cmp"
	"fmt"
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
	leaf   *leaf // a value of its own, or a list of values
	elem   *node // of a pointer, list or map
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
	if n.leaf = leafOf(t); n.leaf != nil {
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
		ok = shapeOf(t) == object && !isFile(t) && !isReceiver(t) && ns.fieldsOf(n)
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

// branches returns the tree of the names that nested fields have.
func (f *Form) branches(from *web.Parameters, m *mistakes) *tree {
	t := &tree{free: make([]branch, min(from.Len()+3, 64))} // enough for a few elements
	deep := t.addAll(f.nested, from, true)
	deep = append(deep, t.addAll(f.nested, from, false)...)
	for _, name := range deep {
		m.within, m.name = nil, name
		m.add(codeDeep, fmt.Sprintf("the name has more than %d steps", mostSteps), map[string]any{"max": mostSteps})
	}
	return t
}

// addAll adds the names of the form or of the query to a tree. It returns the fields with names
// that have too many steps.
func (t *tree) addAll(nested map[string]*node, from *web.Parameters, posted bool) (deep []string) {
	known := "" // the last field
	for name, value := range from.Sent(posted) {
		first, rest, more := cutStep(name)
		if first != known || known == "" {
			if nested[first] == nil {
				continue
			}
			known = first
		}
		if len(rest) >= mostSteps-1 && strings.Count(rest, ".") >= mostSteps-1 {
			deep = append(deep, first)
			continue
		}
		at := t.grow(&t.root, first)
		for more && at != nil {
			var part string
			part, rest, more = cutStep(rest)
			at = t.grow(at, part)
		}
		if at == nil || !posted && at.posted {
			continue
		}
		at.posted = posted
		at.add(value)
	}
	return deep
}

// cutStep is strings.Cut at a dot.
func cutStep(name string) (first, rest string, more bool) {
	if dot := strings.IndexByte(name, '.'); dot >= 0 {
		return name[:dot], name[dot+1:], true
	}
	return name, "", false
}

// fill sets v to what b has.
func (n *node) fill(v reflect.Value, b *branch, m *mistakes) {
	m.within = b
	if b.dropped {
		m.add(codeMany, fmt.Sprintf("more than %d elements", MostElements), map[string]any{"max": MostElements})
		return
	}
	switch {
	case n.leaf != nil:
		switch {
		case !b.has:
		case n.leaf.list != nil:
			n.leaf.fillList(v, b.all(), m)
		default:
			n.leaf.fillOne(v, b.text, m)
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
		for i := range n.fields {
			if c := b.child(n.fields[i].name); c != nil {
				n.nested[i].fill(n.fields[i].of(v), c, m)
			}
		}
	}
}

// lacks reports whether b has nothing for a nested value: then it does not become an element, so
// that a client cannot put nil pointers into a list.
func (n *node) lacks(b *branch) bool { return n.leaf == nil && b.first == nil && !b.dropped }

func (n *node) fillList(v reflect.Value, b *branch, m *mistakes) {
	order := make([]*branch, 0, b.children)
	sorted := true
	for c := b.first; c != nil; c = c.next {
		if n.elem.lacks(c) {
			continue
		}
		index, ok := Index(c.name)
		if !ok {
			m.within = b
			m.add(codeIndex, fmt.Sprintf("%q is not an index", clip(c.name, mostText)), map[string]any{"value": clip(c.name, mostText)})
			continue
		}
		c.index, c.element = index, true
		sorted = sorted && (len(order) == 0 || order[len(order)-1].index < index)
		order = append(order, c)
	}
	if !sorted {
		slices.SortFunc(order, func(a, b *branch) int { return cmp.Compare(a.index, b.index) })
	}
	if len(order) > 0 && order[len(order)-1].index >= len(order) {
		m.addGaps(b, order)
	}
	if setSize(v, len(order)); len(order) == 0 {
		v.Set(reflect.MakeSlice(n.typ, 0, 0))
	}
	for i, c := range order {
		c.position = int32(i)
		n.elem.fill(v.Index(i), c, m)
	}
}

// addGaps records the indexes of a list that is not filled as the client sent it.
func (m *mistakes) addGaps(list *branch, order []*branch) {
	sent := make([]int, len(order))
	for i, c := range order {
		sent[i] = c.index
	}
	m.gaps.add(list.path(false), sent)
}

// Index returns the index that a step of a name is, and whether it is one.
func Index(name string) (int, bool) {
	if len(name) == 1 && '0' <= name[0] && name[0] <= '9' { // nearly always
		return int(name[0] - '0'), true
	}
	index, err := strconv.Atoi(name)
	return index, err == nil && index >= 0 && strconv.Itoa(index) == name
}

func (n *node) fillMap(v reflect.Value, b *branch, m *mistakes) {
	filled := reflect.MakeMapWithSize(n.typ, int(b.children))
	for c := b.first; c != nil; c = c.next {
		if n.elem.lacks(c) {
			continue
		}
		value := reflect.New(n.elem.typ).Elem()
		n.elem.fill(value, c, m)
		filled.SetMapIndex(reflect.ValueOf(c.name).Convert(n.typ.Key()), value)
	}
	v.Set(filled)
}
