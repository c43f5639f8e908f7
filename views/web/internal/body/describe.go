package body

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"

	"github.com/mastaba-go/mastaba/views/web/internal/statuserr"
)

// Describe returns the status of an error of reading a body, what the client may see of it, and the
// id of the message that translates this, "" if it is the text itself. The status is 0 for none,
// for the end of the body, for an error that has a status, and for one that the client did not
// cause.
func Describe(err error) (status int, detail, id string) {
	if err == nil || err == io.EOF || errors.Is(err, http.ErrBodyReadAfterClose) {
		return 0, "", ""
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok && statuserr.In(err) == nil {
		return http.StatusRequestEntityTooLarge, fmt.Sprintf("the request body exceeds the limit of %d bytes", e.Limit), statuserr.TooLargeID
	}
	if statuserr.Find(err) != nil {
		return 0, "", ""
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return 0, "", "" // of the file that keeps a body
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return http.StatusRequestTimeout, "the request body arrived too slowly", ""
	}
	return http.StatusBadRequest, "the request body is malformed or incomplete", ""
}
