// Package vary collects the names of the request headers that had a say in a response.
package vary

import (
	"slices"
	"sync"
)

// Names is a list of header names, in the order in which they were added. The zero value is empty.
// It is safe for concurrent use.
type Names struct {
	mu   sync.Mutex
	list []string // at first in room
	room [2]string
}

// Add adds the names that are not on the list.
func (n *Names) Add(names ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.list == nil {
		n.list = n.room[:0]
	}
	for _, name := range names {
		if !slices.Contains(n.list, name) {
			n.list = append(n.list, name)
		}
	}
}

// All returns the names so far. Do not change the slice.
func (n *Names) All() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clip(n.list)
}
