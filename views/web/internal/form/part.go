package form

import (
	"errors"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// PartError returns what an error of a multipart.Reader means for the client, nil for other errors.
// A multipart.Reader has no type of its own for them, so PartError looks for those of the packages
// below it: only if hr is read by parts, and not in errors of a client of net/http.
func PartError(hr *http.Request, err error) *Error {
	if hr.MultipartForm != byParts {
		return nil
	}
	if _, outgoing := errors.AsType[*url.Error](err); outgoing {
		return nil
	}
	_, malformedHeader := errors.AsType[textproto.ProtocolError](err)
	switch {
	case errors.Is(err, multipart.ErrMessageTooLarge):
		return &Error{Code: http.StatusRequestEntityTooLarge, Detail: "the form is too large", Err: err}
	case malformedHeader, strings.Contains(err.Error(), "multipart: expecting a new Part"):
		return malformed(err)
	}
	return nil
}
