package password

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// Hashes of other programs, which are only checked: bcrypt, and PBKDF2 in the forms of Python's
// passlib and of Django.

// bcryptHash is $2y$10$ and 53 characters. It sees only the first 72 bytes of a password.
type bcryptHash struct {
	text      string
	prehashed bool // Django's bcrypt_sha256: of the hexadecimal SHA-256 of the password
}

func parseBcrypt(text string) (stored, error) {
	if len(text) != 60 {
		return nil, fmt.Errorf("%d characters: want 60", len(text))
	}
	cost, err := bcrypt.Cost([]byte(text))
	if err != nil {
		return nil, err
	}
	if cost > maxBcryptCost {
		return nil, fmt.Errorf("cost %d is too much: want at most %d", cost, maxBcryptCost)
	}
	return &bcryptHash{text: text}, nil
}

func parseBcryptSHA256(text string) (stored, error) {
	s, err := parseBcrypt(strings.TrimPrefix(text, "bcrypt_sha256$"))
	if err != nil {
		return nil, err
	}
	s.(*bcryptHash).prehashed = true
	return s, nil
}

func (b *bcryptHash) matches(password string) bool {
	if b.prehashed {
		sum := sha256.Sum256([]byte(password))
		password = hex.EncodeToString(sum[:])
	}
	return bcrypt.CompareHashAndPassword([]byte(b.text), []byte(password)) == nil
}

// pbkdf2Hash is PBKDF2 with HMAC (RFC 8018).
type pbkdf2Hash struct {
	hash       func() hash.Hash
	size       int
	iterations int
	salt, sum  []byte
}

// digests are the hash functions of PBKDF2, by the kind of a stored hash.
var digests = map[string]pbkdf2Hash{
	"pbkdf2":        {hash: sha1.New, size: sha1.Size},
	"pbkdf2-sha256": {hash: sha256.New, size: sha256.Size},
	"pbkdf2-sha512": {hash: sha512.New, size: sha512.Size},
	"pbkdf2_sha1":   {hash: sha1.New, size: sha1.Size},
	"pbkdf2_sha256": {hash: sha256.New, size: sha256.Size},
}

// parsePasslib reads $pbkdf2-sha256$29000$salt$hash, in base64 with "." for "+" and no padding.
func parsePasslib(text string) (stored, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 5 {
		return nil, errors.New("want $pbkdf2-sha256$iterations$salt$hash")
	}
	return parsePBKDF2(parts[1], parts[2], func(p *pbkdf2Hash) (err error) {
		plus := strings.NewReplacer(".", "+", "+", "!") // a plus is not of this alphabet
		if p.salt, err = decode(base64.RawStdEncoding, "salt", plus.Replace(parts[3])); err == nil {
			p.sum, err = decode(base64.RawStdEncoding, "hash", plus.Replace(parts[4]))
		}
		return err
	})
}

// parseDjango reads pbkdf2_sha256$iterations$salt$hash: the salt is plain text.
func parseDjango(text string) (stored, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 4 || parts[2] == "" || len(parts[2]) > maxSum {
		return nil, errors.New("want pbkdf2_sha256$iterations$salt$hash")
	}
	return parsePBKDF2(parts[0], parts[1], func(p *pbkdf2Hash) (err error) {
		p.salt = []byte(parts[2])
		p.sum, err = decode(base64.StdEncoding, "hash", parts[3])
		return err
	})
}

func parsePBKDF2(kind, iterations string, fill func(*pbkdf2Hash) error) (stored, error) {
	p := digests[kind]
	var err error
	if p.iterations, err = number(iterations, "", maxIterations); err != nil {
		return nil, err
	}
	if err = fill(&p); err == nil && len(p.sum) != p.size {
		err = fmt.Errorf("the hash has %d bytes: want %d", len(p.sum), p.size)
	}
	return &p, err
}

func (p *pbkdf2Hash) matches(password string) bool {
	sum, err := pbkdf2.Key(p.hash, password, p.salt, p.iterations, p.size)
	return err == nil && subtle.ConstantTimeCompare(sum, p.sum) == 1
}
