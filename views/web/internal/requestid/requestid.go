// Package requestid makes and checks the ids of requests.
package requestid

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// New returns a UUID of version 7 (RFC 9562, 5.7): Unix milliseconds, then random bits. The bits
// come from math/rand/v2, which the runtime seeds: an id has to be unique, not secret, and this
// takes a tenth of the time of crypto/rand.
func New() string {
	const version, variant = 7 << 12, 2 << 62
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(time.Now().UnixMilli())<<16|version|rand.Uint64()>>52)
	binary.BigEndian.PutUint64(id[8:], variant|rand.Uint64()>>2)
	return id.String()
}

// Of returns the last of the ids that a request came with, that of the proxy, if it is valid and
// the proxy is trusted; otherwise a new one.
func Of(sent []string, trusted func() bool) string {
	if n := len(sent); n > 0 && Valid(sent[n-1]) && trusted() {
		return sent[n-1]
	}
	return New()
}

const maxLength = 128

// Valid reports whether id fits into a log line and a header without quoting.
func Valid(id string) bool {
	if id == "" || len(id) > maxLength {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '_', c == '.', c == ':', c == '/', c == '+', c == '=', c == '@':
		default:
			return false
		}
	}
	return true
}
