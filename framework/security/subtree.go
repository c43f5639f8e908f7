package security

import (
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// subtree is a path with everything below it.
type subtree struct {
	names []string
	path  string // of the names, "/api"
}

func newSubtree(names []string) subtree { return subtree{names, traversal.Join(names)} }

// has reports whether the URL of a request is in the subtree. It is uncertain if the answer depends
// on whether dot segments count as names.
func (s subtree) has(r *web.Request) (in, certain bool, err error) {
	path := r.URL.EscapedPath()
	root := web.Drive(r).VirtualRootNames()
	if len(root) == 0 && isPlain(path) && isPlain(s.path) {
		rest, ok := strings.CutPrefix(path, s.path)
		return ok && (rest == "" || rest[0] == '/'), true, nil
	}
	walked, err := traversal.Split(path)
	if err != nil {
		return false, false, err
	}
	literal := slices.Clone(root)
	for segment := range strings.SplitSeq(path, "/") {
		switch name, err := traversal.Unquote(segment); {
		case err != nil:
			return false, false, err
		case segment != "":
			literal = append(literal, name)
		}
	}
	in = hasPrefix(append(slices.Clone(root), walked...), s.names)
	return in, in == hasPrefix(literal, s.names), nil
}

// isPlain reports whether a path has one reading only: no escapes, no empty and no dot segments.
func isPlain(path string) bool {
	return !strings.Contains(path, "%") && !strings.Contains(path, "//") && !strings.Contains(path, "/.")
}

func hasPrefix(names, prefix []string) bool {
	return len(names) >= len(prefix) && slices.Equal(names[:len(prefix)], prefix)
}
