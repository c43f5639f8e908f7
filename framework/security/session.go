package security

import (
	"github.com/mastaba-go/mastaba/views/web"
)

// sessionKey is the value of a session that holds the user id.
const sessionKey = "auth.userid"

// Session returns an Identifier that keeps the user in the session of the client
// (framework.Options.Sessions).
//
// Remember gives the session a new id, so that nobody who knew the old one is logged in too; its
// values stay, such as a shopping cart, unless they belong to another user: then they are removed
// first. Forget removes all values, so that the next person at the browser finds nothing of the
// last. A session that cannot be read is the error of the request, never an anonymous client.
func Session() Identifier { return session{} }

type session struct{}

var (
	_ Identifier     = session{}
	_ web.Rememberer = session{}
)

// NeedsSessions returns true: see Policy.NeedsSessions.
func (session) NeedsSessions() bool { return true }

func (session) Identify(r *web.Request) (User, error) {
	s, err := r.Session()
	if err != nil {
		return User{}, err
	}
	id, err := textOf(s, sessionKey)
	return User{ID: id, Scheme: "session"}, err
}

// textOf returns a text that a session has; "" without one. The session may be able to return it
// without a place to decode it into.
func textOf(s web.Session, name string) (text string, err error) {
	if can, ok := s.(interface {
		Text(name string) (string, bool, error)
	}); ok {
		text, _, err = can.Text(name)
		return text, err
	}
	var value string
	_, err = s.Get(name, &value)
	return value, err
}

func (session) Remember(r *web.Request, userID string) (func(*web.Response), error) {
	s, err := r.Session()
	if err != nil {
		return nil, err
	}
	if last, err := textOf(s, sessionKey); err != nil || last != "" && last != userID {
		s.Invalidate()
	} else {
		s.Renew()
	}
	return nil, s.Set(sessionKey, userID)
}

func (session) Forget(r *web.Request) (func(*web.Response), error) {
	s, err := r.Session()
	if err != nil {
		return nil, err
	}
	s.Invalidate()
	return nil, nil
}
