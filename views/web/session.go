package web

import (
	"errors"
	"time"
)

// Session is what the application keeps for one client between its requests. Package
// framework/session implements it, and has typed keys. A Session is safe for concurrent use. Values
// are kept as JSON.
type Session interface {
	// Get decodes the value called name into a pointer. It returns false if there is none. A value
	// that does not fit is an error.
	Get(name string, into any) (bool, error)
	// Set keeps a value. One that cannot be encoded is an error.
	Set(name string, value any) error
	// Delete removes a value.
	Delete(name string)
	// Names returns the names of all values, sorted. A flash queue is "_f_" and its name.
	Names() []string
	// Changed makes the session be saved even if no value differs, which also prolongs it.
	Changed()
	// IsNew reports whether the client has sent no valid session with this request, or it was
	// invalidated.
	IsNew() bool
	// Created returns when the session began.
	Created() time.Time
	// Renew gives the session another id and keeps its values, except for CSRFTokenKey. Login needs
	// it: otherwise somebody who planted the id would be logged in too (session fixation).
	Renew()
	// Invalidate ends the session. What is set later belongs to a new one.
	Invalidate()

	// Flash adds a message to a queue, such as "" or "errors", to show on the next page. With
	// unique, a message that the queue has already is not added again.
	Flash(queue, message string, unique bool) error
	// PopFlash removes all messages of a queue and returns them, in order.
	PopFlash(queue string) ([]string, error)
	// PeekFlash returns the messages of a queue, in order.
	PeekFlash(queue string) ([]string, error)
}

// CSRFTokenKey is the name of the value in a [Session] that holds its CSRF token.
const CSRFTokenKey = "_csrft_"

// SessionFactory finds the sessions of clients. It is a component
// (registry.Provide[web.SessionFactory]) and safe for concurrent use.
type SessionFactory interface {
	// Session returns the session of the client, an empty one for a client without. It arranges
	// that changes are saved before the response is sent. An error means that the session cannot be
	// known, for example since its store is down; it never means that there is none.
	Session(r *Request) (Session, error)
}

// SavedSession is a Session that the framework saves with the response.
type SavedSession interface {
	// Save is called when the response callbacks have run. It saves what changed and sets in resp
	// what the client needs; its error is that of the request. failed says that resp answers an
	// error. If the response is replaced by that to an error, Save is called again.
	Save(r *Request, resp *Response, failed bool) error
}

var sessionKey = NewKey("session", func(r *Request) (Session, error) { return r.app.Sessions.Session(r) })

// ErrNoSessions is the error of [Request.Session] in an application without sessions.
var ErrNoSessions = errors.New("the application has no sessions: set framework.Options.Sessions, for example to one of package framework/session")

// Session returns the session of the client. The factory is called at most once per request. The
// session is saved when the response is ready: change it before, not in a stream.
func (r *Request) Session() (Session, error) {
	if r.app.Sessions == nil {
		return nil, ErrNoSessions
	}
	r.Keep() // the session may have it
	return sessionKey.Get(r)
}

// saveSession saves the session, if one is in use that is not yet saved in this response.
func (r *Request) saveSession(x *extras, resp *Response, failed bool) error {
	if s, ok := sessionKey.Peek(r); ok && x.savedIn != resp {
		x.savedIn = resp
		if saved, ok := s.(SavedSession); ok {
			return guarded(func(r *Request, resp *Response) error { return saved.Save(r, resp, failed || r.Err() != nil) }, r, resp)
		}
	}
	return nil
}
