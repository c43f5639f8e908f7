package security

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views/web"
)

// Options say who the users are and what they may do. Only Identify is required.
type Options struct {
	// Identify finds the user of a request, by a session or a token for example.
	Identify Identifier
	// Load returns the user as the application knows them, by what the credentials prove. It
	// becomes the identity of the request: Identity[*Member](r). nil, also as a typed pointer,
	// means that there is no such user any more, and the client is anonymous. It is called at most
	// once per request. Without Load the identity is the *User.
	Load func(r *web.Request, user User) (any, error)
	// Principals returns the principals of a user besides Everyone, Authenticated, the user id, and
	// those of the credentials: the groups, by convention "group:editors". It may call Identity,
	// and is called at most once per request, if something needs principals.
	Principals func(r *web.Request, userID string) ([]string, error)
	// UserPrefix precedes the id in the principal of a user, as in "user:alice". Set it if users
	// choose their ids, so that no user has the name of a group. The default is "", as in Pyramid.
	UserPrefix string
	// Permissions lists all permissions of the application, so that misspelt ones are errors: in
	// the configuration (views.Permission and views.IfPermitted, the default and the traverse
	// permission) a configuration error that suggests the nearest name, in a call of Request.Can or
	// Permits an error of the request. If it is nil, any name is valid, and the build warns of
	// likely misspellings: see framework.Configurator.AddPermissions.
	Permissions []string
	// Authorize decides whether the principals have a permission at a resource; nil: [ACL], the
	// access lists of package traversal/acl.
	Authorize Authorizer
}

// Authorizer decides whether someone with those principals has a permission at a resource. An error
// does not mean "denied": it becomes that of the request. It must not change or keep the
// principals.
type Authorizer func(r *web.Request, at traversal.Node, permission string, principals []string) (web.Decision, error)

// Policy is a security policy made of identifiers and an Authorizer. It is immutable and safe for
// concurrent use.
type Policy struct {
	options    Options
	identified *web.Key[*identified]
	principals *web.Key[*identified]
	known      map[string]bool // Options.Permissions; nil if there are none
	lists      bool            // access lists decide
	err        error
}

var (
	_ web.SecurityPolicy = (*Policy)(nil)
	_ web.UserIDer       = (*Policy)(nil)
	_ web.Principaler    = (*Policy)(nil)
	_ web.Rememberer     = (*Policy)(nil)
	_ web.Challenger     = (*Policy)(nil)
	_ actor              = (*Policy)(nil)
)

// New returns a policy, for framework.Options.Security. If something is wrong with the options, the
// application is not built: see [Policy.Err].
func New(o Options) *Policy {
	p := &Policy{options: o, lists: o.Authorize == nil}
	if p.lists {
		p.options.Authorize = ACL
	}
	if o.Identify == nil {
		p.err = errors.New("security.New: Options.Identify is nil: want for example security.Session()")
	} else if err := mistake(o.Identify); err != nil {
		p.err = fmt.Errorf("security.New: %w", err)
	}
	p.options.Permissions = slices.Clone(o.Permissions)
	for _, permission := range o.Permissions {
		if p.known == nil {
			p.known = map[string]bool{acl.AllPermissions: true}
		}
		p.known[permission] = true
		if permission == "" {
			p.err = errors.Join(p.err, errors.New("security.New: one of Options.Permissions is empty"))
		}
	}
	p.identified = web.NewKey("identified user", p.identify)
	p.principals = web.NewKey("principals", p.loadPrincipals)
	return p
}

// Err returns what is wrong with the options or one of the identifiers; nil if nothing is. The
// framework calls it when the application is built. A policy with a mistake returns it
// for every request.
func (p *Policy) Err() error { return p.err }

// NeedsSessions reports whether an identifier keeps users in the session, which the application
// then needs. The framework calls it when the application is built.
func (p *Policy) NeedsSessions() bool { return needsSessions(p.options.Identify) }

// Routes returns the names of the routes that [ByRoute] chooses by. The framework checks that the
// application has them.
func (p *Policy) Routes() []string { return routesOf(p.options.Identify) }

// RouteMatched returns an error if the user was identified before the route was known, and by
// another identifier than that of the route (see [ByRoute]). The router calls it once it has
// matched the route.
func (p *Policy) RouteMatched(r *web.Request) error { return unchanged(p.options.Identify, r) }

// Permissions returns Options.Permissions: all permissions there are, or nil if any name is one.
// The caller must not change the slice. The framework checks those that the configuration names.
func (p *Policy) Permissions() []string { return p.options.Permissions }

// Misfits returns what acl.Misfits does if access lists decide. The framework makes warnings of it.
func (p *Policy) Misfits(t reflect.Type) []string {
	if !p.lists {
		return nil
	}
	return acl.Misfits(t)
}

// identified is what is known about the user of a request.
type identified struct {
	User
	identity any // nil for an anonymous client

	principals []string // once they were asked for: at first in room
	room       [4]string
}

// nobody is an anonymous client. It is never changed.
var nobody = &identified{principals: []string{web.Everyone}}

