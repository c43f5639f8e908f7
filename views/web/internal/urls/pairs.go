package urls

import "iter"

// Pair is a name and a value of a query string or a form.
type Pair struct{ Name, Value string }

// Lists are the pairs of a query and of a form, in this order.
type Lists [2][]Pair

// Get returns the last value of a name in the first list that has it, and whether there is one.
func (l *Lists) Get(name string) (string, bool) {
	if value, ok := last(l[0], name); ok {
		return value, true
	}
	return l.Posted(name)
}

// Posted returns the last value of a name in the form, and whether there is one.
func (l *Lists) Posted(name string) (string, bool) { return last(l[1], name) }

func last(list []Pair, name string) (string, bool) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Name == name {
			return list[i].Value, true
		}
	}
	return "", false
}

// Pairs yields the pairs of the form, or those of the query.
func (l *Lists) Pairs(posted bool) iter.Seq2[string, string] {
	list := l[0]
	if posted {
		list = l[1]
	}
	return func(yield func(name, value string) bool) {
		for _, one := range list {
			if !yield(one.Name, one.Value) {
				return
			}
		}
	}
}

// All returns all values of a name.
func (l *Lists) All(name string) []string {
	var all []string
	for _, list := range l {
		for _, one := range list {
			if one.Name == name {
				all = append(all, one.Value)
			}
		}
	}
	return all
}

// Names returns the names, each once, in order of appearance.
func (l *Lists) Names() []string {
	var names []string
	seen := make(map[string]bool, l.Len())
	for _, list := range l {
		for _, one := range list {
			if !seen[one.Name] {
				seen[one.Name] = true
				names = append(names, one.Name)
			}
		}
	}
	return names
}

// Len returns the number of values.
func (l *Lists) Len() int { return len(l[0]) + len(l[1]) }
