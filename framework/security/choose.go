package security

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// ByRoute returns an Identifier that leaves each request to the one for its route, and requests of
// other routes or without a route to otherwise. With a nil Identifier, clients are anonymous.
//
// Remember, Forget and challenges go to the same Identifier, so a login form belongs to a route
// with the Identifier that keeps its users. A route that the application does not have is a
// configuration error.
//
// Before the router has matched the route, as in a tween on the way in, the identity is that of
// otherwise. If the route turns out to have another Identifier, the request ends with an error
// there: no user is mistaken for another. Such a tween should read the identity after it has called
// the next handler, or the policy should choose by the path ([Below]).
func ByRoute(routes map[string]Identifier, otherwise Identifier) Identifier {
	routes = maps.Clone(routes)
	c := newChoice(otherwise)
	names := slices.Sorted(maps.Keys(routes))
	c.routes = names
	for _, name := range names {
		c.all = append(c.all, routes[name])
	}
	c.of = func(r *web.Request) (int, error) {
		if match := r.Match(); match != nil {
			if at, ok := slices.BinarySearch(names, match.Route); ok {
				return at + 1, nil
			}
		}
		return 0, nil
	}
	return c
}

// Below returns an Identifier that leaves requests at a path, and below it, to inside, and all
// others to otherwise. With a nil Identifier, clients are anonymous.
//
//	security.Below("/api", security.Bearer("api", tokens.Find), security.Session())
//
// The path is that of the URL below the application, after the virtual root if a trusted proxy sets
// one. It counts name by name, as traversal reads it: "/%61pi" and "//api" are "/api", and
// "/api%2Fx" is not below it. If dot segments lead into the subtree or out of it ("/x/../api"), the
// client is anonymous: a route could read such a path in another way.
func Below(path string, inside, otherwise Identifier) Identifier {
	c := newChoice(otherwise, inside)
	names, err := traversal.Split(path)
	if err == nil && len(names) == 0 {
		err = errors.New("want a path such as /api")
	}
	if err != nil {
		c.err = fmt.Errorf("security.Below(%q): %w", path, err)
	}
	subtree := newSubtree(names)
	c.of = func(r *web.Request) (int, error) {
		switch in, certain, err := subtree.has(r); {
		case err != nil || !certain:
			return -1, err
		case in:
			return 1, nil
		}
		return 0, nil
	}
	return c
}

// choice leaves each request to one of several identifiers.
type choice struct {
	all    []Identifier
	of     func(r *web.Request) (int, error) // an index of all, -1: anonymous
	chosen *web.Key[int]                     // by which the user was identified
	routes []string                          // that ByRoute names
	err    error
}

var (
	_ Identifier     = (*choice)(nil)
	_ web.Rememberer = (*choice)(nil)
	_ web.Challenger = (*choice)(nil)
	_ actor          = (*choice)(nil)
	_ constant       = (*choice)(nil)
)

func newChoice(all ...Identifier) *choice {
	return &choice{all: all, chosen: web.NewKey[int]("identifier", nil)}
}

// anonymous is what nil stands for.
type anonymous struct{}

func (anonymous) Identify(*web.Request) (User, error) { return User{}, nil }

func (c *choice) at(index int) Identifier {
	if index < 0 || c.all[index] == nil {
		return anonymous{}
	}
	return c.all[index]
}

func (c *choice) chosenFor(r *web.Request) (Identifier, error) {
	if c.err != nil {
		return nil, c.err
	}
	index, err := c.of(r)
	return c.at(index), err
}

func (c *choice) Identify(r *web.Request) (User, error) {
	if c.err != nil {
		return User{}, c.err
	}
	index, err := c.of(r)
	if err != nil {
		return User{}, err
	}
	c.chosen.Set(r, index)
	return c.at(index).Identify(r)
}

func (c *choice) unchanged(r *web.Request) error {
	was, ok := c.chosen.Peek(r)
	if !ok {
		return nil
	}
	is, err := c.of(r)
	if err == nil && is != was {
		err = errors.New("the identity was read before the route was known, so by the wrong identifier of security.ByRoute: a tween must not read it before it calls the next handler, or the policy should choose by security.Below")
	}
	if err == nil {
		err = unchanged(c.at(is), r)
	}
	return err
}

func (c *choice) Remember(r *web.Request, userID string) (func(*web.Response), error) {
	of, err := c.chosenFor(r)
	if err != nil {
		return nil, err
	}
	return remember(of, r, userID)
}

func (c *choice) Forget(r *web.Request) (func(*web.Response), error) {
	of, err := c.chosenFor(r)
	if err != nil {
		return nil, err
	}
	return forget(of, r)
}

func (c *choice) Challenges(r *web.Request) ([]string, error) {
	of, err := c.chosenFor(r)
	if err != nil {
		return nil, err
	}
	return challenges(of, r)
}

// ActAs calls the first identifier that has the method: the route is not known yet.
func (c *choice) ActAs(r *http.Request, user string) (*http.Request, error) {
	return firstOf(c.all).ActAs(r, user)
}

// NeedsSessions reports whether one of them does.
func (c *choice) NeedsSessions() bool { return slices.ContainsFunc(c.all, needsSessions) }

// Routes returns the names of routes that it and those in it choose by.
func (c *choice) Routes() []string { return append(routesOf(c.all...), c.routes...) }

func (c *choice) Err() error {
	errs := []error{c.err}
	for _, of := range c.all {
		if of != nil {
			errs = append(errs, mistake(of))
		}
	}
	return errors.Join(errs...)
}
