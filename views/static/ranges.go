package static

import (
	"crypto/rand"
	"io"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// mostRanges is how many ranges are sent in one response; a request for more gets everything.
const mostRanges = 100

// span is a part of the bytes, from start up to, but without, end.
type span struct{ start, end int64 }

func (s span) size() int64 { return s.end - s.start }

func (s span) contentRange(size int64) string {
	return "bytes " + strconv.FormatInt(s.start, 10) + "-" + strconv.FormatInt(s.end-1, 10) + "/" + strconv.FormatInt(size, 10)
}

// readRange reads a Range header for size bytes (RFC 9110 14.1.2, 14.2). Without spans and error
// the header is to be ignored: another unit, a malformed range, nothing to take a part of, or so
// many or so large ranges that everything is less. An error says that no range can be satisfied.
func readRange(text string, size int64) ([]span, error) {
	unit, set, ok := strings.Cut(text, "=")
	if !ok || !strings.EqualFold(unit, "bytes") || size == 0 {
		return nil, nil
	}
	var spans []span
	total, given, left := int64(0), 0, mostRanges
	for element := range strings.SplitSeq(set, ",") {
		if element = strings.Trim(element, " \t"); element == "" {
			continue
		}
		if left--; left < 0 {
			return nil, nil
		}
		s, within, ok := readSpan(element, size)
		if !ok {
			return nil, nil
		}
		given++
		if within {
			spans = append(spans, s)
			total += s.size()
		}
	}
	switch {
	case given > 0 && len(spans) == 0:
		return nil, web.RangeNotSatisfiable(size).WithMessage(web.Message{
			ID: "The file has one byte.", Plural: "The file has ${n} bytes.", N: int(size), Domain: "mastaba", Params: map[string]any{"n": size},
		})
	case len(spans) > 1 && total > size:
		return nil, nil
	}
	return spans, nil
}

// readSpan reads "0-99", "100-" or "-50". It returns ok false for anything else, and within false
// for a range that begins behind the end.
func readSpan(text string, size int64) (s span, within, ok bool) {
	first, last, ok := strings.Cut(text, "-")
	if !ok || first == "" && last == "" || strings.Trim(first+last, "0123456789") != "" {
		return s, false, false
	}
	start, end := number(first), number(last)
	switch {
	case first == "":
		return span{max(size-end, 0), size}, end > 0, true
	case last == "":
		return span{start, size}, start < size, true
	case strings.TrimLeft(first, "0") != strings.TrimLeft(last, "0") && longer(first, last):
		return s, false, false // the end is before the start
	}
	return span{start, min(end, size-1) + 1}, start < size, true
}

// longer reports whether the number a is greater than b; both are digits of any length.
func longer(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) > len(b)
	}
	return a > b
}

// number reads digits; a number beyond int64 is the greatest one.
func number(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64) // of a number that is too large, it returns the greatest
	return n
}

// ascending reports whether each span begins behind the one before it.
func ascending(spans []span) bool {
	for i := 1; i < len(spans); i++ {
		if spans[i].start < spans[i-1].end {
			return false
		}
	}
	return true
}

// sendRanges makes a 206 with the parts of content, which it closes after sending.
func sendRanges(resp *web.Response, content content, contentType string, spans []span, size int64) error {
	resp.SetStatus(206)
	if len(spans) == 1 {
		s := spans[0]
		resp.SetHeader("Content-Range", s.contentRange(size))
		resp.SetContentType(contentType)
		if _, err := content.Seek(s.start, io.SeekStart); err != nil {
			return err
		}
		resp.SetReader(content, s.size())
		return nil
	}
	boundary := rand.Text()
	resp.SetContentType("multipart/byteranges; boundary=" + boundary)
	var parts []io.Reader
	total := int64(0)
	line := "--" + boundary + "\r\n"
	for _, s := range spans {
		head := line + "Content-Type: " + contentType + "\r\nContent-Range: " + s.contentRange(size) + "\r\n\r\n"
		parts = append(parts, strings.NewReader(head), &section{content: content, span: s})
		total += int64(len(head)) + s.size()
		line = "\r\n--" + boundary + "\r\n"
	}
	end := "\r\n--" + boundary + "--\r\n"
	parts = append(parts, strings.NewReader(end))
	resp.SetReader(struct {
		io.Reader
		io.Closer
	}{io.MultiReader(parts...), content}, total+int64(len(end)))
	return nil
}

// section reads a span of content, to which it seeks when it is first read: sections of one content
// are read one after the other.
type section struct {
	content io.ReadSeeker
	span    span
	begun   bool
}

func (s *section) Read(p []byte) (int, error) {
	if !s.begun {
		if _, err := s.content.Seek(s.span.start, io.SeekStart); err != nil {
			return 0, err
		}
		s.begun = true
	}
	left := s.span.size()
	if left == 0 {
		return 0, io.EOF
	}
	n, err := s.content.Read(p[:min(int64(len(p)), left)])
	s.span.start += int64(n)
	if err == io.EOF && s.span.size() > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
