package templates

import (
	"errors"
	"fmt"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	texttemplate "text/template"
)

// Error is an error in a template, found while the application is built or while the template
// renders. It names the template, never the value that it renders.
type Error struct {
	Template     string // its name
	Line, Column int    // 0 if unknown
	Text         string // what is wrong
	Err          error  // of a function that the template called; nil for other errors
}

var _ error = (*Error)(nil)

// Error returns "page.html:3:14: what is wrong".
func (e *Error) Error() string {
	at := e.Template
	if e.Line > 0 {
		at += ":" + strconv.Itoa(e.Line)
		if e.Column > 0 {
			at += ":" + strconv.Itoa(e.Column)
		}
	}
	return "template " + at + ": " + e.Text
}

// Unwrap returns the error of the function.
func (e *Error) Unwrap() error { return e.Err }

// located matches how the packages of Go write the place of an error: "template: page.html:3:14: ".
var located = regexp.MustCompile(`(?s)^(?:html/)?template: ?(.*?):(\d+)(?::(\d+))?: (.*)$`)

// executing is what precedes the place inside the line.
var executing = regexp.MustCompile(`^executing "[^"]*" `)

// errorOf converts an error of the packages of Go. name is the template in case they name none.
func errorOf(name string, err error) error {
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	e := &Error{Template: name, Text: strings.TrimPrefix(err.Error(), "template: ")}
	if m := located.FindStringSubmatch(err.Error()); m != nil {
		e.Template, e.Text = m[1], executing.ReplaceAllString(m[4], "")
		e.Line, _ = strconv.Atoi(m[2])
		e.Column, _ = strconv.Atoi(m[3])
	}
	if exec, ok := errors.AsType[texttemplate.ExecError](err); ok {
		e.Err = errors.Unwrap(errors.Unwrap(exec))
	}
	if of, ok := errors.AsType[*template.Error](err); ok && of.Line > 0 {
		e.Line = of.Line
	}
	return e
}

// errorAt is an error at a place that package parse describes: "page.html:3:14".
func errorAt(place, format string, args ...any) *Error {
	e := &Error{Template: place, Text: fmt.Sprintf(format, args...)}
	parts := strings.Split(place, ":")
	if n := len(parts); n > 2 {
		line, lineErr := strconv.Atoi(parts[n-2])
		column, columnErr := strconv.Atoi(parts[n-1])
		if lineErr == nil && columnErr == nil {
			e.Template, e.Line, e.Column = strings.Join(parts[:n-2], ":"), line, column
		}
	}
	return e
}
