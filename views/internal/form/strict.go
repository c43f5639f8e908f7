package form

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// strict is an input that has to have a field for everything that the client sends: forms.Strict.
type strict interface{ RefuseUnknownFields() }

func isStrict(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[strict]())
}

// addUnknown adds the mistake that no field has a name, which is a step below the path.
func (m *mistakes) addUnknown(name string, known iter.Seq[string]) {
	if len(m.found) == mostMistakes {
		m.rest++
		return
	}
	text := "no such field"
	if near := nearest(name, known); near != "" {
		text = fmt.Sprintf("no such field: did you mean %q?", near)
	}
	m.push(step{name: name})
	m.add(codeUnknown, text, map[string]any{"value": clip(name, mostText)})
	m.pop()
}

func nearest(name string, known iter.Seq[string]) string {
	return registry.Nearest(clip(name, mostText), slices.Collect(known))
}

// names yields the names of the fields in JSON.
func (p *plan) names(yield func(string) bool) {
	for i := range p.fields {
		if !yield(p.fields[i].name) {
			return
		}
	}
}

// names yields the names of the fields in forms.
func (f *Form) names(yield func(string) bool) {
	for i := range f.fields {
		if !yield(f.fields[i].name) {
			return
		}
	}
	for i := range f.uploads {
		if !yield(f.uploads[i].name) {
			return
		}
	}
}

func (n *node) names(yield func(string) bool) {
	for i := range n.fields {
		if !yield(n.fields[i].name) {
			return
		}
	}
}

// addUnknown adds a mistake for each parameter, file and branch that no field takes. others are the
// names of parameters that are not for the input.
func (f *Form) addUnknown(from *web.Parameters, branches *tree, others func(name string) bool, m *mistakes) {
	m.within, m.name, m.path = nil, "", m.path[:0]
	var seen []string
	unknown := func(name string) {
		if first, _, _ := strings.Cut(name, "."); f.nested[first] != nil || f.Knows(name) || others(name) || slices.Contains(seen, name) {
			return
		}
		if len(seen) < mostMistakes {
			seen = append(seen, name)
		}
		m.addUnknown(name, f.names)
	}
	for _, posted := range []bool{true, false} {
		for name := range from.Sent(posted) {
			unknown(name)
		}
	}
	for _, name := range from.Files() {
		unknown(name)
	}
	if branches == nil {
		return
	}
	for c := branches.root.first; c != nil; c = c.next {
		f.nested[c.name].addUnknown(c, m)
	}
	m.within = nil
}

func (n *node) addUnknown(b *branch, m *mistakes) {
	for n.leaf == nil && n.typ.Kind() == reflect.Pointer {
		n = n.elem
	}
	if n.leaf == nil && b.has {
		m.within = b
		m.add(codeUnknown, fmt.Sprintf("expected parts of the field, such as %s, not the field itself", n.part(m.where())), nil)
	}
	for c := b.first; c != nil; c = c.next {
		var inner *node
		switch {
		case n.leaf != nil:
		case n.typ.Kind() == reflect.Struct:
			if i := slices.IndexFunc(n.fields, func(f formField) bool { return f.name == c.name }); i >= 0 {
				inner = n.nested[i]
			}
		default:
			inner = n.elem
		}
		if inner == nil {
			m.within = b
			m.addUnknown(c.name, n.names)
			continue
		}
		inner.addUnknown(c, m)
	}
}

// part returns the name of a part of a field that has some.
func (n *node) part(name string) string {
	switch n.typ.Kind() {
	case reflect.Slice:
		return name + ".0"
	case reflect.Struct:
		return name + "." + n.fields[0].name
	}
	return name + ".key"
}

// Knows reports whether a name is that of a field, or a part of one: lines, lines.0 and
// lines.0.qty. A nil Form knows none.
func (f *Form) Knows(name string) bool {
	if f == nil {
		return false
	}
	for known := range f.names {
		if known == name {
			return true
		}
	}
	first, rest, more := strings.Cut(name, ".")
	n := f.nested[first]
	for ; n != nil && more; n = n.step(first) {
		first, rest, more = strings.Cut(rest, ".")
	}
	return n != nil
}

// step returns the node of a part; nil without one.
func (n *node) step(name string) *node {
	for n.leaf == nil && n.typ.Kind() == reflect.Pointer {
		n = n.elem
	}
	switch {
	case n.leaf != nil:
		return nil
	case n.typ.Kind() == reflect.Struct:
		if i := slices.IndexFunc(n.fields, func(f formField) bool { return f.name == name }); i >= 0 {
			return n.nested[i]
		}
		return nil
	case n.typ.Kind() == reflect.Slice:
		if _, ok := Index(name); !ok {
			return nil
		}
	}
	return n.elem
}

// Suggest returns the field whose name is most like a misspelt one; "" if none is.
func (f *Form) Suggest(name string) string {
	if f == nil {
		return ""
	}
	return nearest(name, f.names)
}

// String returns the type of the input.
func (f *Form) String() string { return f.typ.String() }
