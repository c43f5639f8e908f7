package web

import (
	"encoding/json"
	"errors"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Response renders the error as the answer to r: as a page, as JSON (RFC 9457,
// application/problem+json) or as text, whichever Accept likes best. Where the
// client has no preference (no header, or */* as curl sends it) it is text.
// Browsers, which name text/html, get the page. Answers of 500 and above carry
// the request id. It never has what the failed view set on Request.Response.
func (e *HTTPError) Response(r *Request) *Response {
	resp := r.clean()
	resp.SetStatus(e.status)
	if e.rare != nil {
		for _, p := range e.rare.header {
			resp.AddHeader(p.key, p.value)
		}
	}
	if bodyless(e.status) {
		return resp
	}
	id := ""
	if e.status >= 500 {
		id = r.ID()
	}
	if e.rare == nil {
		resp.guarded = true
	} else {
		resp.AddVary("Accept")
		resp.SetHeader(nosniffKey, "nosniff")
	}
	switch preferredForm(r.Request.Header["Accept"]) {
	case formJSON:
		resp.usual = usualProblem
		resp.SetBytes(e.problem(id))
	case formHTML:
		resp.usual = usualHTML
		resp.SetText(e.page(id))
	default:
		resp.SetText(e.plain(id))
	}
	return resp
}

func (r *Request) errorResponse(err error) (*Response, bool) {
	found := findStatus(err)
	if found == nil {
		return nil, false
	}
	e := plainError(found)
	if e != found && e.status < 500 {
		e.detail = found.Error()
	}
	return e.Response(r), true
}

// plainError is the HTTPError that answers an error with a status: status, and when to try again, if it tells.
func plainError(found StatusError) *HTTPError {
	if e, ok := found.(*HTTPError); ok {
		return e
	}
	e := Status(found.Status(), "")
	if later, ok := found.(interface{ RetryAfter() time.Duration }); ok {
		e = e.WithRetryAfter(later.RetryAfter())
	}
	return e
}

// StatusOf returns the status that ErrorResponse would answer err with; false if err knows none.
func StatusOf(err error) (int, bool) {
	found := findStatus(err)
	if found == nil {
		return 0, false
	}
	return Status(found.Status(), "").status, true
}

// findStatus finds the error that says how err is answered. What says nothing,
// but is the end of a deadline, is a 504.
func findStatus(err error) StatusError {
	found := statusIn(err)
	if found == nil && isLate(err) {
		return &lateError{err}
	}
	return found
}

// statusIn searches the Unwrap tree in depth, as errors.As does, but for an
// interface and without reflection.
func statusIn(err error) StatusError {
	for err != nil {
		if found, ok := err.(StatusError); ok {
			return found
		}
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, part := range many.Unwrap() {
				if found := statusIn(part); found != nil {
					return found
				}
			}
			return nil
		}
		err = errors.Unwrap(err)
	}
	return nil
}

// statusLines has the text of the known statuses, the whole body of most errors.
var statusLines = func() (lines [600]string) {
	for code := range lines {
		lines[code] = strconv.Itoa(code) + " " + statusText(code) + "\n"
	}
	return lines
}()

func (e *HTTPError) plain(id string) string {
	line := ""
	if e.status < len(statusLines) && (e.rare == nil || e.rare.title == "") {
		line = statusLines[e.status]
	} else {
		line = strconv.Itoa(e.status) + " " + e.Title() + "\n"
	}
	if e.detail != "" {
		line += "\n" + e.detail + "\n"
	}
	if id != "" {
		line += "\nrequest " + id + "\n"
	}
	return line
}

func (e *HTTPError) page(id string) string {
	title := strconv.Itoa(e.status) + " " + html.EscapeString(e.Title())
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>")
	b.WriteString(title)
	b.WriteString("</title></head>\n<body>\n<h1>")
	b.WriteString(title)
	b.WriteString("</h1>\n")
	if e.detail != "" {
		b.WriteString("<p>" + html.EscapeString(e.detail) + "</p>\n")
	}
	if id != "" {
		b.WriteString("<p>Request <code>" + html.EscapeString(id) + "</code></p>\n")
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}

// problem writes the members in the order of the RFC, then the extensions by name.
func (e *HTTPError) problem(id string) []byte {
	b := []byte{'{'}
	member := func(name string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			return // an extension without a JSON form must not hide the error itself
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		key, _ := json.Marshal(name)
		b = append(append(append(b, key...), ':'), text...)
	}
	var rare rareError
	if e.rare != nil {
		rare = *e.rare
	}
	if rare.kind != "" {
		member("type", rare.kind)
	}
	member("title", e.Title())
	member("status", e.status)
	if e.detail != "" {
		member("detail", e.detail)
	}
	if rare.instance != "" {
		member("instance", rare.instance)
	}
	if id != "" {
		member("request_id", id)
	}
	for _, name := range slices.Sorted(maps.Keys(rare.extensions)) {
		switch name {
		case "type", "title", "status", "detail", "instance":
		case "request_id":
			if id == "" {
				member(name, rare.extensions[name])
			}
		default:
			member(name, rare.extensions[name])
		}
	}
	return append(b, '}', '\n')
}

// nosniffKey keeps browsers from taking an error's text, which may repeat what
// the client sent, for a page.
const nosniffKey = "X-Content-Type-Options"

type form uint8

const (
	formText form = iota
	formHTML
	formJSON
)

// preferredForm decides between the three forms. The greater q wins, then the
// form that Accept names more specifically (axios sends "application/json,
// text/plain, */*" and wants JSON; fetch sends */* and has no wish). Among forms
// that are named equally well JSON comes first, then HTML; among those that only
// a wildcard admits, text.
func preferredForm(header []string) form {
	if len(header) == 0 || len(header) == 1 && header[0] == "*/*" {
		return formText
	}
	accept := ParseAccept(header...)
	best, bestQ, bestSpecific := formText, 0.0, 0
	for _, offer := range [...]struct {
		form form
		name string
	}{{formJSON, typeProblem}, {formJSON, typeJSON}, {formHTML, "text/html"}, {formText, "text/plain"}} {
		q, specific := accept.find(parseOffer(offer.name))
		better := q > bestQ || q == bestQ && specific > bestSpecific
		if !better && q > 0 && q == bestQ && specific == bestSpecific && specific < bySubtype {
			better = true // a wildcard: the plainest, which comes last
		}
		if better {
			best, bestQ, bestSpecific = offer.form, q, specific
		}
	}
	return best
}
