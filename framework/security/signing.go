package security

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"hash"
	"sync"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
)

// keyring signs texts for one purpose and checks them. The first key signs; all of them check. It
// is immutable.
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
	macs sync.Pool // of *signer; reused, since setting up a key takes longer than a short text
}

const keyIDSize = 4

// newKeyring returns a key ring for a purpose. The error names all invalid secrets by number, never
// by content.
func newKeyring(secrets []string, purpose string) (*keyring, error) {
	if len(secrets) == 0 {
		return nil, errors.New("no Secrets: want at least one, such as the output of `openssl rand -base64 32`")
	}
	derived, err := cookies.Keys(secrets, purpose, sha256.Size+keyIDSize)
	if err != nil {
		return nil, err
	}
	ring := new(keyring)
	for _, from := range derived {
		key := new(signingKey)
		key.macs.New = func() any { return &signer{Hash: hmac.New(sha256.New, from[:sha256.Size])} }
		copy(key.id[:], from[sha256.Size:])
		ring.keys = append(ring.keys, key)
	}
	return ring, nil
}

// signer signs one text at a time.
type signer struct {
	hash.Hash
	sum [sha256.Size]byte
}

// mac returns the MAC of a text, until the next call.
func (s *signer) mac(text []byte) []byte {
	s.Reset()
	s.Write(text)
	return s.Sum(s.sum[:0])
}

// sign returns the signed text of a payload.
func (k *keyring) sign(payload []byte) string {
	key := k.keys[0]
	text := append(key.id[:len(key.id):len(key.id)], payload...)
	s := key.macs.Get().(*signer)
	defer key.macs.Put(s)
	return cookies.Encode(append(text, s.mac(text)...))
}

// reading has room for the largest signed text while it is read.
type reading [cookies.MaxSize/4*3 + 3]byte

var readings = sync.Pool{New: func() any { return new(reading) }}

// open returns the payload of a signed text; false if none of the keys signed it. It allocates the
// payload and nothing else.
func (k *keyring) open(text string) (string, bool) {
	n := cookies.DecodedLen(len(text))
	if len(text) > cookies.MaxSize || n < keyIDSize+sha256.Size {
		return "", false
	}
	in := readings.Get().(*reading)
	defer readings.Put(in)
	if !cookies.Decode(in[:n], text) {
		return "", false
	}
	signed, sent := in[:n-sha256.Size], in[n-sha256.Size:n]
	for _, key := range k.keys {
		if string(signed[:keyIDSize]) == string(key.id[:]) && key.signed(signed, sent) {
			return string(signed[keyIDSize:]), true
		}
	}
	return "", false
}

// signed reports whether a MAC is that of a text, in constant time.
func (k *signingKey) signed(text, mac []byte) bool {
	s := k.macs.Get().(*signer)
	defer k.macs.Put(s)
	return hmac.Equal(s.mac(text), mac)
}
