package session

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
)

// keyring seals and opens the values of one cookie. The first key seals; all of them open. It is
// immutable.
//
// A sealed value is base64url of
//
//	key id (4 bytes), nonce (12 bytes), ciphertext, tag (16 bytes)
//
// AES-256-GCM with a random nonce encrypts and authenticates it. HKDF-SHA-256 (RFC 5869) derives
// the key from a secret for this purpose alone. The additional data names purpose, cookie and key,
// so a value never opens under another name, nor one that was sealed for another purpose with the
// same secret. A key is good for 2^32 values (NIST SP 800-38D, 8.3).
type keyring struct{ keys []sealingKey }

type sealingKey struct {
	id         [idSize]byte
	aead       cipher.AEAD
	additional []byte
}

const (
	idSize     = 4
	minSecret  = 32 // bytes
	minVariety = 8  // different bytes in a secret
	purpose    = "mastaba session cookie v1"
)

// encoding is strict: otherwise several texts would stand for one value.
var encoding = base64.RawURLEncoding.Strict()

// newKeyring returns the key ring for a cookie. The error names all invalid secrets by number,
// never by content.
func newKeyring(secrets []string, cookie string) (*keyring, error) {
	if len(secrets) == 0 {
		return nil, errors.New("no Secrets: want at least one, such as the output of `openssl rand -base64 32`, or a Store")
	}
	ring := &keyring{}
	var invalid []error
	for i, secret := range secrets {
		if err := checkSecret(secret); err != nil {
			invalid = append(invalid, fmt.Errorf("secret %d: %w", i+1, err))
			continue
		}
		if at := slices.Index(secrets, secret); at < i {
			invalid = append(invalid, fmt.Errorf("secret %d: same as secret %d", i+1, at+1))
			continue
		}
		key, err := newSealingKey(secret, cookie)
		if err != nil {
			invalid = append(invalid, fmt.Errorf("secret %d: %w", i+1, err))
			continue
		}
		ring.keys = append(ring.keys, key)
	}
	return ring, errors.Join(invalid...)
}

func checkSecret(secret string) error {
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
		return fmt.Errorf("is not random: it consists of %d different bytes", different)
	}
	return nil
}

func newSealingKey(secret, cookie string) (k sealingKey, err error) {
	derived, err := hkdf.Key(sha256.New, []byte(secret), nil, purpose, 32+idSize)
	if err != nil {
		return k, err
	}
	block, err := aes.NewCipher(derived[:32])
	if err != nil {
		return k, err
	}
	if k.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return k, err
	}
	copy(k.id[:], derived[32:])
	k.additional = append([]byte(purpose+"\x00"+cookie+"\x00"), k.id[:]...)
	return k, nil
}

// overhead is what sealing adds to a plain text, before base64.
const overhead = idSize + 12 + 16

// sealedLen returns the length of a sealed value for n bytes of plain text.
func sealedLen(n int) int { return encoding.EncodedLen(n + overhead) }

// appendSealed seals plain with the first key, and appends the value to dst.
func (k *keyring) appendSealed(dst, plain []byte) []byte {
	key := &k.keys[0]
	sealed := make([]byte, idSize, len(plain)+overhead)
	copy(sealed, key.id[:])
	sealed = key.aead.Seal(sealed, nil, plain, key.additional)
	return encoding.AppendEncode(dst, sealed)
}

// open returns the plain text of a value; false if none of the keys sealed it for this cookie.
func (k *keyring) open(value string) ([]byte, bool) {
	if len(value) > maxCookie {
		return nil, false
	}
	sealed, err := encoding.DecodeString(value)
	if err != nil || len(sealed) < overhead || encoding.EncodedLen(len(sealed)) != len(value) {
		return nil, false // the last check refuses line breaks, which decoding skips
	}
	for i := range k.keys {
		key := &k.keys[i]
		if string(sealed[:idSize]) != string(key.id[:]) {
			continue
		}
		if plain, err := key.aead.Open(sealed[idSize:idSize], nil, sealed[idSize:], key.additional); err == nil {
			return plain, true
		}
	}
	return nil, false
}
