package urls

import (
	"fmt"

	"github.com/mastaba-go/mastaba/traversal"
)

// Parts are what follows the path of a URL. Nothing in them is escaped yet.
type Parts[A ~Arg] struct {
	Elements []string // path segments to append
	Query    []A      // nil to use RawQuery
	RawQuery string
	Fragment string
}

// Join makes a URL that begins with base, which may be "", and an escaped path.
func Join[A ~Arg](base, path string, p Parts[A]) (string, error) {
	size := len(p.RawQuery) + len(p.Fragment) + 24*len(p.Query)
	for _, e := range p.Elements {
		if err := traversal.CheckSegment(e); err != nil {
			return "", fmt.Errorf("element %w", err)
		}
		size += 1 + len(e)
	}
	u := NewBuilder(base, path, size)
	u.Segments(p.Elements)
	for _, a := range p.Query {
		if err := u.Param(Arg(a).Name, Arg(a).Value); err != nil {
			return "", err
		}
	}
	if p.Query == nil && p.RawQuery != "" {
		u.RawQuery(p.RawQuery)
	}
	if p.Fragment != "" {
		u.Fragment(p.Fragment)
	}
	return u.String(), nil
}

// ErrorText returns the text of an error of the URL of a route or a resource.
func ErrorText(route, pattern, resource string, err error) string {
	switch {
	case resource != "":
		return fmt.Sprintf("url of %s: %v", resource, err)
	case pattern != "":
		return fmt.Sprintf("url of route %q (%s): %v", route, pattern, err)
	case route != "":
		return fmt.Sprintf("url of route %q: %v", route, err)
	}
	return fmt.Sprintf("url: %v", err)
}
