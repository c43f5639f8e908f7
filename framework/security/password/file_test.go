package password_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/security/password"
)

const (
	bcryptLine = "alice:$2y$04$35/SiUjkzstklGICKb2F5.343u1EKHc4E/pahFpl3KrbEi5khSeWC"
	argonLine  = "bob:$argon2id$v=19$m=64,t=1,p=2$kdI6R6h17h1jDAFACAEA4A$xjsWlkIiE1ZvKTLop5BR4A"
)

func TestReadFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "users")
	require.NoError(t, os.WriteFile(path, []byte("# the staff\r\n\r\n"+bcryptLine+"\r\n"+argonLine), 0o600))
	f, err := password.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, 2, f.Users())
	c := password.NewChecker(f, password.CheckerOptions{Hasher: password.New(cheap)})
	for _, user := range []string{"alice", "bob"} {
		ok, err := c.Check(t.Context(), user, "correct horse ünïcode")
		require.NoError(t, err)
		assert.True(t, ok, user)
	}
	_, err = password.ReadFile(path + ".not")
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestEachWrongLineIsReported(t *testing.T) {
	t.Parallel()
	_, err := password.ParseFile("users", []byte(strings.Join([]string{
		bcryptLine,
		"alice",
		":" + bcryptLine[6:],
		"carol:$apr1$6fLq53Ql$LZ9l4BljydmsHVw4vhCqm.",
		"dave:{SHA}EfatjsUqKYSrqv18O1FlA3hcIHI=",
		bcryptLine,
		"erin:secret",
		"fr\x00ed:" + bcryptLine[6:],
		"grace:$2y$31" + bcryptLine[12:],
		argonLine + ":more",
	}, "\n")))
	assert.EqualError(t, err, strings.Join([]string{
		"users:2: want user:hash",
		"users:3: want user:hash",
		`users:4: user "carol": hashes that begin with $apr1$ are not supported: want bcrypt, as from htpasswd -B`,
		`users:5: user "dave": hashes that begin with {SHA} are not supported: want bcrypt, as from htpasswd -B`,
		`users:6: user "alice" is in line 1 already`,
		`users:7: user "erin": password hash: unknown kind: want for example $argon2id$…, $2y$… (htpasswd -B) or pbkdf2_sha256$…`,
		`users:8: invalid user "fr\x00ed": want UTF-8 without control characters`,
		`users:9: user "grace": password hash $2y…: cost 31 is too much: want at most 16`,
		`users:10: user "bob": password hash $argon2id…: the hash is not base64`,
	}, "\n"))
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte(bcryptLine + "\n" + argonLine))
	f.Add([]byte("a:b\n\r\n#"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := password.ParseFile("users", text)
		if err != nil {
			assert.Nil(t, file)
			assert.Contains(t, err.Error(), "users:")
		}
	})
}

// FuzzVerify reads hashes that somebody else wrote. Whatever it accepts must be cheap to compute.
func FuzzVerify(f *testing.F) {
	for _, line := range []string{
		bcryptLine[6:], argonLine[4:], "!", "",
		"$pbkdf2-sha256$1000$NyYEIOT8f09pTQnhfG/NeQ$N65EZKewBbTBcPBpV8RmgXApLrh421kArdgguAU86is",
		"pbkdf2_sha1$1000$3dBam1hh8nbZ$yzBmlca2GI4dKc6CKFum7k6ehRg=",
		"bcrypt_sha256$$2b$04$Rt.qTd2Ow2CLazg6pS6gZOIyrcVB4WY.Nm5L2T6ewRJaGJtluwZQC",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, hash string) {
		assert.True(t, password.Affordable(hash))
	})
}
