// Package security has ready security policies: who sent a request, and what they may do.
//
//	policy := security.New(security.Options{Identify: security.Session(), Principals: groups})
//
//	config := framework.New(framework.Options{Root: open, Security: policy, Sessions: sessions, DefaultPermission: "view"})
//	config.AddForbiddenView(views.Func(security.RedirectToLogin("/login")))
//
// Most applications need four names. [New] makes a policy of an [Identifier], here [Session], which
// finds the user of a request. What the user may do is in the access lists of the resources
// (package traversal/acl), unless Options.Authorize decides. [RedirectToLogin] sends people to the
// login page. In a view, [Identity] returns the user:
//
//	member, ok, err := security.Identity[*Member](r) // what Options.Load has returned
//
// The login form checks the password (package security/password) and calls r.Remember(userID); the
// logout calls r.Forget(). Example_login, in example_login_test.go of package framework, is a whole
// login.
//
// # Who
//
//	Session       the session has the user                        remembers
//	Tickets       a signed cookie has the user, without a store   remembers
//	Basic         user and password with each request             challenges
//	Bearer        a token that a lookup knows                     challenges
//	APIKey        a key in a header of its own
//	Certificate   a TLS client certificate
//	ProxyHeader   the proxy in front knows the user
//	Func          a function of yours
//
// Package security/jwt reads signed tokens (JWT), security/oidc logs in with OpenID Connect.
//
// [FirstOf] tries several, [Below] and [ByRoute] choose one by the request. What is combined keeps
// its abilities: all that can remember a user do, and a challenge names all that are accepted.
//
//	security.Below("/api", security.Bearer("api", tokens.Find), security.Session())
//
// # How safe
//
// Invalid credentials are those of an anonymous client; a database that is down is an error, never
// an anonymous client. Cookies are Secure, HttpOnly, SameSite=Lax, and of this host alone. The id
// of a session changes at login, so planted ones are worth nothing. Tickets are signed by a ring of
// keys that can be replaced one by one. Tokens are compared by their hash. [SafeNext] keeps a
// redirect on this site.
//
// Cookies, Basic, certificates and the headers of proxies are sent by browsers unasked: forms of
// such users need protection against forgery. [NewCSRF] and [CrossOrigin] make policies for
// framework.Options.CSRF. Requests with a bearer token or an API key need none:
//
//	security.NewCSRF(security.CSRFOptions{Skip: policy.SentByProgram})
package security
