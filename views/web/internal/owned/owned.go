// Package owned holds at most one value for each owner.
package owned

import (
	"slices"
	"sync"
)

// List holds values by owner. There are few, so a list is faster than a map. The zero value is
// empty. It is safe for concurrent use.
type List[O comparable, V any] struct {
	mu   sync.Mutex // guards list
	list []item[O, V]
}

type item[O comparable, V any] struct {
	owner O
	value V
}

// Get returns the value of an owner.
func (l *List[O, V]) Get(owner O) (v V, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := l.index(owner); i >= 0 {
		return l.list[i].value, true
	}
	return v, false
}

// GetOr returns the value of an owner. Without one it is what fresh returns, which may not use the
// list.
func (l *List[O, V]) GetOr(owner O, fresh func() V) V {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := l.index(owner); i >= 0 {
		return l.list[i].value
	}
	v := fresh()
	l.list = append(l.list, item[O, V]{owner, v})
	return v
}

// Put sets the value of an owner.
func (l *List[O, V]) Put(owner O, v V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := l.index(owner); i >= 0 {
		l.list[i].value = v
		return
	}
	l.list = append(l.list, item[O, V]{owner, v})
}

// Take removes and returns the value of an owner.
func (l *List[O, V]) Take(owner O) (v V, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := l.index(owner)
	if i < 0 {
		return v, false
	}
	v = l.list[i].value
	l.list = slices.Delete(l.list, i, i+1)
	return v, true
}

// Adopt adds the values of other, except for owners that have one.
func (l *List[O, V]) Adopt(other *List[O, V]) {
	other.mu.Lock()
	list := slices.Clone(other.list)
	other.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, it := range list {
		if l.index(it.owner) < 0 {
			l.list = append(l.list, it)
		}
	}
}

// index returns the place of an owner, -1 without a value; the caller holds mu.
func (l *List[O, V]) index(owner O) int {
	return slices.IndexFunc(l.list, func(it item[O, V]) bool { return it.owner == owner })
}
