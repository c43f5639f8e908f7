package urls

import "slices"

// Values are the values given for the markers of a route, for one URL. Most URLs need no more than
// four, which cost no allocation of their own.
type Values struct {
	list []given
	room [4]given
}

type given struct {
	name  string
	value any
	raw   string // of the current route's match
	keep  bool   // raw is set
}

// Get returns the value of a marker, unchanged, and whether there is one.
func (v *Values) Get(name string) (any, bool) {
	if i := v.index(name); i >= 0 {
		return v.list[i].value, true
	}
	return nil, false
}

// Set sets the value of a marker.
func (v *Values) Set(name string, value any) {
	*v.at(name) = given{name: name, value: value}
}

// SetMatched sets the value that a marker has in the match of the current route. raw is its part of
// the path, as it is.
func (v *Values) SetMatched(name string, value any, raw string) {
	*v.at(name) = given{name, value, raw, true}
}

// Matched returns what SetMatched set as raw; false if it was not called for the marker, or if Set
// has replaced the value.
func (v *Values) Matched(name string) (raw string, ok bool) {
	if i := v.index(name); i >= 0 {
		return v.list[i].raw, v.list[i].keep
	}
	return "", false
}

// Unmatch makes the values ordinary ones, since the markers belong to another route.
func (v *Values) Unmatch() {
	for i := range v.list {
		v.list[i].keep = false
	}
}

// Names returns the names of the values, sorted.
func (v *Values) Names() []string {
	names := make([]string, len(v.list))
	for i := range v.list {
		names[i] = v.list[i].name
	}
	slices.Sort(names)
	return names
}

func (v *Values) index(name string) int {
	for i := range v.list {
		if v.list[i].name == name {
			return i
		}
	}
	return -1
}

// at returns the place of a name, making one if necessary.
func (v *Values) at(name string) *given {
	if i := v.index(name); i >= 0 {
		return &v.list[i]
	}
	if v.list == nil {
		v.list = v.room[:0]
	}
	v.list = append(v.list, given{})
	return &v.list[len(v.list)-1]
}
