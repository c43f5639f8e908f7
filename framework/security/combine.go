package security

import (
	"errors"
	"net/http"
	"slices"

	"github.com/mastaba-go/mastaba/views/web"
)

// FirstOf returns an Identifier that tries several, in order: the first that finds a user counts.
// It stops at an error.
//
//	security.FirstOf(security.Session(), security.Basic("wiki", passwords.Check))
//
// Remember and Forget go to each of them that can remember users. The challenges are those of all,
// in order.
func FirstOf(identifiers ...Identifier) Identifier {
	return firstOf(append([]Identifier(nil), identifiers...))
}

type firstOf []Identifier

var (
	_ Identifier     = firstOf(nil)
	_ web.Rememberer = firstOf(nil)
	_ web.Challenger = firstOf(nil)
	_ actor          = firstOf(nil)
	_ constant       = firstOf(nil)
)

func (f firstOf) Identify(r *web.Request) (User, error) {
	for _, of := range f {
		if user, err := of.Identify(r); err != nil || user.ID != "" {
			return user, err
		}
	}
	return User{}, nil
}

func (f firstOf) Remember(r *web.Request, userID string) (func(*web.Response), error) {
	return f.all(func(of Identifier) (func(*web.Response), error) { return remember(of, r, userID) })
}

func (f firstOf) Forget(r *web.Request) (func(*web.Response), error) {
	return f.all(func(of Identifier) (func(*web.Response), error) { return forget(of, r) })
}

// all calls change for those identifiers that have the ability, and joins what they set.
func (f firstOf) all(change func(Identifier) (func(*web.Response), error)) (func(*web.Response), error) {
	var sets []func(*web.Response)
	able := false
	for _, of := range f {
		set, err := change(of)
		if errors.Is(err, errNotRemembering) {
			continue
		}
		if err != nil {
			return nil, err
		}
		able = true
		if set != nil {
			sets = append(sets, set)
		}
	}
	if !able {
		return nil, errNotRemembering
	}
	if len(sets) == 0 {
		return nil, nil
	}
	return func(resp *web.Response) {
		for _, set := range sets {
			set(resp)
		}
	}, nil
}

func (f firstOf) Challenges(r *web.Request) ([]string, error) {
	var all []string
	for _, of := range f {
		some, err := challenges(of, r)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// ActAs calls the first identifier that has the method.
func (f firstOf) ActAs(r *http.Request, user string) (*http.Request, error) {
	for _, of := range f {
		if changed, err := actAs(of, r, user); !errors.Is(err, errNotActing) {
			return changed, err
		}
	}
	return nil, errNotActing
}

func (f firstOf) unchanged(r *web.Request) error {
	for _, of := range f {
		if err := unchanged(of, r); err != nil {
			return err
		}
	}
	return nil
}

// NeedsSessions reports whether one of them does.
func (f firstOf) NeedsSessions() bool { return slices.ContainsFunc(f, needsSessions) }

// Routes returns the names of routes by which they choose.
func (f firstOf) Routes() []string { return routesOf(f...) }

func (f firstOf) Err() error {
	if len(f) == 0 {
		return errors.New("security.FirstOf: want at least one identifier")
	}
	var errs []error
	for _, of := range f {
		errs = append(errs, mistake(of))
	}
	return errors.Join(errs...)
}
