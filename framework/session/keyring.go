package session

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"sync"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
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
	idSize  = 4
	purpose = "mastaba session cookie v1"
)

// newKeyring returns the key ring for a cookie. The error names all invalid secrets by number,
// never by content.
func newKeyring(secrets []string, cookie string) (*keyring, error) {
	if len(secrets) == 0 {
		return nil, errors.New("no Secrets: want at least one, such as the output of `openssl rand -base64 32`, or a Store")
	}
	derived, err := cookies.Keys(secrets, purpose, 32+idSize)
	if err != nil {
		return nil, err
	}
	ring := &keyring{}
	for _, from := range derived {
		key, err := newSealingKey(from, cookie)
		if err != nil {
			return nil, err
		}
		ring.keys = append(ring.keys, key)
	}
	return ring, nil
}

func newSealingKey(derived []byte, cookie string) (k sealingKey, err error) {
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
func sealedLen(n int) int { return cookies.EncodedLen(n + overhead) }

// appendSealed seals plain with the first key, and appends the value to dst.
func (k *keyring) appendSealed(dst, plain []byte) []byte {
	key := &k.keys[0]
	sealed := make([]byte, idSize, len(plain)+overhead)
	copy(sealed, key.id[:])
	sealed = key.aead.Seal(sealed, nil, plain, key.additional)
	return cookies.AppendEncode(dst, sealed)
}

// opening has room for the largest value while it is opened.
type opening struct {
	sealed [cookies.MaxSize/4*3 + 3]byte
	plain  [cookies.MaxSize/4*3 + 3]byte
}

var openings = sync.Pool{New: func() any { return new(opening) }}

// open returns the plain text of a value; false if none of the keys sealed it for this cookie. It
// allocates that text and nothing else.
func (k *keyring) open(value string) (string, bool) {
	n := cookies.DecodedLen(len(value))
	if len(value) > cookies.MaxSize || n < overhead {
		return "", false
	}
	in := openings.Get().(*opening)
	defer openings.Put(in)
	sealed := in.sealed[:n]
	if !cookies.Decode(sealed, value) {
		return "", false
	}
	for i := range k.keys {
		key := &k.keys[i]
		if string(sealed[:idSize]) != string(key.id[:]) {
			continue
		}
		if plain, err := key.aead.Open(in.plain[:0], nil, sealed[idSize:], key.additional); err == nil {
			return string(plain), true
		}
	}
	return "", false
}
