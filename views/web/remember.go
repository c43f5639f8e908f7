package web

import (
	"errors"
	"fmt"
)

// Remember logs a user in: they are the user of the client's next requests, while the identity of
// this one stays what it is. Call it once the user has proved who they are. What the policy sets
// for that, such as a cookie, is on whichever response is sent in the end, that of an error too. If
// Remember and Forget are called several times, the last call counts.
//
// It is an error if there is no security policy, if the policy is not a [Rememberer], or if userID
// is empty.
func (r *Request) Remember(userID string) error {
	policy, err := r.rememberer()
	if err == nil && userID == "" {
		err = errors.New("the user id is empty: want that of a user, or call Forget to log out")
	}
	var set func(*Response)
	if err == nil {
		set, err = policy.Remember(r, userID)
	}
	if err != nil {
		return fmt.Errorf("remember user %q: %w", userID, err)
	}
	r.setOnResponse(set)
	return nil
}

// Forget logs the user out: the client's next requests are anonymous. Everything else is as with
// Remember.
func (r *Request) Forget() error {
	policy, err := r.rememberer()
	var set func(*Response)
	if err == nil {
		set, err = policy.Forget(r)
	}
	if err != nil {
		return fmt.Errorf("forget the user: %w", err)
	}
	r.setOnResponse(set)
	return nil
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
