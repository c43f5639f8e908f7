package web

import (
	"maps"
	"net/http"
	"strconv"

	"github.com/mastaba-go/mastaba/traversal"
)

// StatusError is an error that knows which HTTP status it means. Any error with
// this method anywhere in its Unwrap tree is answered with that status; its text
// is shown to the client unless the status is 500 or above.
type StatusError interface {
	error
	Status() int
}

// PathError is a request path that cannot be read: bad escapes, not UTF-8, NUL. Its status is 400.
type PathError = traversal.PathError

var _ StatusError = (*PathError)(nil)

// HTTPError is an HTTP status as an error: redirects and successes too.
// Returned as an error it leaves the view at once and may meet an error view;
// its Response, returned as a value, is an answer like any other.
//
// It is immutable: the With methods return changed copies, so that one may be
// kept in a variable. The detail is for the client, also that of a 500; a
// cause is for the log and for errors.Is and errors.As, and never leaves the
// application.
type HTTPError struct {
	status int
	detail string
	cause  error
	rare   *rareError
}

var _ StatusError = (*HTTPError)(nil)

type rareError struct {
	header     []pair
	kind       string // the problem's type, a URI
	title      string
	instance   string
	extensions map[string]any
}

type pair struct{ key, value string } // key is canonical

// Status returns the status code.
func (e *HTTPError) Status() int { return e.status }

// Title returns the short text of the status, or the one that WithTitle gave.
func (e *HTTPError) Title() string {
	if e.rare != nil && e.rare.title != "" {
		return e.rare.title
	}
	return statusText(e.status)
}

// Detail returns what the client is told beside the title.
func (e *HTTPError) Detail() string { return e.detail }

// Error returns status, detail and cause, for the log.
func (e *HTTPError) Error() string {
	s := strconv.Itoa(e.status) + " " + e.Title()
	if e.detail != "" {
		s += ": " + e.detail
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *HTTPError) Unwrap() error { return e.cause }

// Header returns the first value of a header that the answer will have; "" without one.
func (e *HTTPError) Header(name string) string {
	if e.rare != nil {
		key := http.CanonicalHeaderKey(name)
		for _, p := range e.rare.header {
			if p.key == key {
				return p.value
			}
		}
	}
	return ""
}

// With returns the error with a cause.
func (e *HTTPError) With(cause error) *HTTPError {
	c := *e
	c.cause = cause
	return &c
}

// WithDetail returns the error with another detail.
func (e *HTTPError) WithDetail(detail string) *HTTPError {
	c := *e
	c.detail = detail
	return &c
}

// WithHeader returns the error with a further header for its answer.
func (e *HTTPError) WithHeader(name, value string) *HTTPError {
	c, rare := e.copied()
	rare.header = append(rare.header[:len(rare.header):len(rare.header)], pair{http.CanonicalHeaderKey(name), value})
	return c
}

// WithTitle returns the error with another title.
func (e *HTTPError) WithTitle(title string) *HTTPError {
	c, rare := e.copied()
	rare.title = title
	return c
}

// WithType returns the error with a problem type (RFC 9457): a URI that says
// what kind of problem it is. Without one it is about:blank.
func (e *HTTPError) WithType(uri string) *HTTPError {
	c, rare := e.copied()
	rare.kind = uri
	return c
}

// WithInstance returns the error with a URI for this one occurrence (RFC 9457).
func (e *HTTPError) WithInstance(uri string) *HTTPError {
	c, rare := e.copied()
	rare.instance = uri
	return c
}

// WithExtension returns the error with a further member of the JSON answer
// (RFC 9457), which clients see. The members of the RFC itself cannot be replaced.
func (e *HTTPError) WithExtension(name string, value any) *HTTPError {
	c, rare := e.copied()
	rare.extensions = maps.Clone(rare.extensions)
	if rare.extensions == nil {
		rare.extensions = make(map[string]any, 1)
	}
	rare.extensions[name] = value
	return c
}

func (e *HTTPError) copied() (*HTTPError, *rareError) {
	c := *e
	rare := new(rareError)
	if e.rare != nil {
		*rare = *e.rare
	}
	c.rare = rare
	return &c, rare
}

func statusText(code int) string {
	if text := http.StatusText(code); text != "" {
		return text
	}
	return "Status " + strconv.Itoa(code)
}
