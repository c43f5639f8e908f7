package jwt_test

import (
	"crypto"
	"fmt"

	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/jwt"
)

// Programs send tokens of a login server; its keys are fetched from there.
func Example() {
	identify := jwt.New(jwt.Options{
		Issuer:   "https://login.example.com",
		Audience: "https://api.example.com",
		Keys:     jwt.Remote(jwt.RemoteOptions{URL: "https://login.example.com/jwks.json"}),
	})
	policy := security.New(security.Options{Identify: security.Below("/api", identify, security.Session())})
	fmt.Println(policy.Err())
	// Output: <nil>
}

// What would not be safe is a mistake of the configuration.
func ExampleNew() {
	identify := jwt.New(jwt.Options{
		Issuer: "https://login.example.com", Audience: "https://api.example.com",
		Keys:       jwt.Static(map[string]crypto.PublicKey{"2026": edPublic}),
		Algorithms: []string{"HS256"},
	})
	fmt.Println(security.New(security.Options{Identify: identify}).Err())
	// Output: security.New: jwt.New: algorithm "HS256": want some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA
}
