package password_test

import (
	"context"
	"fmt"

	"github.com/mastaba-go/mastaba/framework/security/password"
)

// A column of a database has the hashes: here a map stands for it.
func Example() {
	ctx := context.Background()
	hasher := password.New(password.Options{})
	hash, err := hasher.Hash(ctx, "open sesame") // of a new user, or of a changed password
	if err != nil {
		fmt.Println(err)
		return
	}
	column := map[string]string{"alice": hash}

	passwords := password.NewChecker(password.AccountsFunc(func(_ context.Context, user string) (string, error) {
		return column[user], nil // "" if there is no such user
	}), password.CheckerOptions{Hasher: hasher})

	for _, login := range [][2]string{{"alice", "open sesame"}, {"alice", "open barley"}, {"nobody", "open sesame"}} {
		ok, err := passwords.Check(ctx, login[0], login[1])
		fmt.Println(login[0], ok, err)
	}
	// Output:
	// alice true <nil>
	// alice false <nil>
	// nobody false <nil>
}

func ExampleParseFile() {
	_, err := password.ParseFile("users", []byte("alice:secret\nbob:$apr1$6fLq53Ql$LZ9l4BljydmsHVw4vhCqm.\n"))
	fmt.Println(err)
	// Output:
	// users:1: user "alice": password hash: unknown kind: want for example $argon2id$…, $2y$… (htpasswd -B) or pbkdf2_sha256$…
	// users:2: user "bob": hashes that begin with $apr1$ are not supported: want bcrypt, as from htpasswd -B
}
