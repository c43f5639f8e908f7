package web

import "net/http"

// One constructor a status: RFC 9110 and the usual others. Those that take a
// location keep it as it is, absolute or relative, and only escape what no
// header may hold.

// OK is 200: as an error: leave at once, successfully.
func OK(detail string) *HTTPError {
	return &HTTPError{status: http.StatusOK, detail: detail}
}

// Created is 201, with the location of what was created; "" for none.
func Created(location string) *HTTPError { return to(http.StatusCreated, location) }

// Accepted is 202: what was asked for is under way.
func Accepted(detail string) *HTTPError {
	return &HTTPError{status: http.StatusAccepted, detail: detail}
}

// NonAuthoritative is 203: changed by a proxy on the way.
func NonAuthoritative(detail string) *HTTPError {
	return &HTTPError{status: http.StatusNonAuthoritativeInfo, detail: detail}
}

// NoContent is 204: done, and there is nothing to show. It has no body.
func NoContent() *HTTPError { return &HTTPError{status: http.StatusNoContent} }

// ResetContent is 205: done; clear the form. It has no body.
func ResetContent() *HTTPError { return &HTTPError{status: http.StatusResetContent} }

// PartialContent is 206: a part of what there is.
func PartialContent(detail string) *HTTPError {
	return &HTTPError{status: http.StatusPartialContent, detail: detail}
}

// MultipleChoices is 300: there are several, choose one.
func MultipleChoices(detail string) *HTTPError {
	return &HTTPError{status: http.StatusMultipleChoices, detail: detail}
}

// MovedPermanently is 301. Old clients turn a POST into a GET; PermanentRedirect does not.
func MovedPermanently(location string) *HTTPError { return to(http.StatusMovedPermanently, location) }

// Found is 302. After a form was posted, SeeOther says what is meant.
func Found(location string) *HTTPError { return to(http.StatusFound, location) }

// SeeOther is 303: look there with GET, as after a form was posted.
func SeeOther(location string) *HTTPError { return to(http.StatusSeeOther, location) }

// NotModified is 304: what the client has is still good. It has no body.
func NotModified() *HTTPError { return &HTTPError{status: http.StatusNotModified} }

// UseProxy is 305, which RFC 9110 keeps for history only.
func UseProxy(location string) *HTTPError { return to(http.StatusUseProxy, location) }

// TemporaryRedirect is 307: the same request again, there, this time.
func TemporaryRedirect(location string) *HTTPError { return to(http.StatusTemporaryRedirect, location) }

// PermanentRedirect is 308: the same request again, there, from now on.
func PermanentRedirect(location string) *HTTPError { return to(http.StatusPermanentRedirect, location) }

// BadRequest is 400: the request cannot be understood.
func BadRequest(detail string) *HTTPError {
	return &HTTPError{status: http.StatusBadRequest, detail: detail}
}

// PaymentRequired is 402: reserved by RFC 9110.
func PaymentRequired(detail string) *HTTPError {
	return &HTTPError{status: http.StatusPaymentRequired, detail: detail}
}

// Forbidden is 403: whoever asks may not.
func Forbidden(detail string) *HTTPError {
	return &HTTPError{status: http.StatusForbidden, detail: detail}
}

// NotFound is 404: there is no such thing.
func NotFound(detail string) *HTTPError {
	return &HTTPError{status: http.StatusNotFound, detail: detail}
}

// NotAcceptable is 406: there is no form of it that Accept admits.
func NotAcceptable(detail string) *HTTPError {
	return &HTTPError{status: http.StatusNotAcceptable, detail: detail}
}

// RequestTimeout is 408: the client took too long to send the request.
func RequestTimeout(detail string) *HTTPError {
	return &HTTPError{status: http.StatusRequestTimeout, detail: detail}
}

// Conflict is 409: the request does not fit the state of the resource.
func Conflict(detail string) *HTTPError {
	return &HTTPError{status: http.StatusConflict, detail: detail}
}

// Gone is 410: it was here, and will not come back.
func Gone(detail string) *HTTPError {
	return &HTTPError{status: http.StatusGone, detail: detail}
}

// LengthRequired is 411: a Content-Length is wanted.
func LengthRequired(detail string) *HTTPError {
	return &HTTPError{status: http.StatusLengthRequired, detail: detail}
}

// PreconditionFailed is 412: If-Match and its like do not hold.
func PreconditionFailed(detail string) *HTTPError {
	return &HTTPError{status: http.StatusPreconditionFailed, detail: detail}
}

