package session

import "slices"

// entry is a value of a session.
type entry struct {
	name, text string // text is JSON
	written    bool   // by this request
	deleted    bool   // by this request; text is then ""
}

// find returns the place of a value, -1 if there is none and it was not deleted either.
func find(entries []entry, name string) int {
	return slices.IndexFunc(entries, func(e entry) bool { return e.name == name })
}

// get returns the text of a value.
func get(entries []entry, name string) (text string, ok bool) {
	at := find(entries, name)
	if at < 0 || entries[at].deleted {
		return "", false
	}
	return entries[at].text, true
}

// put returns the entries with a value.
func put(entries []entry, name, text string) []entry {
	e := entry{name: name, text: text, written: true}
	if at := find(entries, name); at >= 0 {
		entries[at] = e
		return entries
	}
	return append(entries, e)
}

// remove returns the entries without a value, which is marked as deleted: another request may have
// set it meanwhile.
func remove(entries []entry, name string) []entry {
	e := entry{name: name, written: true, deleted: true}
	if at := find(entries, name); at >= 0 {
		entries[at] = e
		return entries
	}
	return append(entries, e)
}

// isEmpty reports whether no value is left.
func isEmpty(entries []entry) bool {
	return !slices.ContainsFunc(entries, func(e entry) bool { return !e.deleted })
}
