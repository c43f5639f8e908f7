package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
)

// Store keeps sessions outside the client: in memory ([Memory]), in Redis (package redisstore), in
// PostgreSQL (package pgstore). It must be safe for concurrent use. Package sessiontest checks one.
//
// A session ends when the time to live given last is over, or with Delete. From then on Load and
// Update do not find it, and it never comes back: only Create makes sessions, always with a new
// random id. An error other than ErrNotFound means that the store does not know, such as when it
// is down; clients then get 503.
//
// ctx has a deadline: see Options.StoreTimeout.
type Store interface {
	// Load returns a session. The error is ErrNotFound if there is none. It is a *MovedError, which
	// is an ErrNotFound too, if Update has given the session another id, within MovedLife.
	Load(ctx context.Context, id ID) (Record, error)
	// Create adds a session.
	Create(ctx context.Context, id ID, rec Record, ttl time.Duration) error
	// Update changes some values of a session and leaves the others as they are, in one step that
	// other calls see whole or not at all: concurrent requests of a client must not undo each
	// other's changes. The error is ErrNotFound if there is none; it must not make one. Doing it
	// twice must have the effect of doing it once.
	Update(ctx context.Context, id ID, c Change, ttl time.Duration) error
	// Delete ends a session. If there is none, it does nothing.
	Delete(ctx context.Context, id ID) error
}

// ErrNotFound is the error of a [Store] that has no session with the id.
var ErrNotFound = errors.New("no such session")

// ID names a session in a [Store]: the SHA-256 hash of the id in the client's cookie, so that
// somebody who reads the store cannot act for its clients.
type ID [sha256.Size]byte

// String returns the id in hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Record is a stored session.
type Record struct {
	// Created is when the session began, Renewed when its time to live was last set; in whole
	// seconds.
	Created, Renewed time.Time
	// Values are JSON texts by name. Names are valid UTF-8 without NUL.
	Values map[string]string
}

// Change is what one request changes in a stored session.
type Change struct {
	// Renewed replaces the stamp of the record.
	Renewed time.Time
	// Set has the new texts of some values.
	Set map[string]string
	// Delete are the names of values to remove. None of them is in Set.
	Delete []string
	// Move is another id that the session gets, in the same step; nil to keep the present one. The
	// old id is then unknown. In the same step, the store records where the session went, for the
	// MovedError of Load. If two changes move a session, only one does: the other is ErrNotFound.
	Move *ID
}

// MovedLife is the least time for which a [Store] remembers the new id of a moved session, unless
// the session's time to live ends sooner. It is longer than any request that can still change its
// session.
const MovedLife = time.Hour

// MovedError is the error of Load for the old id of a session. It is never sent to a client. A
// request that began before the move uses it to end the session all the same.
type MovedError struct{ To ID }

var _ error = (*MovedError)(nil)

// Error says that there is no such session.
func (e *MovedError) Error() string { return "no such session any more: it has another id" }

// Is reports whether target is ErrNotFound.
func (e *MovedError) Is(target error) bool { return target == ErrNotFound }

// tokenSize is the number of random bytes in the cookie of a stored session.
const tokenSize = 32

// newToken returns the id of a new session, for the cookie.
func newToken() string {
	var b [tokenSize]byte
	_, _ = rand.Read(b[:]) // never fails
	return cookies.Encode(b[:])
}

// idOf returns the hash of an id from a cookie; false if newToken cannot have made it.
func idOf(token string) (ID, bool) {
	var b [tokenSize]byte
	if !cookies.Decode(b[:], token) {
		return ID{}, false
	}
	return sha256.Sum256([]byte(token)), true
}
