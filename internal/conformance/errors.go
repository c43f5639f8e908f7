package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/web"
)

// The errors of the cases. A class that extends another unwraps to it, so views for the wider class
// handle it.
type (
	AppError     struct{}
	StorageError struct{}
	Timeout      struct{}
	InputError   struct{}
	OtherError   struct{}
)

func (*AppError) Error() string     { return "application error" }
func (*StorageError) Error() string { return "storage error" }
func (*Timeout) Error() string      { return "timeout" }
func (*InputError) Error() string   { return "input error" }
func (*OtherError) Error() string   { return "other error" }

func (*StorageError) Unwrap() error { return &AppError{} }
func (*Timeout) Unwrap() error      { return &StorageError{} }
func (*InputError) Unwrap() error   { return &AppError{} }

// newError returns the error of that name.
func newError(name string) error {
	switch name {
	case "AppError":
		return &AppError{}
	case "StorageError":
		return &StorageError{}
	case "Timeout":
		return &Timeout{}
	case "InputError":
		return &InputError{}
	case "OtherError":
		return &OtherError{}
	}
	if class, ok := httpClasses[name]; ok {
		return class.error("")
	}
	return fmt.Errorf("unknown error %q", name)
}

// httpClass is a class of HTTP errors: a range of statuses.
type httpClass struct{ low, high int }

var httpClasses = map[string]httpClass{
	"HTTPException":   {100, 599},
	"HTTPSuccessful":  {200, 299},
	"HTTPRedirection": {300, 399},
	"HTTPError":       {400, 599},
	"HTTPClientError": {400, 499},
	"HTTPServerError": {500, 599},

	"HTTPOk":                  {200, 200},
	"HTTPCreated":             {201, 201},
	"HTTPNoContent":           {204, 204},
	"HTTPMovedPermanently":    {301, 301},
	"HTTPFound":               {302, 302},
	"HTTPSeeOther":            {303, 303},
	"HTTPTemporaryRedirect":   {307, 307},
	"HTTPPermanentRedirect":   {308, 308},
	"HTTPBadRequest":          {400, 400},
	"HTTPUnauthorized":        {401, 401},
	"HTTPForbidden":           {403, 403},
	"HTTPNotFound":            {404, 404},
	"HTTPMethodNotAllowed":    {405, 405},
	"HTTPConflict":            {409, 409},
	"HTTPGone":                {410, 410},
	"HTTPInternalServerError": {500, 500},
	"HTTPServiceUnavailable":  {503, 503},
}

// error returns an error of the class, with a Location header unless location is "".
func (c httpClass) error(location string) *web.HTTPError {
	err := web.Status(c.low, http.StatusText(c.low))
	if location != "" {
		err = err.WithHeader("Location", location)
	}
	return err
}

// httpName returns the name of the class of one status.
func httpName(status int) string {
	for name, class := range httpClasses {
		if class.low == status && class.high == status {
			return name
		}
	}
	return fmt.Sprintf("HTTP%d", status)
}

// isErrorClass reports whether name is the name of an error class.
func isErrorClass(name string) bool {
	switch name {
	case "Exception", "AppError", "StorageError", "Timeout", "InputError", "OtherError",
		"URLDecodeError", "ValueError", "BadCSRFToken", "BadCSRFOrigin":
		return true
	}
	_, ok := httpClasses[name]
	return ok
}

// errorName returns the cases' name for an error: that of the first error in its tree that has one.
func errorName(err error) string {
	switch err := err.(type) {
	case nil:
		return ""
	case *AppError:
		return "AppError"
	case *StorageError:
		return "StorageError"
	case *Timeout:
		return "Timeout"
	case *InputError:
		return "InputError"
	case *OtherError:
		return "OtherError"
	case *web.PathError:
		return "URLDecodeError"
	case *views.NoResponseError:
		if name := errorName(err.Err); name != "" {
			return name
		}
		return "ValueError"
	case *json.UnsupportedTypeError:
		return "TypeError"
	case *security.BadCSRFToken:
		return "BadCSRFToken"
	case *security.BadCSRFOrigin:
		return "BadCSRFOrigin"
	case *web.HTTPError:
		return httpName(err.Status())
	case *assets.UnknownError:
		return "UnknownPackage"
	case *fs.PathError:
		return "FileNotFoundError"
	}
	if strings.HasPrefix(err.Error(), "view ") && strings.Contains(err.Error(), ": wrapper ") {
		return "ValueError"
	}
	switch wrapper := err.(type) {
	case interface{ Unwrap() error }:
		return errorName(wrapper.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range wrapper.Unwrap() {
			if name := errorName(e); name != "" {
				return name
			}
		}
	}
	return ""
}

// isA reports whether err belongs to the class.
func isA(err error, class string) bool {
	switch class {
	case "Exception":
		return true
	case "AppError":
		return is[*AppError](err)
	case "StorageError":
		return is[*StorageError](err)
	case "Timeout":
		return is[*Timeout](err)
	case "InputError":
		return is[*InputError](err)
	case "OtherError":
		return is[*OtherError](err)
	case "URLDecodeError":
		return is[*web.PathError](err)
	case "ValueError":
		return is[*views.NoResponseError](err)
	}
	var status web.StatusError
	c := httpClasses[class]
	return errors.As(err, &status) && c.low <= status.Status() && status.Status() <= c.high
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
