package form

import (
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

// branch is a step of names, with the values of the name that ends there.
type branch struct {
	name     string
	texts    []string
	posted   bool
	children map[string]*branch
	order    []*branch
	dropped  bool // there were more children than MostElements
}

func (b *branch) child(name string) *branch {
	if b == nil {
		return nil
	}
	return b.children[name]
}

// grow returns the child of a name, nil if there are too many.
func (b *branch) grow(name string) *branch {
	if c := b.children[name]; c != nil {
		return c
	}
	if len(b.order) >= MostElements {
		b.dropped = true
		return nil
	}
	if b.children == nil {
		b.children = map[string]*branch{}
	}
	c := &branch{name: name}
	b.children[name] = c
	b.order = append(b.order, c)
	return c
}

// branches returns the tree of the names that nested fields have.
func (f *Form) branches(from *web.Parameters, m *mistakes) *branch {
	root := &branch{}
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
			for part := range strings.SplitSeq(name, ".") {
				if at = at.grow(part); at == nil {
					break
				}
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
	case len(b.order) == 0: // a value of the nested field itself is that of an unknown name
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

func (n *node) fillList(v reflect.Value, b *branch, m *mistakes) {
	indexes := make(map[*branch]int, len(b.order))
	order := b.order[:0:0]
	for _, c := range b.order {
		index, ok := Index(c.name)
		if !ok {
			m.add(codeIndex, fmt.Sprintf("%q is not an index", clip(c.name, mostText)), map[string]any{"value": clip(c.name, mostText)})
			continue
		}
		indexes[c] = index
		order = append(order, c)
	}
	slices.SortFunc(order, func(a, b *branch) int { return indexes[a] - indexes[b] })
	list := reflect.MakeSlice(n.typ, len(order), len(order))
	for i, c := range order {
		m.push(step{index: indexes[c], element: true})
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
	filled := reflect.MakeMapWithSize(n.typ, len(b.order))
	for _, c := range b.order {
		value := reflect.New(n.elem.typ).Elem()
		m.push(step{name: c.name})
		n.elem.fill(value, c, m)
		m.pop()
		filled.SetMapIndex(reflect.ValueOf(c.name).Convert(n.typ.Key()), value)
	}
	v.Set(filled)
}
