// Package viewname decides which strings can be view names.
package viewname

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// Problem returns why no path segment can select a view of this name; nil if one can.
func Problem(name string) error {
	switch {
	case strings.HasPrefix(name, "@@"):
		return fmt.Errorf("\"@@\" belongs to the path, not to the name: want %q", cmp.Or(strings.TrimLeft(name, "@"), "edit"))
	case name == "." || name == "..":
		return errors.New("a path resolves it, so it is never a view name: want a name such as \"edit\"")
	case strings.Contains(name, "/"):
		example := path.Base(name)
		if example == "/" || Problem(example) != nil {
			example = "edit"
		}
		return fmt.Errorf("a slash separates path segments, and a view name is one segment: want a name such as %q", example)
	case strings.Contains(name, "\x00"):
		return errors.New("a path with NUL is a 400: want a name such as \"edit\"")
	case !utf8.ValidString(name):
		return errors.New("a path that is not UTF-8 is a 400: want a name such as \"edit\"")
	}
	return nil
}
