// Package jwt identifies users by signed tokens: JSON Web Tokens (RFC 7519), as OAuth 2.0 servers
// issue them.
//
//	identify := jwt.New(jwt.Options{
//		Issuer:   "https://login.example.com",
//		Audience: "https://api.example.com",
//		Keys:     jwt.Remote(jwt.RemoteOptions{URL: "https://login.example.com/jwks.json"}),
//	})
//	policy := security.New(security.Options{Identify: security.Below("/api", identify, security.Session())})
//
// Most programs need [New] and [Remote]. The user id is the subject of the token, unless Options.User
// decides; security.Identity and the Credentials of a security.User give the [Claims].
//
// # What a token must be
//
// It is sent as a bearer token (RFC 6750). It has one of the algorithms of Options.Algorithms, all of
// which are asymmetric, so that no public key is ever taken for a secret; "none" is not among them.
// Its key is one of Options.Keys, found by the id in the header; keys and addresses inside a token
// count for nothing. Issuer and audience are those of the options. It must have an end, and be
// neither over nor in the future, give or take Options.Leeway (RFC 8725 has the reasons).
//
// Any other token is that of an anonymous client, and the challenge says invalid_token. If the keys
// cannot be had, the answer is 503.
//
// # Keys
//
// [Static] keys are given; [Remote] ones are fetched from a JWKS URL when the first token comes, and
// anew when they are old or a token names an unknown one. One request at a time fetches, with a
// deadline, also if its client leaves meanwhile. How often is bounded, so neither unknown key ids nor
// clients that leave make a flood.
// If a fetch fails, the keys that are there go on working, and the log says so.
//
// The package links go-jose.
package jwt
