package security

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"slices"
	"sync"
)

// keyring signs texts for one purpose and checks them. The first key signs; all of them check. It is
// immutable.
//
// A signed text is base64url of
//
//	key id (4 bytes), payload, HMAC-SHA-256 of both (32 bytes)
//
// HKDF-SHA-256 (RFC 5869) derives the key and its id from a secret, for the purpose alone: what is
// signed for another purpose with the same secret does not pass.
type keyring struct{ keys []*signingKey }

type signingKey struct {
	id   [keyIDSize]byte
	macs sync.Pool // of hash.Hash; reused, since setting up a key takes longer than a short text
}

const (
	keyIDSize  = 4
	minSecret  = 32 // bytes
	minVariety = 8  // different bytes in a secret
)

// newKeyring returns a key ring for a purpose. The error names all invalid secrets by number, never
// by content.
func newKeyring(secrets []string, purpose string) (*keyring, error) {
	if len(secrets) == 0 {
		return nil, errors.New("no Secrets: want at least one, such as the output of `openssl rand -base64 32`")
	}
	ring := new(keyring)
	var invalid []error
	for i, secret := range secrets {
		err := checkSecret(secret)
		if at := slices.Index(secrets, secret); err == nil && at < i {
			err = fmt.Errorf("same as secret %d", at+1)
		}
		if err != nil {
			invalid = append(invalid, fmt.Errorf("secret %d: %w", i+1, err))
			continue
		}
		derived, err := hkdf.Key(sha256.New, []byte(secret), nil, purpose, sha256.Size+keyIDSize)
		if err != nil {
			return nil, err
		}
		key := new(signingKey)
		key.macs.New = func() any { return hmac.New(sha256.New, derived[:sha256.Size]) }
		copy(key.id[:], derived[sha256.Size:])
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
		return fmt.Errorf("is not random: it has only %d different bytes", different)
	}
	return nil
}

// appendMAC appends the MAC of text to dst.
func (k *signingKey) appendMAC(dst, text []byte) []byte {
	mac := k.macs.Get().(hash.Hash)
	mac.Reset()
	mac.Write(text)
	dst = mac.Sum(dst)
	k.macs.Put(mac)
	return dst
}

// sign returns the signed text of a payload.
func (k *keyring) sign(payload []byte) string {
	key := k.keys[0]
	text := append(key.id[:len(key.id):len(key.id)], payload...)
	return encoding.EncodeToString(key.appendMAC(text, text))
}

// open returns the payload of a signed text; false if none of the keys signed it.
func (k *keyring) open(text string) ([]byte, bool) {
	raw, err := encoding.DecodeString(text)
	if err != nil || len(raw) < keyIDSize+sha256.Size || encoding.EncodedLen(len(raw)) != len(text) {
		return nil, false // the last check refuses line breaks, which decoding skips
	}
	signed, sent := raw[:len(raw)-sha256.Size], raw[len(raw)-sha256.Size:]
	for _, key := range k.keys {
		if string(signed[:keyIDSize]) != string(key.id[:]) {
			continue
		}
		var sum [sha256.Size]byte
		if hmac.Equal(key.appendMAC(sum[:0], signed), sent) {
			return signed[keyIDSize:], true
		}
	}
	return nil, false
}
