// Package nonce makes nonces for a Content-Security-Policy.
package nonce

import (
	"crypto/rand"
	"encoding/base64"
)

// New returns a new nonce: 128 bits of crypto/rand, as CSP Level 3 recommends.
func New() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
