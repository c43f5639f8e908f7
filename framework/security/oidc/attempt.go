package oidc

import (
	"crypto/rand"
	"crypto/subtle"
	"time"

	"golang.org/x/oauth2"

	"github.com/mastaba-go/mastaba/views/web"
)

// attempt is a login that a client has begun. It is in the session of the client until it ends.
type attempt struct {
	// Provider is the issuer and the client id, so that no other provider of the application can
	// end the login.
	State, Nonce, Verifier, Next, Provider string
	Began                                  int64 // Unix time
}

const (
	sessionKey = "oidc.logins"
	lifetime   = 10 * time.Minute
	most       = 4 // in several windows of a browser
)

func newAttempt(provider, next string) *attempt {
	return &attempt{
		State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next, Provider: provider, Began: time.Now().Unix(),
	}
}

// keep adds the attempt to the session. The oldest of too many is dropped.
func (a *attempt) keep(r *web.Request) error {
	s, err := r.Session()
	if err != nil {
		return err
	}
	var all []*attempt
	if _, err := s.Get(sessionKey, &all); err != nil {
		all = nil // of another version of the program
	}
	all = append(all, a)
	return s.Set(sessionKey, all[max(len(all)-most, 0):])
}

// takeAttempt removes the attempt at a provider with a state from the session and returns it, so
// that it is valid once.
func takeAttempt(r *web.Request, provider, state string) (*attempt, error) {
	s, err := r.Session()
	if err != nil {
		return nil, err
	}
	var all, others []*attempt
	if _, err := s.Get(sessionKey, &all); err != nil {
		all = nil
	}
	var found *attempt
	for _, a := range all {
		if subtle.ConstantTimeCompare([]byte(a.State), []byte(state)) == 1 && state != "" && a.Provider == provider {
			found = a
		} else {
			others = append(others, a)
		}
	}
	if found == nil {
		return nil, web.BadRequest("this login was not begun here, or is over: log in again")
	}
	if err := s.Set(sessionKey, others); err != nil {
		return nil, err
	}
	if time.Since(time.Unix(found.Began, 0)) >= lifetime {
		return nil, web.BadRequest("this login took too long: log in again")
	}
	return found, nil
}
