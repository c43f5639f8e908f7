// Package password hashes the passwords of users, and checks them.
//
//	users, err := password.ReadFile("users") // lines such as alice:$2y$12$…, as htpasswd -B writes
//	if err != nil {
//		return err // each wrong line, with file and line
//	}
//	passwords := password.NewChecker(users, password.CheckerOptions{})
//
//	ok, err := passwords.Check(r.Context(), form.User, form.Password)
//
// Most programs need three names: a [Checker] answers whether a password is that of a user; its
// [Accounts] are a [File], or a function that reads a column of a database; a [Hasher] makes the
// hash of a new password.
//
// # Hashes
//
// New hashes are Argon2id as PHC strings ($argon2id$v=19$m=19456,t=2,p=1$salt$hash), with the
// parameters that OWASP recommends. These are checked too, so that users of another program can
// move over:
//
//	$2a$ $2b$ $2y$                    bcrypt: htpasswd -B, passlib, most others
//	$pbkdf2$ $pbkdf2-sha256$ …        PBKDF2 of passlib
//	pbkdf2_sha256$ pbkdf2_sha1$       PBKDF2 of Django
//	argon2$argon2id$ bcrypt$ bcrypt_sha256$   the other hashers of Django
//
// If the Accounts are a [Rehasher], the hash of a user becomes an Argon2id hash of the Hasher's
// strength at the next login.
//
// # What it defends against
//
//   - Somebody finds out which users exist: an unknown user costs one hash, as a known one does.
//     (A hash of another program takes another time, until the next login replaces it.)
//   - A flood of logins takes all memory: a Hasher computes a bounded number at once, and beyond a
//     queue it answers 503.
//   - A stored hash with huge parameters: it is refused unread.
//   - A password of a megabyte: it is wrong, at once.
//
// It does not count failed logins; limit their rate by client and by user. Hashes and passwords are
// in no error and no log.
//
// Everything here is safe for concurrent use. The package knows nothing of HTTP, and needs
// golang.org/x/crypto.
package password
