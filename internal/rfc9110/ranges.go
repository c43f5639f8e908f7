package rfc9110

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"regexp"
	"strings"
)

// ranges checks the response to a Range header whose condition holds (14.1.2, 14.2).
func (c *check) ranges(text string) {
	unit, set, _ := strings.Cut(text, "=")
	if !strings.EqualFold(unit, "bytes") {
		if c.Lenient && c.a.Status == 416 {
			return
		}
		c.whole() // "MUST ignore … a range unit it does not understand"
		return
	}
	specs, valid := readSpecs(set)
	var spans []span
	total := 0
	for _, s := range specs {
		if span, ok := s.in(len(c.Body)); ok {
			spans = append(spans, span)
			total += span.to - span.from
		}
	}
	switch {
	case !valid: // "MAY ignore or reject"
		switch {
		case c.a.Status == 416:
			c.unsatisfiable()
		case c.Lenient && c.a.Status == 206:
		default:
			c.whole()
		}
	case len(c.Body) == 0 && c.a.Status == 200: // a server may ignore every Range
		c.whole()
	case len(spans) == 0:
		if c.status(416) {
			c.unsatisfiable()
		}
	case len(spans) > 1 && total > len(c.Body) && c.a.Status == 200: // "many small ranges … MAY ignore"
		c.whole()
	default:
		c.partial(spans, len(specs))
	}
}

// unsatisfiable checks the headers of a 416 (15.5.17).
func (c *check) unsatisfiable() {
	if got, want := c.get("Content-Range"), fmt.Sprintf("bytes */%d", len(c.Body)); got != want && got != "" || c.get("Etag") != "" {
		c.fail("416 with Content-Range %q, Etag %q; want %q and none", got, c.get("Etag"), want)
	}
}

// partial checks a 206 (15.3.7).
func (c *check) partial(want []span, requested int) {
	if !c.status(206) {
		return
	}
	c.vary()
	c.validators(c.ETag)
	if coding := c.get("Content-Encoding"); coding != "" {
		c.fail("206 in coding %q", coding)
		return
	}
	if c.Lenient { // "MAY coalesce any of the ranges that overlap"
		want = longestSuffix(want, len(c.Body))
	}
	contentType, parameters, err := mime.ParseMediaType(c.get("Content-Type"))
	if err != nil || contentType != "multipart/byteranges" {
		if len(want) > 1 {
			c.fail("206 with one part, want %d", len(want))
			return
		}
		c.part(c.get("Content-Range"), c.get("Content-Type"), string(c.a.Body), want[0])
		return
	}
	if requested == 1 || c.get("Content-Range") != "" {
		c.fail("multipart for %d ranges, with Content-Range %q", requested, c.get("Content-Range"))
	}
	parts := multipart.NewReader(bytes.NewReader(c.a.Body), parameters["boundary"])
	for _, s := range want {
		part, err := parts.NextRawPart()
		if err != nil {
			c.fail("part %v: %w", s, err)
			return
		}
		body, err := io.ReadAll(part)
		if err != nil {
			c.fail("part %v: %w", s, err)
		}
		c.part(part.Header.Get("Content-Range"), part.Header.Get("Content-Type"), string(body), s)
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		c.fail("more than %d parts (%v)", len(want), err)
	}
}

// longestSuffix replaces all suffixes by the longest one, in the place of the first.
func longestSuffix(spans []span, size int) (kept []span) {
	longest, at := size, -1
	for _, s := range spans {
		switch {
		case !s.suffix:
			kept = append(kept, s)
		case at < 0:
			longest, at = s.from, len(kept)
			kept = append(kept, s)
		case s.from < longest:
			longest = s.from
			kept[at].from = s.from
		}
	}
	return kept
}

func (c *check) part(contentRange, contentType, body string, s span) {
	if want := fmt.Sprintf("bytes %d-%d/%d", s.from, s.to-1, len(c.Body)); contentRange != want {
		c.fail("Content-Range %q, want %q", contentRange, want)
	}
	if contentType != c.Type {
		c.fail("Content-Type of a part: %q, want %q", contentType, c.Type)
	}
	if body != c.Body[s.from:s.to] {
		c.fail("body of part %v: %q", s, body)
	}
}

// spec is one range as the client wrote it; span is what it means.
type (
	spec struct{ first, last *big.Int } // nil where the number is left out
	span struct {
		from, to int
		suffix   bool
	}
)

var specPattern = regexp.MustCompile(`^(\d*)-(\d*)$`)

// readSpecs reads a range-set. It is invalid if it has no range, or one that is malformed or whose
// end is before its start.
func readSpecs(set string) (specs []spec, valid bool) {
	for element := range strings.SplitSeq(set, ",") {
		if element = strings.Trim(element, " \t"); element == "" {
			continue
		}
		m := specPattern.FindStringSubmatch(element)
		if m == nil || m[0] == "-" {
			return nil, false
		}
		s := spec{number(m[1]), number(m[2])}
		if s.first != nil && s.last != nil && s.first.Cmp(s.last) > 0 {
			return nil, false
		}
		specs = append(specs, s)
	}
	return specs, len(specs) > 0
}

func number(digits string) *big.Int {
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return nil
	}
	return n
}

// in returns the bytes that a range means in a body; false if it is unsatisfiable.
func (s spec) in(size int) (span, bool) {
	whole := big.NewInt(int64(size))
	if s.first == nil {
		if s.last.Sign() == 0 || size == 0 {
			return span{}, false
		}
		if s.last.Cmp(whole) > 0 {
			return span{0, size, true}, true
		}
		return span{size - int(s.last.Int64()), size, true}, true
	}
	if s.first.Cmp(whole) >= 0 {
		return span{}, false
	}
	to := size
	if s.last != nil && s.last.Cmp(whole) < 0 {
		to = int(s.last.Int64()) + 1
	}
	return span{int(s.first.Int64()), to, false}, true
}
