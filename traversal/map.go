package traversal

import (
	"context"
	"iter"
	"maps"
	"slices"
)

// Map is a ready container: a tree written down in the program, or a document that was read into
// one. A plain map[string]any inside counts as a Map. It may be shared by all requests as long as
// nobody changes it.
type Map map[string]any

var (
	_ Container = Map(nil)
	_ Lister    = Map(nil)
)

// Child is the value of that key.
func (m Map) Child(_ context.Context, name string) (Resource, error) {
	v, ok := m[name]
	if !ok {
		return nil, ErrNotFound
	}
	return asMap(v), nil
}

// Children yields the values, sorted by key.
func (m Map) Children(context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if !yield(Entry{name, asMap(m[name])}, nil) {
				return
			}
		}
	}
}

func asMap(v any) Resource {
	if plain, ok := v.(map[string]any); ok {
		return Map(plain)
	}
	return v
}
