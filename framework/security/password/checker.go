package password

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Accounts are the users and the hashes of their passwords, in a [File] or a database. They must be
// safe for concurrent use.
type Accounts interface {
	// PasswordHash returns the hash of a user's password; "" if there is no such user.
	PasswordHash(ctx context.Context, user string) (string, error)
}

// Rehasher is Accounts that can replace a hash, so that old ones become stronger when their users
// log in.
type Rehasher interface {
	// ReplacePasswordHash replaces the hash of a user if it still is old. An error is that of the
	// login; return nil for one that may wait until the next.
	ReplacePasswordHash(ctx context.Context, user, old, replacement string) error
}

// AccountsFunc is a function as [Accounts].
type AccountsFunc func(ctx context.Context, user string) (string, error)

var _ Accounts = AccountsFunc(nil)

// PasswordHash calls the function.
func (f AccountsFunc) PasswordHash(ctx context.Context, user string) (string, error) {
	return f(ctx, user)
}

// CheckerOptions are the options of [NewChecker]. The zero value is a good default.
type CheckerOptions struct {
	// Hasher computes the hashes; nil: New(Options{}). Share one among several Checkers, so that it
	// bounds them together.
	Hasher *Hasher
	// Remember is for how long a password that was right is recognised without a new hash, as HTTP
	// Basic needs, which sends it with every request. Zero: one minute; below zero: not at all.
	// What is kept is a keyed hash, of up to 1,024 logins. A changed password counts at once.
	Remember time.Duration
}

// Checker checks the passwords of Accounts. It is safe for concurrent use.
type Checker struct {
	accounts   Accounts
	hasher     *Hasher
	remembered *remembered // nil: none
	err        error
}

// NewChecker returns a Checker.
func NewChecker(accounts Accounts, o CheckerOptions) *Checker {
	c := &Checker{accounts: accounts, hasher: o.Hasher}
	if c.hasher == nil {
		c.hasher = New(Options{})
	}
	c.err = c.hasher.Err()
	if accounts == nil {
		c.err = errors.Join(errors.New("password.NewChecker: the accounts are nil"), c.err)
	}
	if o.Remember == 0 {
		o.Remember = time.Minute
	}
	if o.Remember > 0 {
		c.remembered = newRemembered(o.Remember)
	}
	return c
}

// Check reports whether a password is that of a user. An unknown user costs one hash, as a known
// one does, so that nobody finds out by the time it takes who is known. If the hash of the user is
// weaker than those of the Hasher, and the Accounts are a [Rehasher], it is replaced.
//
// The error is that of the Accounts, ErrSaturated (a 503), that of ctx, or a hash that cannot be
// read. It is the signature that security.Basic wants.
func (c *Checker) Check(ctx context.Context, user, password string) (bool, error) {
	if c.err != nil {
		return false, c.err
	}
	hash, err := c.accounts.PasswordHash(ctx, user)
	if err != nil {
		return false, err
	}
	if hash != "" && c.remembered.has(user, hash, password) {
		return true, nil
	}
	ok, weak, err := c.hasher.Verify(ctx, hash, password)
	if err != nil {
		return false, fmt.Errorf("check the password of %q: %w", user, err)
	}
	if !ok {
		return false, nil
	}
	if weak {
		return true, c.rehash(ctx, user, hash, password)
	}
	c.remembered.add(user, hash, password)
	return true, nil
}

func (c *Checker) rehash(ctx context.Context, user, hash, password string) error {
	store, ok := c.accounts.(Rehasher)
	if !ok {
		c.remembered.add(user, hash, password)
		return nil
	}
	replacement, err := c.hasher.Hash(ctx, password)
	if errors.Is(err, ErrSaturated) {
		return nil // the next login has another chance
	}
	if err == nil {
		err = store.ReplacePasswordHash(ctx, user, hash, replacement)
	}
	if err != nil {
		return fmt.Errorf("replace the password hash of %q: %w", user, err)
	}
	c.remembered.add(user, replacement, password)
	return nil
}

// remembered are logins that were right not long ago. Only what was right is kept, so nobody can
// fill it with guesses.
type remembered struct {
	key  [32]byte // of this process
	keep time.Duration

	mu     sync.Mutex // guards what follows
	logins map[[sha256.Size]byte]time.Time
}

const mostRemembered = 1024

func newRemembered(keep time.Duration) *remembered {
	m := &remembered{keep: keep, logins: map[[sha256.Size]byte]time.Time{}}
	_, _ = rand.Read(m.key[:]) // never fails
	return m
}

// sum is the name of a login: a keyed hash of all that must stay the same.
func (m *remembered) sum(texts ...string) (sum [sha256.Size]byte) {
	mac := hmac.New(sha256.New, m.key[:])
	for _, text := range texts {
		mac.Write(binary.AppendUvarint(nil, uint64(len(text))))
		mac.Write([]byte(text))
	}
	mac.Sum(sum[:0])
	return sum
}

func (m *remembered) has(user, hash, password string) bool {
	if m == nil || len(password) > MaxLength {
		return false
	}
	sum := m.sum(user, hash, password)
	m.mu.Lock()
	defer m.mu.Unlock()
	until, ok := m.logins[sum]
	return ok && time.Now().Before(until)
}

func (m *remembered) add(user, hash, password string) {
	if m == nil {
		return
	}
	sum := m.sum(user, hash, password)
	now := time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.logins) >= mostRemembered {
		for other, until := range m.logins {
			if !now.Before(until) {
				delete(m.logins, other)
			}
		}
	}
	for other := range m.logins {
		if len(m.logins) < mostRemembered {
			break
		}
		delete(m.logins, other) // any: it costs its user one hash
	}
	m.logins[sum] = now.Add(m.keep)
}
