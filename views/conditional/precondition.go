package conditional

import (
	"net/http"
	"strings"
	"time"
)

// verdict is what preconditions say.
type verdict int

const (
	proceed     verdict = iota
	notModified         // 304
	failed              // 412
)

// current is the selected representation of a resource.
type current struct {
	tag      string // opaque part, "" if unknown
	weak     bool
	modified time.Time // whole seconds; zero if unknown
	tagOnly  bool      // one time may have several representations
}

// guards reports whether a request has a condition that keeps it from changing another state than
// the one that the client knows.
func (c current) guards(h http.Header) bool {
	if len(h["If-Match"]) > 0 {
		return true
	}
	_, ok := dateOf(h["If-Unmodified-Since"])
	return ok && !c.modified.IsZero()
}

// evaluate evaluates the preconditions of a request in the order of RFC 9110, 13.2.2. Range and
// If-Range are for whatever sends parts.
func (c current) evaluate(method string, h http.Header) verdict {
	safe := method == http.MethodGet || method == http.MethodHead
	if lines := h["If-Match"]; len(lines) > 0 {
		if !anyTag(lines, c.isStrongVersion) {
			return failed
		}
	} else if date, ok := dateOf(h["If-Unmodified-Since"]); ok && !c.modified.IsZero() && c.modified.After(date) {
		return failed
	}
	if lines := h["If-None-Match"]; len(lines) > 0 {
		switch {
		case safe && anyTag(lines, c.isTag):
			return notModified
		case !safe && anyTag(lines, c.isVersion):
			return failed
		}
		return proceed
	}
	if date, ok := dateOf(h["If-Modified-Since"]); ok && safe && !c.tagOnly && !c.modified.IsZero() && !c.modified.After(date) {
		return notModified
	}
	return proceed
}

// isTag is the weak comparison (8.8.3.2) of a tag with that of the selected representation.
func (c current) isTag(tag string, _ bool) bool { return c.tag != "" && tag == c.tag }

// isVersion is the weak comparison of a tag with those of all representations.
func (c current) isVersion(tag string, _ bool) bool {
	return c.tag != "" && versionOf(tag) == versionOf(c.tag)
}

// isStrongVersion is the strong comparison of a tag with those of all representations.
func (c current) isStrongVersion(tag string, weak bool) bool {
	return !weak && !c.weak && c.isVersion(tag, weak)
}

// anyTag reports whether a list of tags is "*", or same holds for one of them. It reads the list up
// to the first mistake, and allocates nothing for a list in one line.
func anyTag(lines []string, same func(tag string, weak bool) bool) bool {
	for _, rest := range lines {
		if len(lines) == 1 && strings.Trim(rest, " \t") == "*" {
			return true
		}
		for {
			rest = strings.TrimLeft(rest, ", \t")
			body, weak := strings.CutPrefix(rest, "W/")
			body, opened := strings.CutPrefix(body, `"`)
			tag, after, closed := strings.Cut(body, `"`)
			if !opened || !closed {
				break
			}
			if same(tag, weak) {
				return true
			}
			rest = after
		}
	}
	return false
}

// dateOf reads one HTTP date (5.6.7). Several, or an invalid one, count as none (13.1.3, 13.1.4).
func dateOf(lines []string) (time.Time, bool) {
	if len(lines) != 1 {
		return time.Time{}, false
	}
	date, err := http.ParseTime(lines[0])
	return date, err == nil
}
