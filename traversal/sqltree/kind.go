package sqltree

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// A KindSpec says which Go type the nodes of one kind have. Kind makes one.
type KindSpec struct {
	name string
	typ  reflect.Type
	make func() Resource
}

// Kind returns a KindSpec: nodes of the kind name are values of type P, a pointer to a struct that
// embeds Item, such as Kind[*Page]("page"). The name is stored with each node, so it must stay the
// same as long as there are such nodes; the Go type may be renamed. The data of the node is the
// JSON of the struct.
func Kind[P interface {
	*T
	Resource
}, T any](name string) KindSpec {
	return KindSpec{name: name, typ: reflect.TypeFor[P](), make: func() Resource { return P(new(T)) }}
}

// String returns a text such as `kind "page" (*wiki.Page)`.
func (k KindSpec) String() string { return fmt.Sprintf("kind %q (%s)", k.name, k.typ) }

// Unknown is a node of a kind that the application does not register, for example because a newer
// version of it made the node. It can be listed, moved, renamed and deleted. Update keeps its data.
type Unknown struct {
	Item
	Data json.RawMessage // as it is stored
}

// MarshalJSON returns the data.
func (u *Unknown) MarshalJSON() ([]byte, error) { return u.Data, nil }

// UnmarshalJSON keeps the data.
func (u *Unknown) UnmarshalJSON(data []byte) error {
	u.Data = append(u.Data[:0], data...)
	return nil
}

// kinds are the kinds of a tree, by name and by Go type.
type kinds struct {
	byName map[string]KindSpec
	byType map[reflect.Type]KindSpec
}

func newKinds(root KindSpec, specs []KindSpec) (kinds, error) {
	k := kinds{byName: map[string]KindSpec{}, byType: map[reflect.Type]KindSpec{}}
	var wrong []error
	for _, s := range append([]KindSpec{root}, specs...) {
		switch other, taken := k.byName[s.name]; {
		case s.make == nil:
			wrong = append(wrong, errors.New("zero KindSpec: make kinds with sqltree.Kind, and set Options.Root"))
			continue
		case s.name == "":
			wrong = append(wrong, fmt.Errorf("%v has no name", s))
		case taken:
			wrong = append(wrong, fmt.Errorf("%v and %v have the same name", other, s))
		}
		if other, taken := k.byType[s.typ]; taken && other.name != s.name {
			wrong = append(wrong, fmt.Errorf("%v and %v have the same type", other, s))
		}
		k.byName[s.name], k.byType[s.typ] = s, s
	}
	return k, errors.Join(wrong...)
}

// of returns the kind of a resource that is to be stored.
func (k kinds) of(res Resource) (string, error) {
	if u, ok := res.(*Unknown); ok && u.n != nil {
		return u.n.row.kind, nil
	}
	s, ok := k.byType[reflect.TypeOf(res)]
	if !ok {
		return "", fmt.Errorf("%T is not a registered kind: add sqltree.Kind[%T](\"…\") to Options.Kinds", res, res)
	}
	return s.name, nil
}

// resource returns a row as a resource of its kind.
func (t *Tree) resource(r row) (Resource, error) {
	n := &node{tree: t, row: r, loaded: true}
	if err := n.decode(t.blank(r.kind)); err != nil {
		return nil, err
	}
	return n.self, nil
}

func (t *Tree) blank(kind string) Resource {
	if s, ok := t.kinds.byName[kind]; ok {
		return s.make()
	}
	return new(Unknown)
}

// decode makes res the resource of n.
func (n *node) decode(res Resource) error {
	if err := json.Unmarshal(n.row.data, res); err != nil {
		return fmt.Errorf("read %q (%s) as %T: %w", n.row.name, n.row.id, res, err)
	}
	res.item().n = n
	n.self = res
	return nil
}
