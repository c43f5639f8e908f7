package password_test

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/security/password"
)

// cheap are options that make tests fast.
var cheap = password.Options{Memory: 64, Passes: 1}

func TestHash(t *testing.T) {
	t.Parallel()
	h := password.New(cheap)
	first, err := h.Hash(t.Context(), "secret")
	require.NoError(t, err)
	assert.Regexp(t, `^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, first)
	second, err := h.Hash(t.Context(), "secret")
	require.NoError(t, err)
	assert.NotEqual(t, first, second, "each hash has a salt of its own")
	for _, tc := range []struct {
		password string
		ok       bool
	}{
		{"secret", true}, {"Secret", false}, {"secret ", false}, {"secret\x00", false}, {"", false},
	} {
		ok, weak, err := h.Verify(t.Context(), first, tc.password)
		require.NoError(t, err)
		assert.Equal(t, tc.ok, ok, "%q", tc.password)
		assert.False(t, weak)
	}
	empty, err := h.Hash(t.Context(), "")
	require.NoError(t, err)
	ok, _, err := h.Verify(t.Context(), empty, "")
	require.NoError(t, err)
	assert.True(t, ok, "an application that allows empty passwords gets what it asks for")
}

func TestHashOfALongPassword(t *testing.T) {
	t.Parallel()
	h := password.New(cheap)
	long := strings.Repeat("x", password.MaxLength+1)
	_, err := h.Hash(t.Context(), long)
	require.ErrorIs(t, err, password.ErrTooLong)
	hash, err := h.Hash(t.Context(), long[1:])
	require.NoError(t, err)
	ok, _, err := h.Verify(t.Context(), hash, long[1:])
	require.NoError(t, err)
	assert.True(t, ok)
	computed := 0
	password.Count(h, func() { computed++ })
	ok, _, err = h.Verify(t.Context(), hash, long)
	require.NoError(t, err)
	assert.False(t, ok)
	assert.Zero(t, computed, "a password of a megabyte costs no hash")
}

// The hashes were made by passlib 1.7.4, Django 3.2 and htpasswd 2.4.
func TestVerifyHashesOfOtherPrograms(t *testing.T) {
	t.Parallel()
	h := password.New(cheap)
	for name, hash := range map[string]string{
		"passlib pbkdf2_sha256": "$pbkdf2-sha256$1000$NyYEIOT8f09pTQnhfG/NeQ$N65EZKewBbTBcPBpV8RmgXApLrh421kArdgguAU86is",
		"passlib pbkdf2_sha512": "$pbkdf2-sha512$1000$lHIOIcTYG8P4X8uZs9b6/w$sBPp78UK/wNpTxAiZhX/8GyEeNNTJhc9UYei1UE6ayi7Bab7uo2syHTHenCNykWaK6atmb.u0kuEGb5HhEgpHQ",
		"passlib pbkdf2_sha1":   "$pbkdf2$1000$1/rf.z/H2FuLUerdu1dKyQ$6Ewb5cPdlX4Ok1XmoL5jJfp26Oc",
		"passlib bcrypt":        "$2b$04$gPFTLSk3OP6Fcj5AT/4W2epqfnxXgqpAvdHftqrpw.YZ.aHf0SlT2",
		"passlib argon2":        "$argon2id$v=19$m=64,t=1,p=2$kdI6R6h17h1jDAFACAEA4A$xjsWlkIiE1ZvKTLop5BR4A",
		"Django PBKDF2 SHA-1":   "pbkdf2_sha1$1000$3dBam1hh8nbZ$yzBmlca2GI4dKc6CKFum7k6ehRg=",
		"Django PBKDF2":         "pbkdf2_sha256$1000$saltsalt$8BitAvXvTQJwzWLTSnQZLzzq0hr8ZS7FpGBO0QquZqo=",
		"Django Argon2":         "argon2$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$EJ56MHzDnBRT9PeI/muE/A",
		"Django BCryptSHA256":   "bcrypt_sha256$$2b$04$Rt.qTd2Ow2CLazg6pS6gZOIyrcVB4WY.Nm5L2T6ewRJaGJtluwZQC",
		"Django BCrypt":         "bcrypt$$2b$04$0ww1uUK4ZEWriLSJ6vCXt.4DSuxB/kppmuv2n5qRc64SNsommMvXC",
		"htpasswd -B":           "$2y$04$35/SiUjkzstklGICKb2F5.343u1EKHc4E/pahFpl3KrbEi5khSeWC",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ok, weak, err := h.Verify(t.Context(), hash, "correct horse ünïcode")
			require.NoError(t, err)
			assert.True(t, ok)
			assert.True(t, weak, "another kind, or a shorter hash, is to be replaced")
			ok, weak, err = h.Verify(t.Context(), hash, "correct horse unicode")
			require.NoError(t, err)
			assert.False(t, ok)
			assert.False(t, weak)
		})
	}
}

// bcrypt sees 72 bytes of a password, here as in the programs that made such hashes.
func TestBcryptSees72Bytes(t *testing.T) {
	t.Parallel()
	h := password.New(cheap)
	hash := "$2b$04$gPFTLSk3OP6Fcj5AT/4W2epqfnxXgqpAvdHftqrpw.YZ.aHf0SlT2"
	_, _, err := h.Verify(t.Context(), hash, strings.Repeat("x", 100))
	assert.NoError(t, err)
}

// A hash of an untrusted source must not take all memory, or a processor for minutes: nothing is
// computed for it.
func TestHashesThatCostTooMuch(t *testing.T) {
	t.Parallel()
	h := password.New(cheap)
	password.Count(h, func() { t.Error("computed a hash") })
	const salt, sum = "c29tZXNhbHRzb21l", "EJ56MHzDnBRT9PeI/muE/A"
	for name, tc := range map[string]struct{ hash, want string }{
		"argon2 memory":     {"$argon2id$v=19$m=4194304,t=1,p=1$" + salt + "$" + sum, "m=4194304 costs too much: want at most 262144"},
		"argon2 passes":     {"$argon2id$v=19$m=64,t=1000000,p=1$" + salt + "$" + sum, "t=1000000 costs too much: want at most 32"},
		"argon2 lanes":      {"$argon2id$v=19$m=4096,t=1,p=255$" + salt + "$" + sum, "p=255 costs too much: want at most 16"},
		"argon2 product":    {"$argon2id$v=19$m=262144,t=32,p=1$" + salt + "$" + sum, "a product of at most 2097152"},
		"argon2 no memory":  {"$argon2id$v=19$m=7,t=1,p=1$" + salt + "$" + sum, "at least 8 KiB for each lane"},
		"argon2 zero lanes": {"$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + sum, `want p=number, got "p=0"`},
		"argon2 overflow":   {"$argon2id$v=19$m=99999999999999999999,t=1,p=1$" + salt + "$" + sum, "want m=number"},
		"argon2 sign":       {"$argon2id$v=19$m=+64,t=1,p=1$" + salt + "$" + sum, "want m=number"},
		"argon2 order":      {"$argon2id$v=19$t=1,m=64,p=1$" + salt + "$" + sum, "want m=number"},
		"argon2 data":       {"$argon2id$v=19$m=64,t=1,p=1,data=x$" + salt + "$" + sum, "want the parameters m=…,t=…,p=…"},
		"argon2 version":    {"$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + sum, "only version v=19"},
		"argon2 short salt": {"$argon2id$v=19$m=64,t=1,p=1$YWJj$" + sum, "the salt has 3 bytes: want at least 8"},
		"argon2 short hash": {"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$YWJj", "the hash has 3 bytes: want at least 12"},
		"argon2 no hash":    {"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$", "the hash has 0 bytes"},
		"argon2 cut":        {"$argon2id$v=19$m=64,t=1,p=1$" + salt, "want $argon2id$v=19"},
		"argon2 line break": {"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + sum + "\n", "the hash is not base64"},
		"argon2i":           {"$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + sum, "unknown kind"},
		"bcrypt cost":       {"$2b$31$gPFTLSk3OP6Fcj5AT/4W2epqfnxXgqpAvdHftqrpw.YZ.aHf0SlT2", "cost 31 is too much: want at most 16"},
		"bcrypt cut":        {"$2b$04$gPFTLSk3OP6Fcj5AT/4W2epqfnxXgqpAvdHftqrpw.YZ.aHf0SlT", "59 characters: want 60"},
		"pbkdf2 iterations": {"pbkdf2_sha256$1000000000$saltsalt$8BitAvXvTQJwzWLTSnQZLzzq0hr8ZS7FpGBO0QquZqo=", "1000000000 costs too much: want at most 5000000"},
		"pbkdf2 zero":       {"pbkdf2_sha256$0$saltsalt$8BitAvXvTQJwzWLTSnQZLzzq0hr8ZS7FpGBO0QquZqo=", "want number"},
		"pbkdf2 short hash": {"pbkdf2_sha256$1000$saltsalt$YWJj", "the hash has 3 bytes: want 32"},
		"passlib plus":      {"$pbkdf2$1000$1/rf+z/H2FuLUerdu1dKyQ$6Ewb5cPdlX4Ok1XmoL5jJfp26Oc", "the salt is not base64"},
		"passlib long":      {"$pbkdf2$1000$" + strings.Repeat("A", 900) + "$6Ewb5cPdlX4Ok1XmoL5jJfp26Oc", "the salt has 675 bytes"},
		"plain text":        {"secret", "unknown kind: want for example $argon2id$"},
		"long":              {strings.Repeat("$", 2000), "2000 bytes: want at most 1024"},
	} {
		_, _, err := h.Verify(t.Context(), tc.hash, "secret")
		require.ErrorContains(t, err, tc.want, name)
		assert.NotContains(t, err.Error(), sum, name)
	}
}

func TestOptionsThatAreTooWeak(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]password.Options{
		"memory": {Memory: 4}, "too much memory": {Memory: 1 << 30}, "lanes": {Lanes: 100}, "product": {Memory: 1 << 18, Passes: 32},
	} {
		h := password.New(o)
		require.ErrorContains(t, h.Err(), "password.New: ", name)
		_, err := h.Hash(t.Context(), "x")
		require.ErrorIs(t, err, h.Err(), name)
		_, _, err = h.Verify(t.Context(), "", "x")
		assert.ErrorIs(t, err, h.Err(), name)
	}
}

// As many hashes as there are turns are computed at once. Callers behind them wait until their
// context ends; those behind the queue get a 503.
func TestHashesAreBoundedInParallel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := cheap
		o.Parallel, o.Queue = 2, 3
		h := password.New(o)
		hold := make(chan struct{})
		var running, most atomic.Int32
		password.Count(h, func() {
			most.Store(max(most.Load(), running.Add(1)))
			<-hold
			running.Add(-1)
		})
		results := make(chan error, 5)
		for range 5 {
			go func() {
				_, err := h.Hash(context.Background(), "secret")
				results <- err
			}()
		}
		synctest.Wait() // two compute, three wait

		_, err := h.Hash(context.Background(), "secret")
		require.ErrorIs(t, err, password.ErrSaturated)
		status, ok := err.(interface{ Status() int })
		require.True(t, ok)
		assert.Equal(t, 503, status.Status())

		close(hold)
		for range 5 {
			require.NoError(t, <-results)
		}
		assert.EqualValues(t, 2, most.Load())
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := cheap
		o.Parallel = 1
		h := password.New(o)
		hold := make(chan struct{})
		password.Count(h, func() { <-hold })
		done := make(chan error)
		go func() {
			_, err := h.Hash(context.Background(), "secret")
			done <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, _, err := h.Verify(ctx, "", "secret")
		require.ErrorIs(t, err, context.Canceled)
		close(hold)
		require.NoError(t, <-done)
	})
}

func TestParallelIsTheNumberOfProcessors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := password.New(cheap)
		hold := make(chan struct{})
		var running atomic.Int32
		password.Count(h, func() { running.Add(1); <-hold })
		done := make(chan error)
		callers := runtime.GOMAXPROCS(0) + 3
		for range callers {
			go func() {
				_, err := h.Hash(context.Background(), "secret")
				done <- err
			}()
		}
		synctest.Wait()
		assert.EqualValues(t, runtime.GOMAXPROCS(0), running.Load())
		close(hold)
		for range callers {
			require.NoError(t, <-done)
		}
	})
}

func TestHasherThatNewDidNotMake(t *testing.T) {
	t.Parallel()
	const want = "the Hasher is a zero value: make it with password.New(password.Options{})"
	_, err := new(password.Hasher).Hash(t.Context(), "open sesame")
	require.EqualError(t, err, want)
	hash, err := password.New(password.Options{}).Hash(t.Context(), "open sesame")
	require.NoError(t, err)
	_, _, err = new(password.Hasher).Verify(t.Context(), hash, "open sesame")
	require.EqualError(t, err, want)
}
