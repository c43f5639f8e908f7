package security

import (
	"errors"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web"
)

// User is who sent a request, as far as credentials prove it. The zero value is an anonymous
// client.
type User struct {
	// ID is the id of the user; "" for an anonymous client.
	ID string
	// Scheme is the kind of credentials: "session", "ticket", "basic", "bearer", "key",
	// "certificate", "header", or the word of an Identifier of your own.
	Scheme string
	// Principals are those that the credentials themselves grant, such as the scopes of a token.
	Principals []string
	// Credentials are what the Identifier read, such as a *Ticket; nil if they hold nothing but the
	// id.
	Credentials any
}

// UserID returns the id.
func (u *User) UserID() string { return u.ID }

// Identifier finds the user of a request by one kind of credentials. It must be safe for concurrent
// use. [New] makes a security policy of it; [FirstOf], [ByRoute] and [Below] combine several.
//
// An Identifier may also be a [web.Rememberer], if it can log users in and out, a [web.Challenger],
// and may have the method ActAs that framework.App.ActAs describes. Combined ones keep that. A
// method Err() error reports a mistake in how it was made: see [Policy.Err]. A method
// NeedsSessions() bool says whether it works only in an application with sessions, and Routes()
// []string which routes it must have.
type Identifier interface {
	// Identify returns the user, the zero User if the request has no valid credentials of this
	// kind. Invalid credentials are not an error: the client is anonymous then. An error means that
	// the user cannot be known, for example because a database is down, and becomes that of the
	// request.
	Identify(r *web.Request) (User, error)
}

// Func is a function as an [Identifier].
type Func func(r *web.Request) (User, error)

var _ Identifier = Func(nil)

// Identify calls the function.
func (f Func) Identify(r *web.Request) (User, error) { return f(r) }

// actor is the ability to make a request come from a user: see framework.App.ActAs.
type actor interface {
	ActAs(r *http.Request, user string) (*http.Request, error)
}

// constant is the ability to check that an Identifier is still the one by which the user was
// identified.
type constant interface{ unchanged(r *web.Request) error }

func unchanged(of Identifier, r *web.Request) error {
	if can, ok := of.(constant); ok {
		return can.unchanged(r)
	}
	return nil
}

// Errors of combined identifiers of which none has an ability. They say what an application can do.
var (
	errNotRemembering = errors.New("the identifiers of the security policy do not remember users: add security.Session or security.Tickets")
	errNotActing      = errors.New("no identifier has a method ActAs")
)

func remember(of Identifier, r *web.Request, userID string) (func(*web.Response), error) {
	if can, ok := of.(web.Rememberer); ok {
		return can.Remember(r, userID)
	}
	return nil, errNotRemembering
}

func forget(of Identifier, r *web.Request) (func(*web.Response), error) {
	if can, ok := of.(web.Rememberer); ok {
		return can.Forget(r)
	}
	return nil, errNotRemembering
}

func challenges(of Identifier, r *web.Request) ([]string, error) {
	if can, ok := of.(web.Challenger); ok {
		return can.Challenges(r)
	}
	return nil, nil
}

func actAs(of Identifier, r *http.Request, user string) (*http.Request, error) {
	if can, ok := of.(actor); ok {
		return can.ActAs(r, user)
	}
	return nil, errNotActing
}

// needsSessions reports whether an Identifier works only in an application with sessions.
func needsSessions(of Identifier) bool {
	can, ok := of.(interface{ NeedsSessions() bool })
	return ok && can.NeedsSessions()
}

// routesOf returns the names of the routes that the identifiers choose by.
func routesOf(all ...Identifier) (names []string) {
	for _, of := range all {
		if can, ok := of.(interface{ Routes() []string }); ok {
			names = append(names, can.Routes()...)
		}
	}
	return names
}

// mistake returns what is wrong with how an Identifier was made; nil if nothing is.
func mistake(of Identifier) error {
	if of == nil {
		return errors.New("an identifier is nil")
	}
	if can, ok := of.(interface{ Err() error }); ok {
		return can.Err()
	}
	return nil
}
