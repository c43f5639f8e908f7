package acl

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
)

// Table has the lists of a tree by path, such as "/" and "/wiki/Front%20page", as
// traversal.Join writes it. It is for trees whose resources have no place for lists, such as files:
// their types know their path, and their method ACL, or a rule of [For], looks it up.
type Table map[string]List

var (
	_ fmt.Stringer             = Table{}
	_ encoding.TextMarshaler   = Table{}
	_ encoding.TextUnmarshaler = (*Table)(nil)
)

// ParseTable reads a table from its text. A line that begins with a slash is an escaped path; the
// lines below it are the list of that resource, as for [Parse]:
//
//	/
//	  allow system.Everyone view
//
//	/private
//	  allow group:staff view,edit
//	  deny system.Everyone *
//
// The error joins a [*ParseError] for each wrong line; the table is nil then.
func ParseTable(text string) (Table, error) {
	table, lines := Table{}, map[string]int{}
	path, begun := "", false
	err := eachLine(text, func(line int, s string) error {
		in := input(s)
		if in.atEnd() {
			return nil
		}
		if in[0] == '/' {
			begun = true
			var err error
			if path, err = parsePath(string(in)); err != nil {
				return err
			}
			if first, twice := lines[path]; twice {
				return fmt.Errorf("%s has a list already, in line %d", path, first)
			}
			table[path], lines[path] = List{}, line
			return nil
		}
		e, _, err := parseLine(s)
		switch {
		case err != nil:
			return err
		case !begun:
			return errors.New("expected a path such as /wiki before the first entry")
		}
		table[path] = append(table[path], e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return table, nil
}

// parsePath reads a line with a path.
func parsePath(line string) (string, error) {
	path, rest := line, input("")
	if i := strings.IndexAny(line, " \t\r"); i >= 0 {
		path, rest = line[:i], input(line[i:])
	}
	if !rest.atEnd() {
		return "", fmt.Errorf("expected the end of the line after the path %s, got %q (write a blank in a path as %%20)", path, string(rest))
	}
	names, err := traversal.Split(path)
	if err != nil {
		return "", err
	}
	if want := traversal.Join(names); path != want {
		return "", fmt.Errorf("invalid path %s: want %s", path, want)
	}
	return path, nil
}

// Permissions returns the permissions that the lists name, sorted, each once, and without
// [AllPermissions]. With framework.Configurator.AddPermissions the build compares those of views
// with them.
func (t Table) Permissions() []string {
	var all List
	for _, list := range t {
		all = append(all, list...)
	}
	return all.Permissions()
}

// String returns the table as ParseTable reads it, sorted by path.
func (t Table) String() string {
	var text strings.Builder
	for i, path := range slices.Sorted(maps.Keys(t)) {
		if i > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(path + "\n")
		for _, e := range t[path] {
			fmt.Fprintf(&text, "  %v\n", e)
		}
	}
	return text.String()
}

// MarshalText returns the text of the table. A path or an entry that ParseTable would refuse is an
// error.
func (t Table) MarshalText() ([]byte, error) {
	for _, path := range slices.Sorted(maps.Keys(t)) {
		if _, err := parsePath(path); err != nil {
			return nil, fmt.Errorf("acl: %w", err)
		}
		if _, err := t[path].MarshalText(); err != nil {
			return nil, fmt.Errorf("%w, in the list of %s", err, path)
		}
	}
	return []byte(t.String()), nil
}

// UnmarshalText reads a table as ParseTable does.
func (t *Table) UnmarshalText(text []byte) (err error) {
	*t, err = ParseTable(string(text))
	return err
}
