package framework

import (
	"fmt"
	"net/http"

	"github.com/mastaba-go/mastaba/registry"
)

// actor is Options.ActAs in the registry.
type actor func(r *http.Request, user string) (*http.Request, error)

// ActAs makes r come from a user, for tests and commands: frameworktest.As and the flag --as of
// package cli call it. It calls Options.ActAs or, without that, the method ActAs of the security
// policy, which has the same parameters and results. It is an error if there is neither. The result
// may be r itself, changed.
func (a *App) ActAs(r *http.Request, user string) (*http.Request, error) {
	as, _ := registry.Lookup[actor](a.web.Registry)
	if as == nil {
		policy, ok := a.web.Security.(interface {
			ActAs(r *http.Request, user string) (*http.Request, error)
		})
		if !ok {
			return nil, fmt.Errorf("act as %q: the application does not say how: set framework.Options.ActAs", user)
		}
		as = policy.ActAs
	}
	changed, err := as(r, user)
	if err != nil {
		return nil, err
	}
	if changed == nil {
		changed = r
	}
	return changed, nil
}
