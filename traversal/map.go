package traversal

import (
	"context"
	"iter"
	"maps"
	"slices"
)

// Map is a container that needs no code: a tree written as a literal, or a decoded document. A
// plain map[string]any inside counts as a Map. Requests may share a Map as long as it does not
// change.
type Map map[string]any

var (
	_ Container = Map(nil)
	_ Lister    = Map(nil)
)

// Child returns the value of that key, or ErrNotFound.
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
