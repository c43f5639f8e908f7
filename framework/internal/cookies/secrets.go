package cookies

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

const (
	minSecret  = 32 // bytes
	minVariety = 8  // different bytes in a secret
)

// Keys derives a key of size bytes from each secret, for one purpose: HKDF-SHA-256 (RFC 5869). The
// keys of another purpose say nothing about them. The error names all invalid secrets by number,
// never by content.
func Keys(secrets []string, purpose string, size int) ([][]byte, error) {
	var keys [][]byte
	var invalid []error
	for i, secret := range secrets {
		err := check(secret)
		if at := slices.Index(secrets, secret); err == nil && at < i {
			err = fmt.Errorf("same as secret %d", at+1)
		}
		var key []byte
		if err == nil {
			key, err = hkdf.Key(sha256.New, []byte(secret), nil, purpose, size)
		}
		if err != nil {
			invalid = append(invalid, fmt.Errorf("secret %d: %w", i+1, err))
			continue
		}
		keys = append(keys, key)
	}
	return keys, errors.Join(invalid...)
}

// check returns an error if a secret is not random, as far as one can see.
func check(secret string) error {
	if len(secret) < minSecret {
		return fmt.Errorf("has %d bytes: want at least %d random ones, such as the output of `openssl rand -base64 32`", len(secret), minSecret)
	}
	var seen [256]bool
	different := 0
	for i := range len(secret) {
		if !seen[secret[i]] {
			seen[secret[i]] = true
			different++
		}
	}
	if different < minVariety {
		return fmt.Errorf("is not random: it has only %d different bytes", different)
	}
	return nil
}
