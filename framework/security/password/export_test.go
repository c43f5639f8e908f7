package password

import "golang.org/x/crypto/bcrypt"

// Count makes the Hasher call fn for each hash that it computes, before it does.
func Count(h *Hasher, fn func()) { h.counted = fn }

// Remembered returns how many logins a Checker remembers.
func Remembered(c *Checker) int { return len(c.remembered.logins) }

// MostRemembered is how many there may be.
const MostRemembered = mostRemembered

// Affordable reports whether a hash that can be read is within the limits. It computes nothing.
func Affordable(hash string) bool {
	s, err := parse(hash)
	if err != nil {
		return true
	}
	switch s := s.(type) {
	case *argon2id:
		return s.memory <= maxMemory && s.memory*s.passes <= maxWork && s.lanes <= maxLanes && len(s.sum) <= maxSum
	case *bcryptHash:
		cost, err := bcrypt.Cost([]byte(s.text))
		return err == nil && cost <= maxBcryptCost
	case *pbkdf2Hash:
		return s.iterations <= maxIterations && len(s.sum) == s.size
	}
	return false
}
