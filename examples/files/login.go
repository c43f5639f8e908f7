package main

import (
	"errors"

	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/views/web"
)

// readUsers reads a password file, as htpasswd -B writes it. The users are principals of the access
// file by their names. Browsers ask for a password, by HTTP Basic, when an anonymous client may not
// see something; over a network this needs TLS in front.
func (s *Site) readUsers(file string) error {
	if s.access == nil {
		return errors.New("users have no effect without access lists: add --access")
	}
	if err := s.publishes(file); err != nil {
		return err
	}
	accounts, err := password.ReadFile(file)
	if err != nil {
		return err
	}
	s.users = password.NewChecker(accounts, password.CheckerOptions{})
	return nil
}

// policy is the security policy of a site with access lists. Without users, all clients are
// anonymous.
func (s *Site) policy() *security.Policy {
	identify := security.Identifier(security.Func(func(*web.Request) (security.User, error) { return security.User{}, nil }))
	if s.users != nil {
		identify = security.Basic("files", s.users.Check)
	}
	return security.New(security.Options{Identify: identify})
}