func (p *Policy) identify(r *web.Request) (*identified, error) {
	if p.err != nil {
		return nil, p.err
	}
	found := new(identified)
	var err error
	if as, ok := r.Context().Value(actingKey{}).(string); ok {
		found.User = User{ID: as, Scheme: "acting"}
	} else if found.User, err = p.options.Identify.Identify(r); err != nil {
		return nil, err
	}
	if found.ID == "" {
		return nobody, nil // whatever else the identifier said
	}
	if p.options.Principals == nil {
		p.addPrincipals(found, nil)
	}
	found.identity = &found.User
	if p.options.Load != nil {
		if found.identity, err = p.options.Load(r, found.User); err != nil {
			return nil, err
		}
		if isNil(found.identity) {
			return nobody, nil
		}
	}
	return found, nil
}

func isNil(v any) bool {
	rv := reflect.ValueOf(v)
	return v == nil || rv.Kind() == reflect.Pointer && rv.IsNil()
}

// Identity returns what Options.Load returned for the user or, without Load, the *User; nil for an
// anonymous client. Most applications call [Identity] instead.
func (p *Policy) Identity(r *web.Request) (any, error) {
	found, err := p.identified.Get(r)
	if err != nil {
		return nil, err
	}
	return found.identity, nil
}

// UserID returns the id of the user, "" for an anonymous client.
func (p *Policy) UserID(r *web.Request) (string, error) {
	found, err := p.identified.Get(r)
	if err != nil {
		return "", err
	}
	return found.ID, nil
}

// User returns what the credentials of the request prove, whatever Options.Load made of it; the
// zero User for an anonymous client.
func (p *Policy) User(r *web.Request) (User, error) {
	found, err := p.identified.Get(r)
	if err != nil {
		return User{}, err
	}
	return found.User, nil
}

// SentByProgram reports whether the user was identified by a bearer token or an API key. Browsers
// send neither by themselves, so no other site can forge such a request: it is for
// CSRFOptions.Skip.
func (p *Policy) SentByProgram(r *web.Request) (bool, error) {
	user, err := p.User(r)
	return user.Scheme == "bearer" || user.Scheme == "key", err
}

// Principals returns Everyone and, for a user, Authenticated, the user id with Options.UserPrefix,
// the principals of the credentials, and those of Options.Principals. The caller must not change
// the slice.
func (p *Policy) Principals(r *web.Request) ([]string, error) {
	found, err := p.withPrincipals(r)
	if err != nil {
		return nil, err
	}
	return found.principals, nil
}

// withPrincipals returns who identify found, with principals.
func (p *Policy) withPrincipals(r *web.Request) (*identified, error) {
	if p.options.Principals == nil {
		return p.identified.Get(r) // identify has added them
	}
	return p.principals.Get(r)
}

// loadPrincipals returns who identify found, with those of Options.Principals. It is called once.
func (p *Policy) loadPrincipals(r *web.Request) (*identified, error) {
	found, err := p.identified.Get(r)
	if err != nil || found == nobody {
		return found, err
	}
	more, err := p.options.Principals(r, found.ID)
	if err != nil {
		return nil, err
	}
	p.addPrincipals(found, more)
	return found, nil
}

func (p *Policy) addPrincipals(found *identified, more []string) {
	all := found.room[:0]
	if n := 3 + len(found.User.Principals) + len(more); n > len(found.room) {
		all = make([]string, 0, n)
	}
	all = append(all, web.Everyone, web.Authenticated, p.options.UserPrefix+found.ID)
	all = append(all, found.User.Principals...)
	found.principals = slices.Clip(append(all, more...))
}

// Permits asks Options.Authorize with the principals of the request. A permission that is not one
// of Options.Permissions is an error, if there are any.
func (p *Policy) Permits(r *web.Request, at traversal.Node, permission string) (web.Decision, error) {
	if p.known != nil && !p.known[permission] {
		return web.Decision{}, fmt.Errorf("unknown permission %q%s", permission, didYouMean(permission, p.options.Permissions))
	}
	found, err := p.withPrincipals(r)
	if err == nil {
		err = unchanged(p.options.Identify, r)
	}
	if err != nil {
		return web.Decision{}, err
	}
	return p.options.Authorize(r, at, permission, found.principals)
}

// didYouMean suggests the nearest of the permissions that there are.
func didYouMean(permission string, all []string) string {
	if near := registry.Nearest(permission, all); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return ": add it to Options.Permissions of security.New"
}

// Remember logs a user in with all identifiers that can. It is an error if none can.
func (p *Policy) Remember(r *web.Request, userID string) (func(*web.Response), error) {
	if p.err != nil {
		return nil, p.err
	}
	return remember(p.options.Identify, r, userID)
}

// Forget logs the user out with all identifiers that can. It is an error if none can.
func (p *Policy) Forget(r *web.Request) (func(*web.Response), error) {
	if p.err != nil {
		return nil, p.err
	}
	return forget(p.options.Identify, r)
}

// Challenges returns the challenges of all identifiers that have any.
func (p *Policy) Challenges(r *web.Request) ([]string, error) {
	if p.err != nil {
		return nil, p.err
	}
	return challenges(p.options.Identify, r)
}

// actingKey is of the context value that ActAs sets. No client can set one.
type actingKey struct{}

// ActAs makes a request come from a user, for tests and commands: see framework.App.ActAs. The
// identifiers are not asked about such a request, unless one of them has a method ActAs, which then
// does it. For user "" the request is anonymous.
func (p *Policy) ActAs(r *http.Request, user string) (*http.Request, error) {
	if p.err != nil {
		return nil, p.err
	}
	changed, err := actAs(p.options.Identify, r, user)
	if errors.Is(err, errNotActing) {
		return r.WithContext(context.WithValue(r.Context(), actingKey{}, user)), nil
	}
	return changed, err
}
