package traversal

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A URL is generated only if it leads back. Which names a path can hold is decided here, for
// resources, routes and everything appended to them.

// CheckSegment returns an error if no URL can have name as a path segment: clients remove dot
// segments, escaped or not, before they send the request (RFC 3986, 5.2.4), and a path with a NUL
// or with bytes that are not UTF-8 is a bad request.
func CheckSegment(name string) error {
	switch {
	case name == "." || name == "..":
		return fmt.Errorf("%q: clients remove dot segments from a URL", name)
	case strings.IndexByte(name, 0) >= 0:
		return fmt.Errorf("%q contains a NUL, which no path can", name)
	case !utf8.ValidString(name):
		return fmt.Errorf("%q is not valid UTF-8", name)
	}
	return nil
}

// CheckName returns an error if no URL leads to a resource with this name: the cases of
// CheckSegment, the empty name, and names that begin with "@@", which select a view of the parent.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("empty name, which no path has")
	case strings.HasPrefix(name, "@@"):
		return fmt.Errorf("%q: a name that begins with @@ selects a view of the parent", name)
	}
	return CheckSegment(name)
}
