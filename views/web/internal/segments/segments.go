// Package segments splits paths into their segments, and makes paths of them.
package segments

import (
	"net/url"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
)

// Clean splits a path at its slashes, without unescaping it. As in traversal, empty segments and
// "." are dropped, and ".." drops the one before it. It is nil if there are no segments.
func Clean(path string) []string {
	var names []string
	for name := range strings.SplitSeq(path, "/") {
		switch name {
		case "", ".":
		case "..":
			if len(names) > 0 {
				names = names[:len(names)-1]
			}
		default:
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return names
}

// Split is Clean for a path in which NUL stands for a slash that does not separate. It is never
// nil.
func Split(raw string) []string {
	names := Clean(raw)
	if names == nil {
		return []string{}
	}
	for i := range names {
		names[i] = Unescape(names[i])
	}
	return names
}

// Unescape replaces NUL by the slash that it stands for.
func Unescape(raw string) string {
	for i := range len(raw) {
		if raw[i] == 0 || i == 16 { // a call costs more than a look at a short text
			return strings.ReplaceAll(raw, "\x00", "/")
		}
	}
	return raw
}

// Folder returns the escaped path of names, with a slash at its end.
func Folder(names []string) string {
	path := traversal.Join(names)
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return path
}

// Slashed returns names as a star receives them, with an empty name at both ends, or a single one
// for the root. So "/t*traverse" becomes "/t/a/b/".
func Slashed(names []string) []string {
	if len(names) == 0 {
		return []string{""}
	}
	all := make([]string, 0, len(names)+2)
	all = append(all, "")
	all = append(all, names...)
	return append(all, "")
}

// Join is the reverse of Split: a slash in a name becomes a NUL.
func Join(names []string) string {
	escaped := make([]string, len(names))
	for n, name := range names {
		escaped[n] = strings.ReplaceAll(name, "/", "\x00")
	}
	return strings.Join(escaped, "/")
}

// Below returns names without those of the virtual root, if they begin with them.
func Below(virtual, names []string) []string {
	if len(virtual) <= len(names) && slices.Equal(virtual, names[:len(virtual)]) {
		return names[len(virtual):]
	}
	return names
}

// Escaped returns the escaped path of a URL: the one that the client sent, if it is valid.
func Escaped(u *url.URL) string {
	raw := u.RawPath
	if raw == "" && strings.IndexByte(u.Path, '%') < 0 {
		return u.Path
	}
	if plain, err := url.PathUnescape(raw); raw != "" && err == nil && plain == u.Path {
		return raw
	}
	return u.EscapedPath()
}
