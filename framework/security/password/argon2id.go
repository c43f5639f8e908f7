package password

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// argon2id is a hash in the PHC string format:
//
//	$argon2id$v=19$m=19456,t=2,p=1$salt$hash
//
// with salt and hash in base64 without padding (RFC 9106; the format is that of the PHC).
type argon2id struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

func parseArgon2id(text string) (stored, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 {
		return nil, errors.New("want $argon2id$v=19$m=…,t=…,p=…$salt$hash")
	}
	if parts[2] != "v=19" {
		return nil, errors.New("only version v=19 is supported")
	}
	a := new(argon2id)
	parameters := strings.Split(parts[3], ",")
	if len(parameters) != 3 {
		return nil, errors.New("want the parameters m=…,t=…,p=…")
	}
	memory, errM := number(parameters[0], "m=", maxMemory)
	passes, errT := number(parameters[1], "t=", maxPasses)
	lanes, errP := number(parameters[2], "p=", maxLanes)
	a.memory, a.passes, a.lanes = uint32(memory), uint32(passes), uint8(lanes)
	var errSalt, errSum error
	a.salt, errSalt = decode(base64.RawStdEncoding, "salt", parts[4])
	a.sum, errSum = decode(base64.RawStdEncoding, "hash", parts[5])
	if err := errors.Join(errM, errT, errP, errSalt, errSum); err != nil {
		return nil, err
	}
	return a, a.check()
}

// check returns an error if the parameters are too small (RFC 9106, 3.1) or too large.
func (a *argon2id) check() error {
	switch {
	case a.lanes < 1 || a.lanes > maxLanes, a.passes < 1 || a.passes > maxPasses:
		return fmt.Errorf("passes t=%d, lanes p=%d: want 1 to %d, and 1 to %d", a.passes, a.lanes, maxPasses, maxLanes)
	case a.memory < 8*uint32(a.lanes) || a.memory > maxMemory || uint64(a.memory)*uint64(a.passes) > maxWork:
		return fmt.Errorf("memory m=%d, passes t=%d: want at least 8 KiB for each lane, at most %d KiB, and a product of at most %d", a.memory, a.passes, maxMemory, maxWork)
	case len(a.salt) < 8:
		return fmt.Errorf("the salt has %d bytes: want at least 8", len(a.salt))
	case len(a.sum) < 12:
		return fmt.Errorf("the hash has %d bytes: want at least 12", len(a.sum))
	}
	return nil
}

func (a *argon2id) derive(password string, size int) []byte {
	return argon2.IDKey([]byte(password), a.salt, a.passes, a.memory, a.lanes, uint32(size))
}

func (a *argon2id) matches(password string) bool {
	return subtle.ConstantTimeCompare(a.derive(password, len(a.sum)), a.sum) == 1
}

// String returns the PHC string.
func (a *argon2id) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", a.memory, a.passes, a.lanes, enc.EncodeToString(a.salt), enc.EncodeToString(a.sum))
}
