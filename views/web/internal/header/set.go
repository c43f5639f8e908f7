package header

import (
	"net/http"
	"slices"
)

// Set holds the headers of a response. Most responses have few. Until Map is called they are kept
// as a list, since an http.Header costs more than the rest of a small response. Keys are canonical.
// The zero value is empty. A nil Set is empty too, and only Get, Values, Del and IsMap work on it.
// Copy it with Clone only. It is not safe for concurrent use.
type Set struct {
	list Fields      // at first in room
	all  http.Header // after Map, in place of list
	room [4]Field
}

// Field is one line of a header. The value is an array, so that an http.Header can refer to it when
// the response is sent.
type Field struct {
	Key   string
	Value [1]string
}

// Get returns the first value of key, "" without one.
func (s *Set) Get(key string) string {
	switch {
	case s == nil:
		return ""
	case s.all != nil:
		return s.all.Get(key)
	}
	if i := s.list.index(key); i >= 0 {
		return s.list[i].Value[0]
	}
	return ""
}

// Values returns a copy of all values of key.
func (s *Set) Values(key string) (values []string) {
	switch {
	case s == nil:
		return nil
	case s.all != nil:
		return append(values, s.all[key]...)
	}
	for i := range s.list {
		if s.list[i].Key == key {
			values = append(values, s.list[i].Value[0])
		}
	}
	return values
}

// Put replaces all values of key with one.
func (s *Set) Put(key, value string) {
	if s.all != nil {
		s.all[key] = []string{value}
		return
	}
	i := s.list.index(key)
	if i < 0 {
		s.Add(key, value)
		return
	}
	s.list[i].Value[0] = value
	s.deleteFrom(i+1, key)
}

// Add appends a value of key.
func (s *Set) Add(key, value string) {
	if s.all != nil {
		s.all[key] = append(s.all[key], value)
		return
	}
	if s.list == nil {
		s.list = s.room[:0]
	}
	s.list = append(s.list, Field{key, [1]string{value}})
}

// Del removes all values of key.
func (s *Set) Del(key string) {
	switch {
	case s == nil:
	case s.all != nil:
		delete(s.all, key)
	default:
		s.deleteFrom(0, key)
	}
}

// deleteFrom removes the fields of key at the index from and after it, keeping the order.
func (s *Set) deleteFrom(from int, key string) {
	kept := slices.DeleteFunc(s.list[from:], func(f Field) bool { return f.Key == key })
	s.list = s.list[:from+len(kept)]
}

// Map returns the headers as an http.Header. From now on the Set uses it, so the caller may change
// it to change the Set.
func (s *Set) Map() http.Header {
	if s.all == nil {
		s.all = make(http.Header, len(s.list)+1)
		for _, f := range s.list {
			s.all[f.Key] = append(s.all[f.Key], f.Value[0])
		}
		s.list = nil
	}
	return s.all
}

// IsMap reports whether Map was called.
func (s *Set) IsMap() bool { return s != nil && s.all != nil }

// Clone returns an independent copy.
func (s *Set) Clone() Set { return Set{list: slices.Clone(s.list), all: s.all.Clone()} }

// Check returns an error if a name or a value is invalid.
func (s *Set) Check() error {
	if s.all != nil {
		return checkAll(s.all)
	}
	for i := range s.list {
		if err := Check(s.list[i].Key, s.list[i].Value[0]); err != nil {
			return err
		}
	}
	return nil
}

func checkAll(h http.Header) error {
	for key, values := range h {
		for _, value := range values {
			if err := Check(key, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// WriteTo sets the headers in h, which has those of a server or of middleware. They replace what is
// there, except that Set-Cookie and Vary are added to it. h then shares memory with the Set: do not
// change a value in place.
func (s *Set) WriteTo(h http.Header) {
	if s.all == nil {
		s.list.WriteTo(h)
		return
	}
	for key, values := range s.all {
		if len(h[key]) > 0 && merged(key) {
			values = append(h[key], values...)
		}
		h[key] = values
	}
}

// Fields is a list of headers, in which a key may be repeated.
type Fields []Field

// WriteTo does the same as Set.WriteTo.
func (l Fields) WriteTo(h http.Header) {
	for i := range l {
		key, value := l[i].Key, l[i].Value[:]
		if merged(key) || l[:i].index(key) >= 0 {
			if before := h[key]; len(before) > 0 {
				value = append(before, value...)
			}
		}
		h[key] = value
	}
}

// index returns where key is first, -1 if it is not in the list.
func (l Fields) index(key string) int {
	for i := range l {
		if l[i].Key == key {
			return i
		}
	}
	return -1
}

func merged(key string) bool { return key == "Set-Cookie" || key == "Vary" }
