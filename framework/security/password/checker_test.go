package password_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/security/password"
)

// table is Accounts in a map, which can replace hashes.
type table map[string]string

var _ password.Rehasher = table(nil)

func (t table) PasswordHash(_ context.Context, user string) (string, error) { return t[user], nil }

func (t table) ReplacePasswordHash(_ context.Context, user, old, replacement string) error {
	if t[user] == old {
		t[user] = replacement
	}
	return nil
}

// counting returns a Hasher and the number of hashes that it has computed.
func counting() (*password.Hasher, *int) {
	h, computed := password.New(cheap), new(int)
	password.Count(h, func() { *computed++ })
	return h, computed
}

func hashed(t *testing.T, text string) string {
	t.Helper()
	hash, err := password.New(cheap).Hash(t.Context(), text)
	require.NoError(t, err)
	return hash
}

// Nobody finds out which users there are by what a wrong password costs.
func TestAnUnknownUserCostsOneHash(t *testing.T) {
	t.Parallel()
	accounts := table{"alice": hashed(t, "secret"), "locked": "!", "gone": "*"}
	for _, user := range []string{"alice", "nobody", "locked", "gone", ""} {
		h, computed := counting()
		ok, err := password.NewChecker(accounts, password.CheckerOptions{Hasher: h}).Check(t.Context(), user, "wrong")
		require.NoError(t, err)
		assert.False(t, ok, user)
		assert.Equal(t, 1, *computed, user)
	}
}

func TestNoPasswordIsThatOfAnUnknownUser(t *testing.T) {
	t.Parallel()
	c := password.NewChecker(table{"locked": "!"}, password.CheckerOptions{Hasher: password.New(cheap)})
	for _, user := range []string{"nobody", "locked"} {
		for _, guess := range []string{"", "x", "!", "\x00"} {
			ok, err := c.Check(t.Context(), user, guess)
			require.NoError(t, err)
			assert.False(t, ok, "%s %q", user, guess)
		}
	}
}

// HTTP Basic sends the password with every request. What was right costs no second hash for a
// minute; what was wrong costs one each time. A changed hash counts at once.
func TestARightPasswordIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, computed := counting()
		accounts := table{"alice": hashed(t, "secret")}
		c := password.NewChecker(accounts, password.CheckerOptions{Hasher: h})
		check := func(guess string, want bool, hashes int) {
			t.Helper()
			*computed = 0
			ok, err := c.Check(t.Context(), "alice", guess)
			require.NoError(t, err)
			assert.Equal(t, want, ok)
			assert.Equal(t, hashes, *computed)
		}
		check("secret", true, 1)
		check("secret", true, 0)
		check("wrong", false, 1)
		check("wrong", false, 1)
		time.Sleep(59 * time.Second)
		check("secret", true, 0)
		time.Sleep(time.Second)
		check("secret", true, 1)

		accounts["alice"] = hashed(t, "changed")
		check("secret", false, 1)
		check("changed", true, 1)
		delete(accounts, "alice")
		check("changed", false, 1)
	})
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	hash := hashed(t, "secret")
	h := password.New(password.Options{Memory: 8, Passes: 1})
	everybody := password.AccountsFunc(func(context.Context, string) (string, error) { return hash, nil })
	c := password.NewChecker(everybody, password.CheckerOptions{Hasher: h})
	for i := range password.MostRemembered + 100 {
		ok, err := c.Check(t.Context(), strconv.Itoa(i), "secret")
		require.NoError(t, err)
		require.True(t, ok)
		if i == 0 {
			ok, err = c.Check(t.Context(), "0", "wrong")
			require.NoError(t, err)
			require.False(t, ok)
			require.Equal(t, 1, password.Remembered(c), "a guess is not kept")
		}
	}
	assert.Equal(t, password.MostRemembered, password.Remembered(c))
}

func TestWeakHashesAreReplacedAtLogin(t *testing.T) {
	t.Parallel()
	old := "pbkdf2_sha256$1000$saltsalt$8BitAvXvTQJwzWLTSnQZLzzq0hr8ZS7FpGBO0QquZqo="
	accounts := table{"alice": old}
	c := password.NewChecker(accounts, password.CheckerOptions{Hasher: password.New(cheap)})
	ok, err := c.Check(t.Context(), "alice", "wrong")
	require.NoError(t, err)
	assert.False(t, ok)
	assert.Equal(t, old, accounts["alice"])

	ok, err = c.Check(t.Context(), "alice", "correct horse ünïcode")
	require.NoError(t, err)
	assert.True(t, ok)
	better := accounts["alice"]
	assert.Contains(t, better, "$argon2id$v=19$m=64,")
	ok, err = c.Check(t.Context(), "alice", "correct horse ünïcode")
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, better, accounts["alice"], "once is enough")

	stronger := password.NewChecker(accounts, password.CheckerOptions{Hasher: password.New(password.Options{Memory: 128, Passes: 1})})
	ok, err = stronger.Check(t.Context(), "alice", "correct horse ünïcode")
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Contains(t, accounts["alice"], "$m=128,", "parameters that were raised count too")
}

// readOnly is Accounts that fail to replace a hash.
type readOnly struct{ table }

func (readOnly) ReplacePasswordHash(context.Context, string, string, string) error {
	return errors.New("the database is read-only")
}

func TestErrorsOfAccounts(t *testing.T) {
	t.Parallel()
	o := password.CheckerOptions{Hasher: password.New(cheap)}
	down := password.NewChecker(password.AccountsFunc(func(context.Context, string) (string, error) {
		return "", errors.New("the database is down")
	}), o)
	ok, err := down.Check(t.Context(), "alice", "secret")
	require.EqualError(t, err, "the database is down")
	assert.False(t, ok)

	_, err = password.NewChecker(table{"alice": "plain"}, o).Check(t.Context(), "alice", "plain")
	require.ErrorContains(t, err, `check the password of "alice": password hash: unknown kind`)

	old := readOnly{table{"alice": "pbkdf2_sha256$1000$saltsalt$8BitAvXvTQJwzWLTSnQZLzzq0hr8ZS7FpGBO0QquZqo="}}
	_, err = password.NewChecker(old, o).Check(t.Context(), "alice", "correct horse ünïcode")
	require.EqualError(t, err, `replace the password hash of "alice": the database is read-only`)

	_, err = password.NewChecker(nil, o).Check(t.Context(), "alice", "secret")
	require.ErrorContains(t, err, "the accounts are nil")
}
