package web

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

// Status returns an error with any status; common ones have constructors of their own. A code
// outside 200 to 999, which cannot be sent as a final response, becomes 500.
//
//	return nil, web.Status(http.StatusTeapot, "no coffee here")
func Status(code int, detail string) *HTTPError {
	if code < 200 || code > 999 {
		code = http.StatusInternalServerError
	}
	return &HTTPError{status: code, detail: detail}
}

// Created is 201, with the location of what was created; "" omits it.
func Created(location string) *HTTPError { return withLocation(http.StatusCreated, location) }

// NoContent is 204: the request succeeded, and there is nothing to show. It has no body.
func NoContent() *HTTPError { return &HTTPError{status: http.StatusNoContent} }

// MovedPermanently is 301. Old clients turn a POST into a GET; with [PermanentRedirect] they do
// not.
func MovedPermanently(location string) *HTTPError {
	return withLocation(http.StatusMovedPermanently, location)
}

// Found is 302. After a form was posted, [SeeOther] is more precise.
func Found(location string) *HTTPError { return withLocation(http.StatusFound, location) }

// SeeOther is 303: continue there with GET, as after a form was posted.
func SeeOther(location string) *HTTPError { return withLocation(http.StatusSeeOther, location) }

// NotModified is 304: the client's copy is still valid. It has no body.
func NotModified() *HTTPError { return &HTTPError{status: http.StatusNotModified} }

// TemporaryRedirect is 307: repeat the request there, this time.
func TemporaryRedirect(location string) *HTTPError {
	return withLocation(http.StatusTemporaryRedirect, location)
}

// PermanentRedirect is 308: repeat the request there, from now on.
func PermanentRedirect(location string) *HTTPError {
	return withLocation(http.StatusPermanentRedirect, location)
}

// BadRequest is 400: the request is malformed.
func BadRequest(detail string) *HTTPError { return Status(http.StatusBadRequest, detail) }

// Unauthorized is 401: the client has to authenticate. The challenge says how (WWW-Authenticate:
// `Basic realm="x"`); "" omits it.
func Unauthorized(challenge string) *HTTPError {
	e := &HTTPError{status: http.StatusUnauthorized}
	if challenge == "" {
		return e
	}
	return e.WithHeader("Www-Authenticate", challenge)
}

// Forbidden is 403: the user lacks the permission.
func Forbidden(detail string) *HTTPError { return Status(http.StatusForbidden, detail) }

// NotFound is 404.
func NotFound(detail string) *HTTPError { return Status(http.StatusNotFound, detail) }

// MethodNotAllowed is 405, with the allowed methods in Allow.
func MethodNotAllowed(allow ...string) *HTTPError {
	e := &HTTPError{status: http.StatusMethodNotAllowed}
	e.extras = &errorExtras{header: []pair{{"Allow", strings.Join(allow, ", ")}}}
	return e
}

// NotAcceptable is 406: no representation matches the Accept header.
func NotAcceptable(detail string) *HTTPError { return Status(http.StatusNotAcceptable, detail) }

// Conflict is 409: the request conflicts with the state of the resource.
func Conflict(detail string) *HTTPError { return Status(http.StatusConflict, detail) }

// Gone is 410: the resource was here, and will not come back.
func Gone(detail string) *HTTPError { return Status(http.StatusGone, detail) }

// PreconditionFailed is 412: If-Match or another condition does not hold.
func PreconditionFailed(detail string) *HTTPError {
	return Status(http.StatusPreconditionFailed, detail)
}

// ContentTooLarge is 413: the body is larger than the server accepts.
func ContentTooLarge(detail string) *HTTPError {
	return Status(http.StatusRequestEntityTooLarge, detail)
}

// UnsupportedMediaType is 415: the body has a type that is not understood here.
func UnsupportedMediaType(detail string) *HTTPError {
	return Status(http.StatusUnsupportedMediaType, detail)
}

// RangeNotSatisfiable is 416; size is the length of the whole content, -1 if unknown.
func RangeNotSatisfiable(size int64) *HTTPError {
	e := &HTTPError{status: http.StatusRequestedRangeNotSatisfiable}
	if size < 0 {
		return e
	}
	return e.WithHeader("Content-Range", "bytes */"+strconv.FormatInt(size, 10))
}

// UnprocessableContent is 422: the body is well-formed, but its values are invalid.
func UnprocessableContent(detail string) *HTTPError {
	return Status(http.StatusUnprocessableEntity, detail)
}

// UpgradeRequired is 426, with the protocol to upgrade to.
func UpgradeRequired(protocol string) *HTTPError {
	e := &HTTPError{status: http.StatusUpgradeRequired}
	if protocol != "" {
		e = e.WithHeader("Upgrade", protocol)
	}
	return e.WithHeader("Connection", "Upgrade")
}

// TooManyRequests is 429: see [HTTPError.WithRetryAfter].
func TooManyRequests(detail string) *HTTPError { return Status(http.StatusTooManyRequests, detail) }

// InternalServerError is 500. Clients see the detail; put the cause into [HTTPError.With].
func InternalServerError(detail string) *HTTPError {
	return Status(http.StatusInternalServerError, detail)
}

// BadGateway is 502: an upstream server sent an invalid response.
func BadGateway(detail string) *HTTPError { return Status(http.StatusBadGateway, detail) }

// ServiceUnavailable is 503: not now; see [HTTPError.WithRetryAfter].
func ServiceUnavailable(detail string) *HTTPError {
	return Status(http.StatusServiceUnavailable, detail)
}

// GatewayTimeout is 504: an upstream server did not respond in time.
func GatewayTimeout(detail string) *HTTPError { return Status(http.StatusGatewayTimeout, detail) }

// WithRetryAfter returns the error with a Retry-After header, in whole seconds, rounded up.
func (e *HTTPError) WithRetryAfter(d time.Duration) *HTTPError {
	return e.WithHeader("Retry-After", strconv.FormatInt(int64(math.Ceil(max(d, 0).Seconds())), 10))
}

// withLocation returns an error with a Location, absolute or relative, in which only what a header
// cannot hold is escaped; "" omits the header.
func withLocation(code int, location string) *HTTPError {
	e := &HTTPError{status: code}
	if location != "" {
		e.extras = &errorExtras{header: []pair{{"Location", urls.Location(location)}}}
	}
	return e
}
