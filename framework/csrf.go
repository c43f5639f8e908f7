package framework

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// SetCSRFPolicy sets the policy that protects against cross-site request forgery, such as a
// security.CSRF.
// It checks the views that have views.CSRF(true), and with SetDefaultCSRF(true) all others.
// Options.CSRF sets both.
//
// A policy whose method Err() error returns an error is a configuration error. So is one whose
// method NeedsSessions() bool returns true in an application without sessions.
func (c *Configurator) SetCSRFPolicy(policy web.CSRFPolicy) {
	config := c.Directive()
	var err error
	if isNil(policy) {
		err = errors.New("set CSRF policy: the policy is nil: want one such as security.NewCSRF returns")
	} else if faulty, ok := policy.(interface{ Err() error }); ok && faulty.Err() != nil {
		err = fmt.Errorf("set CSRF policy: %w", faulty.Err())
	}
	config.Declare(registry.Declaration{
		Category: "csrf policy", ID: "csrf policy", Err: err,
		Fields: []registry.Field{{Name: "type", Value: reflect.TypeOf(policy)}},
		Phase:  registry.Phase2,
		Run: func(c *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, policy)
			at := c.Source()
			reg.OnFreeze(func() error { return checkSessions(reg, at, policy, "the CSRF policy keeps its tokens", csrfWithout) })
			return nil
		},
	})
}

const csrfWithout = "keep the tokens in a cookie (security.CSRFInCookie)"

// checkSessions returns an error if a policy keeps something in sessions, and the application has
// no sessions.
func checkSessions(reg *registry.Registry, at registry.Source, policy any, keeps, instead string) error {
	keeper, ok := policy.(interface{ NeedsSessions() bool })
	if sessions, _ := registry.Lookup[web.SessionFactory](reg); !ok || !keeper.NeedsSessions() || sessions != nil {
		return nil
	}
	err := fmt.Errorf("%s in the session, but the application has no sessions: set framework.Options.Sessions, or %s", keeps, instead)
	return &registry.Mistake{Source: at, Err: registry.Missing(err, registry.Ref{Category: "session factory"})}
}
