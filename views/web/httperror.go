package web

import (
	"maps"
	"net/http"
	"strconv"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web/internal/problem"
)

// StatusError is an error with an HTTP status. If any error in the Unwrap tree has this method, the
// response gets its status. Clients see its text, unless the status is 500 or above: in their
// language if it has a method Message() [Message].
type StatusError interface {
	error
	Status() int
}

// PathError is an invalid request path: bad escapes, not UTF-8, or NUL. Its status is 400.
type PathError = traversal.PathError

var _ StatusError = (*PathError)(nil)

// HTTPError is an HTTP status as an error; the status may also be a redirect or a success. Returned
// as an error it ends the view at once and can be handled by an error view. Its Response, returned
// as a value, is a response like any other.
//
// It is immutable: the With methods return changed copies, so it can be kept in a variable. Clients
// see the detail, even that of a 500. The cause is for the log and for errors.Is and errors.As;
// clients never see it. The methods of a nil pointer, which is an error although it is nil, are
// those of the zero value, a 500.
type HTTPError struct {
	status int
	detail string
	cause  error
	extras *errorExtras
}

var _ StatusError = (*HTTPError)(nil)

type errorExtras struct {
	header          []pair
	translation     func(Localizer) (detail string, members map[string]any) // nil without
	problem.Problem                                                         // without status, detail and request id
}

type pair struct{ key, value string } // key is canonical

// Status returns the status code; 500 for the zero value.
func (e *HTTPError) Status() int {
	if e == nil || e.status == 0 {
		return http.StatusInternalServerError
	}
	return e.status
}

// Title returns the text of the status, or the one set by WithTitle.
func (e *HTTPError) Title() string {
	if e != nil && e.extras != nil && e.extras.Title != "" {
		return e.extras.Title
	}
	return problem.StatusText(e.Status())
}

// Detail returns what clients see below the title.
func (e *HTTPError) Detail() string { return e.orZero().detail }

// Error returns status, detail and cause, for the log.
func (e *HTTPError) Error() string {
	if e == nil {
		return "500 Internal Server Error: a nil *web.HTTPError was returned as an error: return nil itself if nothing is wrong"
	}
	s := strconv.Itoa(e.Status()) + " " + e.Title()
	if e.detail != "" {
		s += ": " + e.detail
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *HTTPError) Unwrap() error { return e.orZero().cause }

func (e *HTTPError) orZero() *HTTPError {
	if e == nil {
		return &HTTPError{}
	}
	return e
}

// Header returns the first value of a header that the response will have; "" without one.
func (e *HTTPError) Header(name string) string {
	if e != nil && e.extras != nil {
		key := http.CanonicalHeaderKey(name)
		for _, p := range e.extras.header {
			if p.key == key {
				return p.value
			}
		}
	}
	return ""
}

// With returns the error with another cause.
func (e *HTTPError) With(cause error) *HTTPError {
	c := *e.orZero()
	c.cause = cause
	return &c
}

// WithDetail returns the error with another detail. A constant one may have a translation: it is
// looked up as it is, in the catalog of the framework, then in that of the application.
func (e *HTTPError) WithDetail(detail string) *HTTPError {
	c := *e.orZero()
	if c.detail = detail; c.extras != nil && c.extras.translation != nil {
		return c.WithTranslation(nil)
	}
	return &c
}

// WithMessage returns the error with a detail that clients get in their language.
func (e *HTTPError) WithMessage(m Message) *HTTPError {
	return e.WithDetail(m.String()).WithTranslation(func(l Localizer) (string, map[string]any) { return l.Translate(m), nil })
}

// WithTranslation returns the error with a function that returns the detail, and members that
// replace those of WithExtension, in a language. Most applications need WithMessage instead.
func (e *HTTPError) WithTranslation(fn func(Localizer) (detail string, members map[string]any)) *HTTPError {
	c, x := e.copied()
	x.translation = fn
	return c
}

// texts returns the texts of the error in a language.
func (e *HTTPError) texts(l Localizer) (title, detail string, members map[string]any) {
	m := Message{ID: e.Title(), Domain: frameworkDomain}
	if e.extras == nil || e.extras.Title == "" {
		m.Context = "status"
	}
	if title = l.Translate(m); e.extras != nil && e.extras.translation != nil {
		detail, members = e.extras.translation(l)
	} else if e.detail != "" {
		detail = l.Translate(Message{ID: e.detail, Domain: frameworkDomain})
	}
	return title, detail, members
}

// WithHeader returns the error with one more header for its response.
func (e *HTTPError) WithHeader(name, value string) *HTTPError {
	c, x := e.copied()
	x.header = append(x.header[:len(x.header):len(x.header)], pair{http.CanonicalHeaderKey(name), value})
	return c
}

// WithTitle returns the error with another title.
func (e *HTTPError) WithTitle(title string) *HTTPError {
	c, x := e.copied()
	x.Title = title
	return c
}

// WithType returns the error with a problem type (RFC 9457): a URI that identifies the kind of
// problem. The default is about:blank.
func (e *HTTPError) WithType(uri string) *HTTPError {
	c, x := e.copied()
	x.Type = uri
	return c
}

// WithInstance returns the error with a URI that identifies this occurrence (RFC 9457).
func (e *HTTPError) WithInstance(uri string) *HTTPError {
	c, x := e.copied()
	x.Instance = uri
	return c
}

// WithExtension returns the error with one more member of the JSON response (RFC 9457). The members
// that the RFC defines cannot be replaced.
func (e *HTTPError) WithExtension(name string, value any) *HTTPError {
	c, x := e.copied()
	x.Extensions = maps.Clone(x.Extensions)
	if x.Extensions == nil {
		x.Extensions = make(map[string]any, 1)
	}
	x.Extensions[name] = value
	return c
}

func (e *HTTPError) copied() (*HTTPError, *errorExtras) {
	c := *e.orZero()
	x := new(errorExtras)
	if c.extras != nil {
		*x = *c.extras
	}
	c.extras = x
	return &c, x
}
