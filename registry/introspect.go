package registry

import (
	"slices"
)

// Introspectable describes one thing that was registered.
type Introspectable struct {
	Category string // "views"
	Title    string // `"edit" for *wiki.Page`
	Type     string // what one of the category is called: "view"
	ID       any    // unique in its category, and comparable; nil if nothing refers to it
	Fields   []Field
	Related  []Ref
	Source   Source
}

// Field is a named value of an Introspectable.
type Field struct {
	Name  string
	Value any
}

// Ref identifies a declaration and its Introspectable. Relations hold in both directions.
type Ref struct {
	Category string
	ID       any
}

// Refs returns a Ref for each name in a category.
func Refs(category string, names ...string) []Ref {
	refs := make([]Ref, len(names))
	for i, name := range names {
		refs[i] = Ref{Category: category, ID: name}
	}
	return refs
}

// Field returns the value of the named field, and whether there is one.
func (in Introspectable) Field(name string) (any, bool) {
	for _, f := range in.Fields {
		if f.Name == name {
			return f.Value, true
		}
	}
	return nil, false
}

// Introspector lists everything that is registered, by category, in the order it took effect. It
// returns copies, which share the values in them.
type Introspector struct {
	categories map[string]*category
	related    map[Ref][]Ref // from what is referred to, back
}

type category struct {
	items []*Introspectable // nil: replaced by a later one
	byID  map[any]int
}

func newIntrospector() *Introspector {
	return &Introspector{categories: map[string]*category{}, related: map[Ref][]Ref{}}
}

// Categories returns the names of all categories, sorted.
func (i *Introspector) Categories() []string {
	names := make([]string, 0, len(i.categories))
	for name := range i.categories {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Category returns what is registered in a category, in order. An unknown category is empty.
func (i *Introspector) Category(name string) []Introspectable {
	c := i.categories[name]
	if c == nil {
		return nil
	}
	all := make([]Introspectable, 0, len(c.items))
	for _, in := range c.items {
		if in != nil {
			all = append(all, *in)
		}
	}
	return all
}

// Get returns the Introspectable with a category and ID, and whether there is one.
func (i *Introspector) Get(category string, id any) (Introspectable, bool) {
	if in := i.find(Ref{category, id}); in != nil {
		return *in, true
	}
	return Introspectable{}, false
}

// Related returns what the named Introspectable refers to, then what refers to it, each once. It
// skips references to what is not registered.
func (i *Introspector) Related(category string, id any) []Introspectable {
	self := Ref{category, id}
	in := i.find(self)
	if in == nil {
		return nil
	}
	var all []Introspectable
	seen := map[Ref]bool{self: true}
	for _, refs := range [][]Ref{in.Related, i.related[self]} {
		for _, ref := range refs {
			other := i.find(ref)
			if other == nil || seen[ref] {
				continue
			}
			// A back reference may come from an item that was since replaced by one without the
			// reference.
			if !slices.Contains(in.Related, ref) && !slices.Contains(other.Related, self) {
				continue
			}
			seen[ref] = true
			all = append(all, *other)
		}
	}
	return all
}

func (i *Introspector) find(ref Ref) *Introspectable {
	c := i.categories[ref.Category]
	if c == nil || ref.ID == nil || !isKey(ref.ID) {
		return nil
	}
	at, ok := c.byID[ref.ID]
	if !ok {
		return nil
	}
	return c.items[at]
}

// add appends in to its category. It removes an earlier one with the same ID.
func (i *Introspector) add(in Introspectable) {
	c := i.categories[in.Category]
	if c == nil {
		c = &category{byID: map[any]int{}}
		i.categories[in.Category] = c
	}
	if in.ID != nil {
		if old, ok := c.byID[in.ID]; ok {
			c.items[old] = nil
		}
		c.byID[in.ID] = len(c.items)
		for _, ref := range in.Related {
			i.related[ref] = append(i.related[ref], Ref{in.Category, in.ID})
		}
	}
	c.items = append(c.items, &in)
}
