package frameworktest

import (
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// userHeader carries the user of As to Policy.
const userHeader = "X-Frameworktest-User"

// Policy is a security policy for tests: it believes who says As(user), and
// grants each user the permissions in its list, whatever the resource.
//
//	framework.Options{Security: frameworktest.Policy{"alice": {"view", "edit"}}}
//
// The user "" is everybody, also those without a name.
type Policy map[string][]string

var (
	_ web.SecurityPolicy = Policy(nil)
	_ web.UserIDer       = Policy(nil)
)

// Identity gives the user's name, or nil for nobody.
func (p Policy) Identity(r *web.Request) (any, error) {
	if user := r.Header.Get(userHeader); user != "" {
		return user, nil
	}
	return nil, nil
}

// UserID gives the user's name, or "" for nobody.
func (p Policy) UserID(r *web.Request) (string, error) { return r.Header.Get(userHeader), nil }

// Permits looks the permission up in the user's list, and in everybody's.
func (p Policy) Permits(r *web.Request, _ traversal.Node, permission string) (web.Decision, error) {
	user := r.Header.Get(userHeader)
	if slices.Contains(p[user], permission) || slices.Contains(p[""], permission) {
		return web.Allow("granted by the test"), nil
	}
	return web.Deny("not granted by the test"), nil
}
