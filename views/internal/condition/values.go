package condition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// Required adds an error to a predicate without values.
func Required(p web.Predicate, values []string, noun string) web.Predicate {
	if len(values) == 0 {
		return p.WithErr(fmt.Errorf("%s: want at least one %s", p.Kind(), noun))
	}
	return p
}

// Texts prints the values of a predicate, quoted.
func Texts(values []string) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(v))
	}
	return b.String()
}

// Set returns the values sorted and without duplicates, in a new slice.
func Set(values []string) []string {
	set := slices.Clone(values)
	slices.Sort(set)
	return slices.Compact(set)
}

// PhysicalNames returns the names of the path of a resource, below the root. It is given as a text,
// in which empty segments are ignored, or as all names, of which the first is that of the root.
func PhysicalNames(path string, names []string) ([]string, error) {
	switch {
	case len(names) == 0:
		return slices.DeleteFunc(strings.Split(path, "/"), func(name string) bool { return name == "" }), nil
	case path != "":
		return append([]string{path}, names...), fmt.Errorf("physical path %q, %q: the first name is the root's, which is empty", path, names)
	}
	return slices.Clone(names), nil
}
