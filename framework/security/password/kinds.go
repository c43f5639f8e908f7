package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Limits of the parameters in a stored hash, so that a hash from an untrusted source cannot take
// all memory, or a processor for minutes.
const (
	maxMemory     = 1 << 18 // KiB: 256 MiB
	maxPasses     = 32
	maxWork       = 1 << 21 // KiB times passes
	maxLanes      = 16
	maxSum        = 128 // bytes of salt or hash
	maxBcryptCost = 16
	maxIterations = 5_000_000
	maxHash       = 1024 // bytes of the whole text
)

// stored is a hash that was read from its text.
type stored interface {
	// matches computes the hash of a password and compares.
	matches(password string) bool
}

// parse reads a hash of any kind that is supported.
func parse(text string) (stored, error) {
	if len(text) > maxHash {
		return nil, fmt.Errorf("password hash: %d bytes: want at most %d", len(text), maxHash)
	}
	for _, kind := range kinds {
		if strings.HasPrefix(text, kind.prefix) {
			s, err := kind.parse(text)
			if err != nil {
				return nil, fmt.Errorf("password hash %s…: %w", strings.TrimRight(kind.prefix, "$"), err)
			}
			return s, nil
		}
	}
	return nil, errors.New("password hash: unknown kind: want for example $argon2id$…, $2y$… (htpasswd -B) or pbkdf2_sha256$…")
}

// kinds are the supported hashes, by how their text begins.
var kinds = []struct {
	prefix string
	parse  func(text string) (stored, error)
}{
	{"$argon2id$", parseArgon2id},
	{"argon2$argon2id$", func(text string) (stored, error) { return parseArgon2id(strings.TrimPrefix(text, "argon2")) }}, // Django
	{"$2a$", parseBcrypt},
	{"$2b$", parseBcrypt},
	{"$2y$", parseBcrypt},
	{"bcrypt$$2", func(text string) (stored, error) { return parseBcrypt(strings.TrimPrefix(text, "bcrypt$")) }}, // Django
	{"bcrypt_sha256$$2", parseBcryptSHA256}, // Django
	{"$pbkdf2$", parsePasslib},
	{"$pbkdf2-sha256$", parsePasslib},
	{"$pbkdf2-sha512$", parsePasslib},
	{"pbkdf2_sha1$", parseDjango},
	{"pbkdf2_sha256$", parseDjango},
}

// number reads a decimal number with a prefix, without sign or leading zero, up to a limit.
func number(text, prefix string, limit int) (int, error) {
	digits, ok := strings.CutPrefix(text, prefix)
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || strconv.Itoa(n) != digits || n < 1 {
		return 0, fmt.Errorf("want %snumber, got %q", prefix, text)
	}
	if n > limit {
		return 0, fmt.Errorf("%s%d costs too much: want at most %d", prefix, n, limit)
	}
	return n, nil
}

// decode reads base64 of up to maxSum bytes.
func decode(enc *base64.Encoding, what, text string) ([]byte, error) {
	b, err := enc.Strict().DecodeString(text)
	switch {
	case err != nil || enc.EncodedLen(len(b)) != len(text): // the latter refuses line breaks
		return nil, fmt.Errorf("the %s is not base64", what)
	case len(b) == 0 || len(b) > maxSum:
		return nil, fmt.Errorf("the %s has %d bytes: want 1 to %d", what, len(b), maxSum)
	}
	return b, nil
}
