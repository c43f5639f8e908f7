package rfc9110

import (
	"net/http"
	"strings"
	"time"
)

// preconditions evaluates the preconditions in the order of 13.2.2 and returns 412, 304, or 0 to go
// on. A field that is present counts even if it is empty. A date field with several values, or with
// an invalid date, is ignored (13.1.3, 13.1.4).
func (c *check) preconditions() int {
	h := c.q.Header
	if lines := h["If-Match"]; len(lines) > 0 {
		listed, match := readTags(lines), false
		for _, tag := range c.allTags() {
			match = match || listed.has(tag, strongly)
		}
		if !match && !listed.any {
			return 412
		}
	} else if date, ok := readDate(h["If-Unmodified-Since"]); ok && !c.Modified.IsZero() && c.Modified.After(date) {
		return 412
	}
	if lines := h["If-None-Match"]; len(lines) > 0 {
		listed := readTags(lines)
		if listed.any {
			return 304
		}
		for _, tag := range c.acceptableTags() {
			if listed.has(tag, weakly) {
				return 304
			}
		}
		return 0
	}
	if date, ok := readDate(h["If-Modified-Since"]); ok && !c.Modified.IsZero() && !c.Modified.After(date) {
		return 304
	}
	return 0
}

// allTags returns the tags of all representations. If-Match may name any of them: they all change
// together.
func (c *check) allTags() []string {
	tags := []string{c.ETag}
	for _, coding := range c.Codings {
		tags = append(tags, codedTag(c.ETag, coding))
	}
	return tags
}

// ifRange evaluates If-Range (13.1.5). Its tag must be that of the plain bytes, which ranges count.
func (c *check) ifRange() bool {
	lines := c.q.Header["If-Range"]
	if len(lines) == 0 {
		return true
	}
	if strings.Contains(lines[0], `"`) {
		return c.ETag != "" && !strings.HasPrefix(c.ETag, "W/") && lines[0] == c.ETag
	}
	date, ok := readDate(lines)
	return ok && !c.Modified.IsZero() && c.Modified.Equal(date)
}

// tagList is the value of If-Match or If-None-Match.
type tagList struct {
	any  bool
	tags []string
}

type comparison func(a, b string) bool

// The comparisons of 8.8.3.2.
func strongly(a, b string) bool { return a == b && !strings.HasPrefix(a, "W/") }
func weakly(a, b string) bool   { return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/") }

func (l tagList) has(tag string, same comparison) bool {
	for _, t := range l.tags {
		if tag != "" && same(t, tag) {
			return true
		}
	}
	return false
}

// readTags reads the lines of a list as one list (5.3). It reads up to the first mistake.
func readTags(lines []string) (l tagList) {
	rest := strings.Join(lines, ",")
	if strings.TrimSpace(rest) == "*" {
		return tagList{any: true}
	}
	for {
		rest = strings.TrimLeft(rest, ", \t")
		start := rest
		body, opened := strings.CutPrefix(strings.TrimPrefix(rest, "W/"), `"`)
		if !opened {
			return l
		}
		end := strings.IndexByte(body, '"')
		if end < 0 {
			return l
		}
		rest = body[end+1:]
		l.tags = append(l.tags, start[:len(start)-len(rest)])
	}
}

// readDate reads one HTTP date in any of its three forms (5.6.7).
func readDate(lines []string) (time.Time, bool) {
	if len(lines) != 1 {
		return time.Time{}, false
	}
	date, err := http.ParseTime(lines[0])
	return date, err == nil
}

// accept is a parsed Accept-Encoding.
type accept struct {
	present bool
	weights map[string]float64 // by coding in lower case; invalid weights are 0
}

func readAccept(lines []string) accept {
	a := accept{len(lines) > 0, map[string]float64{}}
	for element := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		name, weight, weighted := strings.Cut(element, ";")
		name = strings.ToLower(strings.Trim(name, " \t"))
		if name == "x-gzip" { // 8.4.1.3
			name = "gzip"
		}
		if _, twice := a.weights[name]; name == "" || twice {
			continue
		}
		a.weights[name] = 1
		if weighted {
			a.weights[name] = qvalues[strings.ToLower(strings.ReplaceAll(weight, " ", ""))]
		}
	}
	return a
}

func (a accept) named(coding string) (q float64, ok bool) {
	q, ok = a.weights[coding]
	return q, ok
}

// weight returns the weight of a coding other than identity. Without the header the server may
// choose any coding; ours then sends the plain bytes.
func (a accept) weight(coding string) float64 {
	if q, ok := a.weights[coding]; ok {
		return q
	}
	return a.weights["*"]
}

// qvalues are the weights that Generate uses.
var qvalues = map[string]float64{
	"q=0": 0, "q=0.": 0, "q=0.0": 0, "q=0.000": 0, "q=0.001": 0.001, "q=0.3": 0.3, "q=0.5": 0.5, "q=1": 1, "q=1.0": 1, "q=1.000": 1,
	"q=2": 0, "q=x": 0, "level=1": 0, "q=-1": 0, "q=": 0,
}