// ContentTooLarge is 413: the body is larger than the server takes.
func ContentTooLarge(detail string) *HTTPError {
	return &HTTPError{status: http.StatusRequestEntityTooLarge, detail: detail}
}

// URITooLong is 414: the URL is longer than the server takes.
func URITooLong(detail string) *HTTPError {
	return &HTTPError{status: http.StatusRequestURITooLong, detail: detail}
}

// UnsupportedMediaType is 415: the body is of a type that is not understood here.
func UnsupportedMediaType(detail string) *HTTPError {
	return &HTTPError{status: http.StatusUnsupportedMediaType, detail: detail}
}

// ExpectationFailed is 417: Expect cannot be met.
func ExpectationFailed(detail string) *HTTPError {
	return &HTTPError{status: http.StatusExpectationFailed, detail: detail}
}

// Teapot is 418: no coffee.
func Teapot(detail string) *HTTPError {
	return &HTTPError{status: http.StatusTeapot, detail: detail}
}

// MisdirectedRequest is 421: this server does not answer for that host.
func MisdirectedRequest(detail string) *HTTPError {
	return &HTTPError{status: http.StatusMisdirectedRequest, detail: detail}
}

// UnprocessableContent is 422: well formed, but its values are wrong.
func UnprocessableContent(detail string) *HTTPError {
	return &HTTPError{status: http.StatusUnprocessableEntity, detail: detail}
}

// Locked is 423: somebody has locked it.
func Locked(detail string) *HTTPError {
	return &HTTPError{status: http.StatusLocked, detail: detail}
}

// FailedDependency is 424: what it depends on failed.
func FailedDependency(detail string) *HTTPError {
	return &HTTPError{status: http.StatusFailedDependency, detail: detail}
}

// TooEarly is 425: it might be a replay.
func TooEarly(detail string) *HTTPError {
	return &HTTPError{status: http.StatusTooEarly, detail: detail}
}

// PreconditionRequired is 428: If-Match or its like is wanted.
func PreconditionRequired(detail string) *HTTPError {
	return &HTTPError{status: http.StatusPreconditionRequired, detail: detail}
}

// TooManyRequests is 429: too many; see WithRetryAfter.
func TooManyRequests(detail string) *HTTPError {
	return &HTTPError{status: http.StatusTooManyRequests, detail: detail}
}

// HeaderFieldsTooLarge is 431: headers larger than the server takes.
func HeaderFieldsTooLarge(detail string) *HTTPError {
	return &HTTPError{status: http.StatusRequestHeaderFieldsTooLarge, detail: detail}
}

// UnavailableForLegalReasons is 451: the law forbids it.
func UnavailableForLegalReasons(detail string) *HTTPError {
	return &HTTPError{status: http.StatusUnavailableForLegalReasons, detail: detail}
}

// InternalServerError is 500: the detail is shown to the client; put what went wrong into With.
func InternalServerError(detail string) *HTTPError {
	return &HTTPError{status: http.StatusInternalServerError, detail: detail}
}

// NotImplemented is 501: the server knows no such method.
func NotImplemented(detail string) *HTTPError {
	return &HTTPError{status: http.StatusNotImplemented, detail: detail}
}

// BadGateway is 502: a server behind this one answered nonsense.
func BadGateway(detail string) *HTTPError {
	return &HTTPError{status: http.StatusBadGateway, detail: detail}
}

// ServiceUnavailable is 503: not now; see WithRetryAfter.
func ServiceUnavailable(detail string) *HTTPError {
	return &HTTPError{status: http.StatusServiceUnavailable, detail: detail}
}

// GatewayTimeout is 504: a server behind this one did not answer in time.
func GatewayTimeout(detail string) *HTTPError {
	return &HTTPError{status: http.StatusGatewayTimeout, detail: detail}
}

// HTTPVersionNotSupported is 505: that version of HTTP is not spoken here.
func HTTPVersionNotSupported(detail string) *HTTPError {
	return &HTTPError{status: http.StatusHTTPVersionNotSupported, detail: detail}
}

// InsufficientStorage is 507: there is no room to store it.
func InsufficientStorage(detail string) *HTTPError {
	return &HTTPError{status: http.StatusInsufficientStorage, detail: detail}
}

// LoopDetected is 508: the request went round in a circle.
func LoopDetected(detail string) *HTTPError {
	return &HTTPError{status: http.StatusLoopDetected, detail: detail}
}

// NetworkAuthenticationRequired is 511: log in to the network first.
func NetworkAuthenticationRequired(detail string) *HTTPError {
	return &HTTPError{status: http.StatusNetworkAuthenticationRequired, detail: detail}
}
