package form

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

// maxParts is how many parts a form may have, as in net/http.
const maxParts = 1000

// readAhead is how much of a file a multipart.Reader may have read at its header.
const readAhead = 8 << 10

// bodyOf is a body that knows how reading it has ended.
type bodyOf interface {
	io.Reader
	Err() error    // other than io.EOF
	IsEmpty() bool // nothing was read
}

// ReadParts reads the multipart form in the body of hr, which is then gone. It passes each file to
// take while it arrives, and ends with the first error of take. limit is as for [Read], and other
// converts the errors of the body. In any case it returns the fields up to there.
func ReadParts(hr *http.Request, limit int64, take func(*multipart.Part) error, other func(error) error) (fields Fields, err error) {
	if hr.MultipartForm != nil {
		return fields, errors.New("read the form by parts: it was read before, which consumes the body")
	}
	hr.MultipartForm = byParts
	var taken error
	err = readMultipart(hr, &passing{Reader: hr.Body}, limit, &fields, func(part *multipart.Part) (bool, error) {
		taken = take(part)
		return taken == nil, taken
	})
	if taken == nil {
		err = other(err)
	}
	return fields, err
}

// passing is a body that is not kept.
type passing struct {
	io.Reader
	begun bool
	err   error
}

var _ bodyOf = (*passing)(nil)

func (p *passing) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if p.begun = p.begun || n > 0; err != io.EOF {
		p.err = err
	}
	return n, err
}

func (p *passing) Err() error    { return p.err }
func (p *passing) IsEmpty() bool { return !p.begun }

// readMultipart reads the fields, and calls file for each file until that returns false. As in
// net/http and WebOb, a part with a file name is a file. A file input that the user left empty has
// an empty file name, so it is an empty text.
func readMultipart(hr *http.Request, kept bodyOf, limit int64, fields *Fields, file func(*multipart.Part) (bool, error)) error {
	_, params, _ := mime.ParseMediaType(hr.Header.Get("Content-Type"))
	boundary := params["boundary"]
	if boundary == "" {
		return malformed(http.ErrMissingBoundary)
	}
	reader, left := multipart.NewReader(whole(kept), boundary), limit
	for n := 0; ; n++ {
		part, err := reader.NextPart()
		switch {
		case kept.Err() != nil: // perhaps while the rest of the part before was skipped
			return kept.Err()
		case err == io.EOF, err != nil && kept.IsEmpty():
			return nil
		case err != nil:
			return malformed(err)
		case n == maxParts:
			return &Error{Code: http.StatusRequestEntityTooLarge, ID: "form-too-many-parts", Detail: fmt.Sprintf("the form has more than %d parts", maxParts)}
		}
		for key, values := range part.Header {
			for _, value := range values {
				left -= int64(len(key) + len(value))
			}
		}
		if left < 0 {
			return tooLarge(limit)
		}
		name := part.FormName()
		switch {
		case name == "":
			continue
		case part.FileName() != "":
			fields.Files = append(fields.Files, name)
			if more, err := file(part); !more {
				return err
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		left -= int64(len(value))
		switch {
		case kept.Err() != nil:
			return kept.Err()
		case err != nil:
			return malformed(err)
		case left < 0:
			return tooLarge(limit)
		}
		if err := fields.add(name, string(value)); err != nil {
			return err
		}
	}
}

// whole returns a body for a multipart.Reader that ends with an error. At the plain end of a body,
// NextPart returns io.EOF even between two lines of a header; now io.EOF means that it has read the
// last boundary. The line break is for a last boundary without one.
func whole(body io.Reader) io.Reader {
	return io.MultiReader(body, strings.NewReader("\r\n"), cutOff{})
}

// cutOff fails: what reads it has not found the last boundary.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, malformed(io.ErrUnexpectedEOF) }

func malformed(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: http.StatusBadRequest, Detail: "the multipart form is malformed", Err: err}
}
