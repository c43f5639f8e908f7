package web

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
)

// Remember logs a user in: they are the user of the client's next requests, while the identity of
// this one stays what it is. Call it once the user has proved who they are. What the policy sets
// for that, such as a cookie, is on whichever response is sent in the end, that of an error too. If
// Remember and Forget are called several times, the last call counts. The client's CSRF tokens
// become invalid, if the [CSRFPolicy] is a [CSRFRotator].
//
// It is an error if there is no security policy, if the policy is not a [Rememberer], or if userID
// is empty.
func (r *Request) Remember(userID string) error {
	err := r.onClient(func(policy Rememberer) (func(*Response), error) {
		if userID == "" {
			return nil, errors.New("the user id is empty: want that of a user, or call Forget to log out")
		}
		return policy.Remember(r, userID)
	})
	if err != nil {
		return fmt.Errorf("remember user %q: %w", userID, err)
	}
	return nil
}

// Forget logs the user out: the client's next requests are anonymous. Everything else is as with
// Remember.
func (r *Request) Forget() error {
	err := r.onClient(func(policy Rememberer) (func(*Response), error) { return policy.Forget(r) })
	if err != nil {
		return fmt.Errorf("forget the user: %w", err)
	}
	return nil
}

// onClient invalidates the client's CSRF tokens, and sets what change returns on the response.
func (r *Request) onClient(change func(Rememberer) (func(*Response), error)) error {
	policy, err := r.rememberer()
	if err != nil {
		return err
	}
	set, err := change(policy)
	var csrf CSRFPolicy
	if r.app.Registry != nil {
		csrf, _ = registry.Lookup[CSRFPolicy](r.app.Registry)
	}
	if tokens, ok := csrf.(CSRFRotator); ok && err == nil {
		err = tokens.Rotate(r)
	}
	if err == nil {
		r.setOnResponse(set)
	}
	return err
}

func (r *Request) rememberer() (Rememberer, error) {
	switch policy := r.app.Security.(type) {
	case Rememberer:
		return policy, nil
	case nil:
		return nil, errors.New("the application has no security policy: set framework.Options.Security to one with the methods of web.Rememberer")
	default:
		return nil, fmt.Errorf("the security policy %T does not remember users: it needs the methods of web.Rememberer", policy)
	}
}

// rememberedKey holds the function from the last call of Remember or Forget.
var rememberedKey = NewKey[func(*Response)]("remembered", nil)

func (r *Request) setOnResponse(set func(*Response)) {
	_, again := rememberedKey.Peek(r)
	rememberedKey.Set(r, set)
	if again {
		return
	}
	r.AddResponseCallback(func(r *Request, resp *Response) error {
		if set, _ := rememberedKey.Peek(r); set != nil {
			set(resp)
		}
		return nil
	})
}
