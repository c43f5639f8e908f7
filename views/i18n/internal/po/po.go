// Package po reads and writes gettext's text format of catalogs (the manual of gettext, "PO
// files").
package po

import (
	"slices"
	"strings"
)

// File is a catalog or a template of catalogs. The header is the entry with the empty id.
type File struct {
	Entries []*Entry
	// Trailing are the comments after the last entry, with their marks.
	Trailing []string
}

// Key identifies an entry: its context, "" without one, and its id.
type Key struct{ Context, ID string }

// Entry is a message with its translation.
type Entry struct {
	Comments   []string // of translators: the lines as they are, with "#"
	Extracted  []string // from the source, for translators
	References []string // such as app/show.go:12
	Flags      []string // such as fuzzy
	Previous   []string // the lines of the message that was translated: msgid "…"

	Context  string
	ID       string
	Plural   string
	IsPlural bool
	Forms    []string // msgstr, or msgstr[0] and so on; "" is not translated

	Obsolete bool // no longer in the source
	Line     int  // of the keyword that the entry begins with; 0 if it was not read from a file
}

// Key returns the key of the entry.
func (e *Entry) Key() Key { return Key{e.Context, e.ID} }

// IsHeader reports whether the entry is the header of its file.
func (e *Entry) IsHeader() bool { return e.ID == "" && e.Context == "" && !e.Obsolete }

// Fuzzy reports whether nobody has reviewed the translation.
func (e *Entry) Fuzzy() bool { return slices.Contains(e.Flags, "fuzzy") }

// SetFuzzy adds or removes the flag. Without it the entry has no previous message.
func (e *Entry) SetFuzzy(fuzzy bool) {
	e.Flags = slices.DeleteFunc(slices.Clone(e.Flags), func(flag string) bool { return flag == "fuzzy" })
	if fuzzy {
		e.Flags = append([]string{"fuzzy"}, e.Flags...)
	} else {
		e.Previous = nil
	}
}

// Translated reports whether the entry has a translation, reviewed or not.
func (e *Entry) Translated() bool { return strings.Join(e.Forms, "") != "" }

// Header returns the header of the file, nil without one.
func (f *File) Header() *Entry {
	for _, e := range f.Entries {
		if e.IsHeader() {
			return e
		}
	}
	return nil
}

// Field returns a field of the header, "" without one. Names are compared without case.
func (e *Entry) Field(name string) string {
	if e == nil || len(e.Forms) == 0 {
		return ""
	}
	value := ""
	for line := range strings.SplitSeq(e.Forms[0], "\n") {
		if key, rest, ok := strings.Cut(line, ":"); ok && strings.EqualFold(key, name) {
			value = strings.TrimSpace(rest)
		}
	}
	return value
}
