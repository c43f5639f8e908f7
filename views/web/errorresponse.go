package web

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/panics"
	"github.com/mastaba-go/mastaba/views/web/internal/problem"
	"github.com/mastaba-go/mastaba/views/web/internal/reply"
	"github.com/mastaba-go/mastaba/views/web/internal/statuserr"
)

// StatusClientClosedRequest is the status of a request whose client disconnected before there was a
// response. nginx uses the same number. It is only for the log: nothing is sent.
const StatusClientClosedRequest = 499

// Response renders the error as a response to r: as a page, as JSON (RFC 9457,
// application/problem+json) or as text, whichever Accept prefers. Without a preference (no header,
// or */* as from curl) it is JSON if the client sent JSON, else text; browsers, which name
// text/html, get the page. A status of 500 or above shows the request id. What the failed view set
// on [Request.Response] is not used. In an application with translations, title and detail of a
// status of 400 or above are in the language of the client.
func (e *HTTPError) Response(r *Request) *Response {
	resp := r.cleanResponse()
	e = e.orZero()
	resp.SetStatus(e.Status())
	if e.extras != nil {
		for _, p := range e.extras.header {
			resp.AddHeader(p.key, p.value)
		}
	}
	if header.Bodyless(e.Status()) {
		return resp
	}
	var p problem.Problem
	if e.extras == nil {
		resp.reply.AddErrorHeaders()
	} else {
		p = e.extras.Problem
		resp.AddVary("Accept")
		resp.SetHeader(reply.NosniffKey, "nosniff")
	}
	p.Status, p.Detail = e.Status(), e.detail
	if p.Status >= 500 {
		p.RequestID = r.ID()
	}
	if r.app.Localizers != nil && p.Status >= 400 { // redirects are not shown
		r.root().flags |= flagFailing
		var members map[string]any
		p.Title, p.Detail, members = e.texts(r.Localizer())
		p.Lang, p.Extensions = r.Localizer().Locale(), problem.Join(p.Extensions, members)
	}
	resp.reply.SetProblem(problem.FormOf(r.Request.Header, func() header.Accept { return r.Accept().parsed }), &p)
	return resp
}

// ErrorResponse returns the standard response to an error: that of the first [StatusError] in its
// Unwrap tree, outermost first. It returns false for other errors, which are internal. If the error
// has a method RetryAfter() time.Duration, it sets that header. An error that wraps
// context.DeadlineExceeded, and has no status, is a 504; one that wraps a *http.MaxBytesError, and
// has no status, is a 413.
func (d Driver) ErrorResponse(err error) (*Response, bool) {
	found := statuserr.Find(err)
	if found == nil {
		return nil, false
	}
	return public(found).Response(d.r), true
}

// public converts an error with a status, with the text that clients may see.
func public(found StatusError) *HTTPError {
	if found == nil {
		return &HTTPError{}
	}
	e := toHTTPError(found).orZero()
	if e == found || e.Status() >= 500 {
		return e
	}
	if found, ok := found.(interface{ Message() Message }); ok {
		return e.WithMessage(found.Message())
	}
	return e.described(found.Error(), statuserr.MessageID(found))
}

// described returns the error with a detail and the id of its translation, "" for the detail.
func (e *HTTPError) described(detail, id string) *HTTPError {
	if id == "" {
		return e.WithDetail(detail)
	}
	return e.WithMessage(Message{ID: id, Domain: frameworkDomain, Default: detail})
}

// toHTTPError converts an error with a status, without its text: status and Retry-After.
func toHTTPError(found StatusError) *HTTPError {
	if e, ok := found.(*HTTPError); ok {
		return e
	}
	e := Status(found.Status(), "")
	if later, ok := found.(interface{ RetryAfter() time.Duration }); ok {
		e = e.WithRetryAfter(later.RetryAfter())
	}
	return e
}

// StatusOf returns the status of the response to err; false if err has none, as an internal error.
func StatusOf(err error) (int, bool) {
	found := statuserr.Find(err)
	if found == nil {
		return 0, false
	}
	return Status(found.Status(), "").status, true
}

// Detail returns the text of an error that its client may see, for error pages: the detail of an
// [HTTPError], the text of another error with a status below 500, otherwise that of the status, 500
// for an error without one.
func Detail(err error) string {
	e := public(statuserr.Find(err))
	return cmp.Or(e.detail, problem.StatusText(e.Status()))
}

// Detail returns the text of an error that its client may see, as the function [Detail] does, in
// the language of the client.
func (r *Request) Detail(err error) string {
	e := public(statuserr.Find(err))
	title, detail, _ := e.texts(r.Localizer())
	return cmp.Or(detail, title)
}

// ClientGone returns the response to a request that failed only because its client disconnected: an
// empty 499 for the log, without an error view. It returns false if the context of the request was
// not cancelled, or if err has another cause.
func (d Driver) ClientGone(err error) (*Response, bool) {
	if (*requestContext)(d.r).Err() != context.Canceled {
		return nil, false
	}
	if found := statuserr.In(err); found != nil {
		if found.Status() != StatusClientClosedRequest {
			return nil, false
		}
	} else if !errors.Is(err, context.Canceled) || panics.Is(err) {
		return nil, false
	}
	resp := d.r.cleanResponse()
	resp.SetStatus(StatusClientClosedRequest)
	return resp, true
}
