package header

import (
	"math"
	"net/http"
	"strconv"
	"strings"
)

// Conditional returns h with the headers of conditional and range requests in the form that
// net/http understands, with the same meaning. It never changes h: it returns h itself if nothing
// has to change, or else a copy.
//
//   - If-Match and If-None-Match are one line (RFC 9110 5.3). An empty list matches nothing.
//   - A date in several lines is removed (13.1.3, 13.1.4). So is Range if the method is not GET
//     (14.2), or if there is an empty If-Range, which never holds (13.1.5).
//   - The unit of a Range is "bytes" in lower case (14.1). A position beyond int64 becomes the
//     largest int64. A suffix of length 0, which is never satisfiable, becomes a range that starts
//     there (14.1.2). Suffixes overlap, so only the longest of several stays (15.3.7.2).
func Conditional(method string, h http.Header) http.Header {
	c := conditional{h: h}
	for _, name := range [...]string{"If-Match", "If-None-Match"} {
		if lines := h[name]; len(lines) > 1 || isBlank(lines) {
			c.set(name, joinTags(lines))
		}
	}
	for _, name := range [...]string{"If-Modified-Since", "If-Unmodified-Since"} {
		if len(h[name]) > 1 {
			c.set(name, "")
		}
	}
	if lines := h["Range"]; len(lines) > 0 {
		if method != http.MethodGet || isBlank(h["If-Range"]) {
			c.set("Range", "")
		} else if text := byteRanges(lines[0]); text != lines[0] {
			c.set("Range", text)
		}
	}
	return c.h
}

// isBlank reports whether a header is there, without a value.
func isBlank(lines []string) bool { return len(lines) == 1 && strings.Trim(lines[0], " \t") == "" }

// conditional is a header that is copied before the first change.
type conditional struct {
	h      http.Header
	copied bool
}

// set sets a header, or removes it if value is "".
func (c *conditional) set(name, value string) {
	if !c.copied {
		c.h, c.copied = c.h.Clone(), true
	}
	if value == "" {
		delete(c.h, name)
	} else {
		c.h[name] = []string{value}
	}
}

// joinTags returns the lines of a list of tags as one. An empty list becomes ",", since net/http
// ignores an empty header.
func joinTags(lines []string) string {
	if all := strings.Trim(strings.Join(lines, ", "), " \t"); all != "" {
		return all
	}
	return ","
}

// byteRanges returns the value of a Range in the form of Conditional. It returns an invalid value,
// and one in another unit, unchanged.
func byteRanges(text string) string {
	unit, set, ok := strings.Cut(text, "=")
	if !ok || !strings.EqualFold(unit, "bytes") {
		return text
	}
	var ranges []string
	longest, at := int64(-1), 0 // the longest suffix, and its place in ranges
	for element := range strings.SplitSeq(set, ",") {
		element = strings.Trim(element, " \t")
		if element == "" {
			continue
		}
		first, last, ok := strings.Cut(element, "-")
		from, fromOK := position(first)
		to, toOK := position(last)
		switch {
		case !ok, !fromOK, !toOK, from < 0 && to < 0, from >= 0 && to >= 0 && from > to:
			return text
		case from < 0 && to == 0:
			element = beyond
		case from < 0 && longest < 0:
			longest, at = to, len(ranges)
			element = "-" + strconv.FormatInt(to, 10)
		case from < 0:
			if to > longest {
				longest = to
				ranges[at] = "-" + strconv.FormatInt(to, 10)
			}
			continue
		default:
			element = decimal(from) + "-" + decimal(to)
		}
		ranges = append(ranges, element)
	}
	return "bytes=" + strings.Join(ranges, ",")
}

// beyond is a range that no content satisfies.
var beyond = decimal(math.MaxInt64) + "-"

// position reads a number of a range: -1 for "", the largest int64 for anything beyond it. ok is
// false if it is not a number.
func position(digits string) (n int64, ok bool) {
	if digits == "" {
		return -1, true
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return math.MaxInt64, true
	}
	return n, true
}

func decimal(n int64) string {
	if n < 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// Whole returns the status to send in place of status. It turns a 206 for a part of empty content,
// as http.ServeContent sends it ("bytes 0--1/0"), into a 200, and removes Content-Range from h,
// since no Content-Range can describe such a part (RFC 9110 14.4).
func Whole(h http.Header, status int) int {
	if status != http.StatusPartialContent || !strings.HasSuffix(h.Get("Content-Range"), "/0") {
		return status
	}
	delete(h, "Content-Range")
	return http.StatusOK
}
