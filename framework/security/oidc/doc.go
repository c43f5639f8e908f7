// Package oidc logs users in with OpenID Connect: at Google, Microsoft, Keycloak or any other
// provider.
//
//	login := oidc.New(oidc.Options{
//		Issuer: "https://login.example.com", ClientID: "wiki", ClientSecret: secret,
//		RedirectURL: "https://wiki.example.com/login/callback",
//	})
//	config.AddLogin(login, framework.LoginOptions{})
//
// AddLogin adds the routes /login, /login/callback (the path of RedirectURL) and, for POST,
// /logout. It sends people who lack a permission to the login, and after it back to the page that
// they wanted. Once the provider has said who they are, Callback calls r.Remember with their id; so
// the application needs a policy that remembers users, such as security.Session, and sessions
// (framework.Options.Sessions). Example_views shows the same with routes and views one by one, for
// other conditions on them.
//
// # What it checks
//
// It uses the authorization code flow with PKCE (RFC 7636, S256). State, nonce and verifier are
// random and in the session of the client; each is valid once, for ten minutes. So a callback that
// somebody else began, or that comes twice, is a 400. (A session in a cookie cannot know of the
// second time; the provider does, since a code is valid once.) The id token must be signed by a key
// of the provider with one of Options.Algorithms, and be from this issuer, for this client and
// issued to it, not expired, and with the nonce. Where an application has several providers, a
// login that began at one cannot end at another, and a provider that supports the parameter iss
// (RFC 9207) must send it each time. The place to go after the login stays on this site
// (security.SafeNext).
//
// The provider is asked for its addresses at the first login, and for its keys as they change.
// Every request to it has a deadline. If it does not answer, the client gets a 503.
//
// The package links go-oidc, x/oauth2 and go-jose.
package oidc
