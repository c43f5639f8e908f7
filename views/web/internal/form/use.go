package form

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// Use calls read, a method of hr that reads a form, and converts its errors: those that the client
// caused to an *Error, and those of reading the body with the function other. Mistakes of the
// caller, such as reading the form in two ways, stay as they are.
//
// A multipart form that ends too early is an *Error also for a multipart.Reader that read leaves to
// its caller.
func Use(hr *http.Request, read func() error, other func(error) error) error {
	before, from := hr.MultipartForm, hr.Body
	if from != nil && strings.HasPrefix(header.ContentType(hr.Header), "multipart/") {
		hr.Body = struct {
			io.Reader
			io.Closer
		}{whole(from), from}
	}
	err := read()
	hr.Body = from
	switch {
	case err == nil:
		return nil
	case err == http.ErrMissingFile:
		return &Error{Code: http.StatusBadRequest, Detail: "the form does not have the file", Err: err}
	case before != nil:
		return err
	case err == http.ErrNotMultipart:
		return &Error{Code: http.StatusUnsupportedMediaType, Detail: "send multipart/form-data", Err: err}
	case err == http.ErrMissingBoundary:
		return malformed(err)
	case errors.Is(err, multipart.ErrMessageTooLarge):
		return &Error{Code: http.StatusRequestEntityTooLarge, Detail: "the form is too large", Err: err}
	}
	if _, query := url.ParseQuery(hr.URL.RawQuery); query != nil && query.Error() == err.Error() {
		return &Error{Code: http.StatusBadRequest, Detail: "the query string is malformed", Err: err}
	}
	return other(err)
}

// RemoveFiles removes the files of a form that was read through hr, a copy of from.
func RemoveFiles(hr, from *http.Request) {
	if form := hr.MultipartForm; form != nil && form != from.MultipartForm {
		_ = form.RemoveAll() // temporary files may stay behind, no more
	}
}
