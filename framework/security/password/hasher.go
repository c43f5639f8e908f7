package password

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// Options are the options of [New]. The zero value is a safe default: Argon2id with 19 MiB, two
// passes and one lane, as OWASP recommends, about 20 milliseconds of one processor.
type Options struct {
	// Memory is the memory of a hash, in KiB; zero: 19456.
	Memory uint32
	// Passes over the memory; zero: 2.
	Passes uint32
	// Lanes are the goroutines of one hash; zero: 1. The hash depends on it, so it must not depend
	// on the machine.
	Lanes uint8
	// Parallel limits how many hashes are computed at once, and with it the memory that they take;
	// zero: GOMAXPROCS.
	Parallel int
	// Queue limits how many callers wait for their turn. More get ErrSaturated. Zero: 16 for each
	// of Parallel.
	Queue int
}

// MaxLength is the number of bytes that a password may have. A longer one is never right.
const MaxLength = 1024

// ErrTooLong is the error of Hash for a password above [MaxLength].
var ErrTooLong = fmt.Errorf("the password has more than %d bytes", MaxLength)

// ErrSaturated means that too many passwords are being checked. Its status is 503.
var ErrSaturated error = saturated{}

type saturated struct{}

func (saturated) Error() string             { return "too many passwords are being checked: try again" }
func (saturated) Status() int               { return 503 }
func (saturated) RetryAfter() time.Duration { return time.Second }

var errNotNew = errors.New("the Hasher is a zero value: make it with password.New(password.Options{})")

// Hasher computes and checks hashes of passwords, a bounded number at once. It is safe for
// concurrent use. Make one for the whole application, with [New].
type Hasher struct {
	options Options
	err     error
	turns   chan struct{} // one for each hash being computed
	waiting chan struct{} // one for each caller, waiting or not
	counted func()        // for tests: called for each hash that is computed
	dummy   string        // costs what a hash of this Hasher costs; no password is right
}

// New returns a Hasher. Parameters below RFC 9106's minimum, or above what Verify accepts, are an
// error of each call.
func New(o Options) *Hasher {
	if o.Memory == 0 {
		o.Memory = 19456
	}
	if o.Passes == 0 {
		o.Passes = 2
	}
	if o.Lanes == 0 {
		o.Lanes = 1
	}
	if o.Parallel <= 0 {
		o.Parallel = runtime.GOMAXPROCS(0)
	}
	if o.Queue <= 0 {
		o.Queue = 16 * o.Parallel
	}
	h := &Hasher{
		options: o,
		turns:   make(chan struct{}, o.Parallel),
		waiting: make(chan struct{}, o.Parallel+o.Queue),
		counted: func() {},
	}
	own := argon2id{memory: o.Memory, passes: o.Passes, lanes: o.Lanes, salt: make([]byte, saltSize), sum: make([]byte, sumSize)}
	if h.err = own.check(); h.err != nil {
		h.err = fmt.Errorf("password.New: %w", h.err)
	}
	h.dummy = own.String()
	return h
}

// Err returns what is wrong with the options; nil if nothing is.
func (h *Hasher) Err() error { return h.err }

const (
	saltSize = 16
	sumSize  = 32
)

// Hash returns the hash of a password as a PHC string, "$argon2id$v=19$m=19456,t=2,p=1$…", with a
// random salt. It waits for its turn until ctx ends. The error is ErrTooLong, ErrSaturated, that of
// ctx, or a mistake in the options.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if h.err != nil {
		return "", h.err
	}
	if len(password) > MaxLength {
		return "", ErrTooLong
	}
	a := argon2id{memory: h.options.Memory, passes: h.options.Passes, lanes: h.options.Lanes, salt: make([]byte, saltSize)}
	_, _ = rand.Read(a.salt) // never fails
	err := h.turn(ctx, func() { a.sum = a.derive(password, sumSize) })
	if err != nil {
		return "", err
	}
	return a.String(), nil
}

// Verify reports whether a password is the one of a hash, and whether the hash should be replaced
// by a new one, since it is weaker than those of this Hasher; weak is false if ok is. The hash ""
// stands for an unknown user: no password is right, and finding that out costs one hash. So does a
// hash that begins with "!" or "*", which other programs give to users without a password. The
// package documentation lists the kinds of hashes. Any other is an error, as are hashes with
// parameters that would cost too much, and the errors of Hash.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (ok, weak bool, err error) {
	if h.err != nil {
		return false, false, h.err
	}
	known := hash != "" && hash[0] != '!' && hash[0] != '*'
	if !known {
		hash = h.dummy
	}
	stored, err := parse(hash)
	if err != nil {
		return false, false, err
	}
	if len(password) > MaxLength {
		return false, false, nil // of a known user and an unknown one
	}
	if err := h.turn(ctx, func() { ok = stored.matches(password) }); err != nil {
		return false, false, err
	}
	ok = ok && known
	return ok, ok && h.isWeaker(stored), nil
}

// isWeaker reports whether a stored hash is weaker than one that Hash would make.
func (h *Hasher) isWeaker(s stored) bool {
	a, ok := s.(*argon2id)
	if !ok {
		return true
	}
	return a.memory < h.options.Memory || a.passes < h.options.Passes || len(a.salt) < saltSize || len(a.sum) < sumSize
}

// turn calls compute when it may.
func (h *Hasher) turn(ctx context.Context, compute func()) error {
	if h.waiting == nil {
		return errNotNew
	}
	select {
	case h.waiting <- struct{}{}:
	default:
		return ErrSaturated
	}
	defer func() { <-h.waiting }()
	select {
	case h.turns <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.turns }()
	h.counted()
	compute()
	return nil
}
