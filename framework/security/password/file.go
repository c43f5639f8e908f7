package password

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"
)

// File is a password file that was read. It is immutable.
type File struct{ hashes map[string]string }

var _ Accounts = (*File)(nil)

// ReadFile reads a password file, with a user and a hash in each line, as htpasswd writes it:
//
//	alice:$2y$12$…
//	bob:$argon2id$v=19$m=19456,t=2,p=1$…
//	# comments and empty lines are skipped
//
// The error joins all lines that are wrong, each with file and line, and none of its hash. htpasswd
// needs its option -B: the hashes that it makes otherwise are too weak, and refused. To read the
// file again, make another Checker.
func ReadFile(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParseFile(path, text)
}

// ParseFile is ReadFile for the text of a file. name is for errors.
func ParseFile(name string, text []byte) (*File, error) {
	f := &File{hashes: map[string]string{}}
	lines := map[string]int{}
	var errs []error
	number := 0
	for raw := range bytes.Lines(text) {
		number++
		line := strings.TrimRight(string(raw), "\r\n")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		user, hash, err := parseLine(line)
		if err == nil && lines[user] > 0 {
			err = fmt.Errorf("user %q is in line %d already", user, lines[user])
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, number, err))
			continue
		}
		f.hashes[user], lines[user] = hash, number
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return f, nil
}

func parseLine(line string) (user, hash string, err error) {
	user, hash, ok := strings.Cut(line, ":")
	switch {
	case !ok || user == "":
		return "", "", errors.New("want user:hash")
	case !utf8.ValidString(user) || strings.ContainsFunc(user, unicode.IsControl):
		return "", "", fmt.Errorf("invalid user %q: want UTF-8 without control characters", user)
	}
	for _, prefix := range []string{"$apr1$", "{SHA}", "$1$", "$5$", "$6$"} {
		if strings.HasPrefix(hash, prefix) {
			return "", "", fmt.Errorf("user %q: hashes that begin with %s are not supported: want bcrypt, as from htpasswd -B", user, prefix)
		}
	}
	if _, err := parse(hash); err != nil {
		return "", "", fmt.Errorf("user %q: %w", user, err)
	}
	return user, hash, nil
}

// PasswordHash returns the hash of a user, "" if the file has no such user. The error is always
// nil.
func (f *File) PasswordHash(_ context.Context, user string) (string, error) {
	return f.hashes[user], nil
}

// Users returns how many users the file has.
func (f *File) Users() int { return len(f.hashes) }
