package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/mastaba-go/mastaba/framework/security/password"
)

type hashedPassword struct {
	User string `json:"user,omitempty"`
	Hash string `json:"hash"`
}

func (p *program) passwordCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "password [USER]",
		Short: "Hash a password, as password files and databases keep it",
		Long: `Hash a password with Argon2id, and print the hash in PHC form. With a USER, print "USER:hash": the
line of a password file (package framework/security/password).

On a terminal it asks for the password twice, without showing it. Otherwise it reads one line of
standard input. It takes no password as an argument, since other users of the machine could read it.`,
		Example: "  " + p.o.Name + " password alice >> users\n  pwgen 20 1 | tee /dev/stderr | " + p.o.Name + " password bob >> users",
		Args:    arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			user := ""
			if len(args) > 0 {
				user = args[0]
			}
			if len(args) > 0 && user == "" {
				return usagef(`password: the user is empty: want a name, or no argument`)
			}
			text, err := p.readPassword()
			if err != nil {
				return fmt.Errorf("password: %w", err)
			}
			hash, err := password.New(password.Options{}).Hash(cmd.Context(), text)
			if err != nil {
				return fmt.Errorf("password: %w", err)
			}
			line := hash
			if user != "" {
				line = user + ":" + hash
				if f, err := password.ParseFile("USER", []byte(line)); err != nil || f.Users() != 1 {
					return usagef("password: invalid user %q: want a name without a colon, which does not begin with #", user)
				}
			}
			if p.json {
				return writeJSON(p.env.Stdout, hashedPassword{user, hash})
			}
			_, err = fmt.Fprintln(p.env.Stdout, line)
			return err
		},
	}
}

// readPassword reads a password from the terminal, or else the only line of standard input.
func (p *program) readPassword() (string, error) {
	if file, ok := p.env.Stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return p.askPassword(int(file.Fd()))
	}
	text, err := io.ReadAll(io.LimitReader(p.env.Stdin, password.MaxLength+3))
	if err != nil {
		return "", err
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	switch {
	case len(text) == 0:
		return "", errors.New("the password is empty: want one line on standard input")
	case len(text) > password.MaxLength:
		return "", password.ErrTooLong
	case bytes.ContainsAny(text, "\r\n"):
		return "", errors.New("standard input has several lines: want one, with the password")
	}
	return string(text), nil
}

// askPassword asks for a password on a terminal, twice, without showing it.
func (p *program) askPassword(fd int) (string, error) {
	state, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	interrupted, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	defer func() {
		signal.Stop(interrupted)
		close(done)
	}()
	go func() { // otherwise the terminal would stay without echo
		select {
		case <-interrupted:
			_ = term.Restore(fd, state)
			fmt.Fprintln(p.env.Stderr)
			os.Exit(130)
		case <-done:
		}
	}()
	var answers [2][]byte
	for i, prompt := range []string{"Password: ", "Again: "} {
		fmt.Fprint(p.env.Stderr, prompt)
		answers[i], err = term.ReadPassword(fd)
		fmt.Fprintln(p.env.Stderr)
		switch {
		case err != nil:
			return "", err
		case len(answers[i]) == 0:
			return "", errors.New("the password is empty")
		}
	}
	if !bytes.Equal(answers[0], answers[1]) {
		return "", errors.New("the two passwords differ: try again")
	}
	return string(answers[0]), nil
}
