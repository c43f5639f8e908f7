package acl_test

import (
	"iter"
	"maps"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
)

// entries lists the children of a folder by name.
func entries(f *folder) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(f.children)) {
			if !yield(traversal.Entry{Name: name, Resource: f.children[name]}, nil) {
				return
			}
		}
	}
}
