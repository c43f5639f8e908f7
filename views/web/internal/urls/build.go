package urls

import "github.com/mastaba-go/mastaba/traversal"

// Builder makes a URL from left to right: path segments, then the query, then the fragment.
type Builder struct {
	b     []byte
	query bool // the question mark is there
	bare  bool // nothing precedes the path
}

// NewBuilder returns a Builder that begins with base, such as "https://example.com", and an escaped
// path. base is "" for a path alone. size is how many more bytes are expected.
func NewBuilder(base, path string, size int) Builder {
	b := make([]byte, 0, len(base)+len(path)+size)
	return Builder{b: append(append(b, base...), path...), bare: base == ""}
}

// Segments appends path segments, which are not escaped yet.
func (u *Builder) Segments(names []string) {
	for i, name := range names {
		if i > 0 || len(u.b) == 0 || u.b[len(u.b)-1] != '/' {
			u.b = append(u.b, '/')
		}
		u.b = append(u.b, traversal.Quote(name)...)
	}
}

// Param appends a parameter of the query: one pair for a single value, which may be nil, and one
// for each item of a list. As in Pyramid, an empty list appends no pair, but a further parameter
// has an ampersand before it.
func (u *Builder) Param(name string, value any) error {
	first := !u.query
	if first {
		u.b, u.query = append(u.b, '?'), true
	}
	b, err := appendParam(u.b, first, name, value)
	if err == nil {
		u.b = b
	}
	return err
}

// RawQuery appends a whole query, which is not escaped yet.
func (u *Builder) RawQuery(text string) {
	u.b = append(u.b, '?')
	u.b = appendFragment(u.b, text)
}

// Fragment appends a fragment, which is not escaped yet.
func (u *Builder) Fragment(text string) {
	u.b = append(u.b, '#')
	u.b = appendFragment(u.b, text)
}

// String returns the URL.
func (u *Builder) String() string {
	if u.bare && len(u.b) > 1 && u.b[0] == '/' && u.b[1] == '/' {
		// Clients would take "//name/path" for another host. They drop the dot when they resolve
		// the reference.
		return "/." + string(u.b)
	}
	return string(u.b)
}
