package form

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/mastaba-go/mastaba/views/web/internal/body"
)

// maxParts is how many parts a form may have, as in net/http.
const maxParts = 1000

// readAhead is how much of a file a multipart.Reader may have read at its header.
const readAhead = 8 << 10

// readMultipart reads the fields, and skips the contents of files. As in net/http and WebOb, a part
// with a file name is a file. A file input that the user left empty has an empty file name, so it
// is an empty text. With begin it stops at the first file.
func readMultipart(hr *http.Request, kept *body.Kept, limit int64, begin bool) (Fields, error) {
	_, params, _ := mime.ParseMediaType(hr.Header.Get("Content-Type"))
	boundary := params["boundary"]
	if boundary == "" {
		return Fields{}, malformed(http.ErrMissingBoundary)
	}
	var fields Fields
	reader, left := multipart.NewReader(whole(kept), boundary), limit
	for n := 0; ; n++ {
		part, err := reader.NextPart()
		switch {
		case kept.Err() != nil: // perhaps while the rest of the part before was skipped
			return Fields{}, kept.Err()
		case err == io.EOF, err != nil && kept.IsEmpty():
			return fields, nil
		case err != nil:
			return Fields{}, malformed(err)
		case n == maxParts:
			return Fields{}, &Error{Code: http.StatusRequestEntityTooLarge, ID: "form-too-many-parts", Detail: fmt.Sprintf("the form has more than %d parts", maxParts)}
		}
		for key, values := range part.Header {
			for _, value := range values {
				left -= int64(len(key) + len(value))
			}
		}
		if left < 0 {
			return Fields{}, tooLarge(limit)
		}
		name := part.FormName()
		switch {
		case name == "":
			continue
		case part.FileName() != "" && begin:
			fields.Begun = true
			return fields, nil
		case part.FileName() != "":
			fields.Files = append(fields.Files, name)
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		left -= int64(len(value))
		switch {
		case kept.Err() != nil:
			return Fields{}, kept.Err()
		case err != nil:
			return Fields{}, malformed(err)
		case left < 0:
			return Fields{}, tooLarge(limit)
		}
		if err := fields.add(name, string(value)); err != nil {
			return Fields{}, err
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
