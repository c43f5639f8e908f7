package static

import (
	"net/http"
	"strings"
	"time"
)

// outcome is what the preconditions of a request lead to.
type outcome int

const (
	proceed outcome = iota
	notModified
	failed
)

// evaluate evaluates the preconditions in the order of RFC 9110 13.2.2. all are the tags of all
// representations, of which If-Match may name any, since they change together; acceptable are those
// that the request may be served. matched is the tag of a 304.
//
// A field that is present counts even if it is empty. A date with several values, or an invalid
// one, is ignored.
func evaluate(h http.Header, modified time.Time, all, acceptable tags) (o outcome, matched string) {
	if lines := h["If-Match"]; len(lines) > 0 {
		if _, ok := all.match(lines, strong); !ok {
			return failed, ""
		}
	} else if date, ok := httpDate(h["If-Unmodified-Since"]); ok && !modified.IsZero() && modified.After(date) {
		return failed, ""
	}
	if lines := h["If-None-Match"]; len(lines) > 0 {
		if tag, ok := acceptable.match(lines, weak); ok {
			return notModified, tag
		}
		return proceed, ""
	}
	if date, ok := httpDate(h["If-Modified-Since"]); ok && !modified.IsZero() && !modified.After(date) {
		return notModified, acceptable[0]
	}
	return proceed, ""
}

// tags are entity tags: those of the bytes as they are and in each coding. The first is that of the
// representation to send; "" is none.
type tags [4]string

type comparison bool

const (
	strong comparison = true // RFC 9110 8.8.3.2
	weak   comparison = false
)

// match returns the tag that a list of If-Match or If-None-Match names; for "*" the first. The list
// is read up to the first mistake.
func (t *tags) match(lines []string, c comparison) (string, bool) {
	if len(lines) == 1 && strings.Trim(lines[0], " \t") == "*" {
		return t[0], true
	}
	for _, line := range lines {
		for rest := line; ; {
			rest = strings.TrimLeft(rest, ", \t")
			tag, after, ok := cutTag(rest)
			if !ok {
				if rest != "" {
					return "", false
				}
				break
			}
			rest = after
			for _, own := range t {
				if own != "" && equal(own, tag, c) {
					return own, true
				}
			}
		}
	}
	return "", false
}

// cutTag cuts an entity tag off the front of a list.
func cutTag(list string) (tag, rest string, ok bool) {
	body, opened := strings.CutPrefix(strings.TrimPrefix(list, "W/"), `"`)
	if !opened {
		return "", list, false
	}
	end := strings.IndexByte(body, '"')
	if end < 0 {
		return "", list, false
	}
	rest = body[end+1:]
	return list[:len(list)-len(rest)], rest, true
}

func equal(a, b string, c comparison) bool {
	if c == strong {
		return a == b && !strings.HasPrefix(a, "W/")
	}
	return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
}

// ifRange reports whether the condition of a Range holds (RFC 9110 13.1.5). tag and modified are
// those of the bytes that the range counts.
func ifRange(h http.Header, tag string, modified time.Time) bool {
	lines := h["If-Range"]
	switch {
	case len(lines) == 0:
		return true
	case strings.Contains(lines[0], `"`):
		return len(lines) == 1 && tag != "" && equal(tag, lines[0], strong)
	}
	date, ok := httpDate(lines)
	return ok && !modified.IsZero() && modified.Equal(date)
}

// httpDate reads a date in any of its three forms.
func httpDate(lines []string) (time.Time, bool) {
	if len(lines) != 1 {
		return time.Time{}, false
	}
	date, err := http.ParseTime(lines[0])
	return date, err == nil
}
