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
// Most programs need [New] and [Remote]. The user id is the subject of the token, unless
// Options.User decides; security.Identity and the Credentials of a security.User give the [Claims].
//
// # What a token must be
//
// It is sent as a bearer token (RFC 6750). It has one of the algorithms of Options.Algorithms, all
// of which are asymmetric, so that no public key is ever taken for a secret; "none" is not among
// them. Its key is one of Options.Keys, found by the id in the header; keys and addresses inside a
// token are ignored. Issuer and audience are those of the options. It must have an expiry time, and
// be valid now, give or take Options.Leeway (RFC 8725 has the reasons).
//
// Any other token is that of an anonymous client, and the challenge says invalid_token. If the keys
// cannot be fetched, the response is a 503.
//
// # Keys
//
// [Static] keys are given; [Remote] ones are fetched from a JWKS URL when the first token comes,
// and again when they are old or a token names an unknown one. One request at a time fetches, with
// a deadline, and goes on if its client disconnects. RemoteOptions.Interval limits how often, so
// neither unknown key ids nor clients that disconnect cause a flood of fetches. If a fetch fails,
// the present keys stay in use, and a warning is logged.
//
// The package links go-jose.
package jwt
