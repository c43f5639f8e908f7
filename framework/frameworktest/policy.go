package frameworktest

import (
	"net/http"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// userHeader carries the user from As to Policy, and back to Response.Remembered.
const userHeader = "X-Frameworktest-User"

// Policy is a security policy for tests. The user of a request is the one that As names, and has
// the permissions listed for that user, on every resource.
//
//	framework.Options{Security: frameworktest.Policy{"alice": {"view", "edit"}}}
//
// The permissions of user "" are granted to everyone, including requests without a user. A Policy
// sets no cookie when a view logs a user in: Response.Remembered returns that user, to pass to As
// for the next request.
type Policy map[string][]string

var (
	_ web.SecurityPolicy = Policy(nil)
	_ web.UserIDer       = Policy(nil)
	_ web.Rememberer     = Policy(nil)
)

// ActAs makes the request come from user.
func (p Policy) ActAs(r *http.Request, user string) (*http.Request, error) {
	r.Header.Set(userHeader, user)
	return r, nil
}

// Identity returns the name of the user, nil without one.
func (p Policy) Identity(r *web.Request) (any, error) {
	if user := r.Header.Get(userHeader); user != "" {
		return user, nil
	}
	return nil, nil
}

// UserID returns the name of the user, "" without one.
func (p Policy) UserID(r *web.Request) (string, error) { return r.Header.Get(userHeader), nil }

// Permits looks up the permission in the lists of the user and of "".
func (p Policy) Permits(r *web.Request, _ traversal.Node, permission string) (web.Decision, error) {
	user := r.Header.Get(userHeader)
	if slices.Contains(p[user], permission) || slices.Contains(p[""], permission) {
		return web.Allow("granted by the test"), nil
	}
	return web.Deny("not granted by the test"), nil
}

// Remember notes the user in the response, for Response.Remembered.
func (p Policy) Remember(_ *web.Request, userID string) (func(*web.Response), error) {
	return func(resp *web.Response) { resp.SetHeader(userHeader, userID) }, nil
}

// Forget notes in the response that the user was logged out, for Response.Remembered.
func (p Policy) Forget(*web.Request) (func(*web.Response), error) {
	return func(resp *web.Response) { resp.SetHeader(userHeader, "") }, nil
}
