package views

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

// Permission requires that the security policy permits this on the resource before the view is
// called. It overrides the default permission. An application without a policy is then a
// configuration error, unless it says with framework.NoPolicy that it has none on purpose.
func Permission(permission string) Option {
	o := textOption(kindPermission, permission)
	if permission == "" {
		o.err = errors.New(`views.Permission(""): want a permission, or views.NoPermission()`)
	}
	return o
}

// NoPermission opens the view to everyone, whatever the default permission. With a default, the
// login view needs it, and so do static files.
func NoPermission() Option {
	return option{kind: kindPermission, text: "permission=none", value: ""}
}

// SetDefaultPermission sets the permission of views without the option [Permission]. It does not
// apply to error views. [NoPermission] opens a single view. Like [Permission], it needs a security
// policy.
func SetDefaultPermission(c registry.Recorder, permission string) {
	cfg := c.Directive()
	if permission == "" {
		cfg.Report(errors.New("default permission is empty: want a permission such as \"view\""))
		return
	}
	cfg.Declare(registry.Declaration{
		Category: categoryDefaultPermission, ID: categoryDefaultPermission, Title: permission,
		Fields: []registry.Field{{Name: "value", Value: permission}},
		Remedy: "set it once, or give single views their own with views.Permission",
		Phase:  registry.Phase1,
		Run: func(c *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, defaultPermission(permission))
			TableOf(reg) // it checks that there is a policy, even without a view
			describePermission(reg, permission, c.Source())
			return nil
		},
	})
}

// DeniedError is the cause of the 403 or 401 for a denied permission: see [Refuse]. An error view
// finds it, and with it the security policy's decision, with errors.As.
type DeniedError struct {
	View       string // description of the view, or of what else was not permitted
	Permission string
	Decision   web.Decision
}

// Error names the view and the permission, and says why the policy denied it.
func (e *DeniedError) Error() string {
	text := fmt.Sprintf("%s: permission %q ", e.View, e.Permission)
	switch why := e.Decision.Why(); {
	case why == "":
		return text + "denied"
	case strings.HasPrefix(why, "denied"): // a sentence of its own
		return text + why
	default:
		return text + "denied: " + why
	}
}

var _ error = (*DeniedError)(nil)

type defaultPermission string

const categoryDefaultPermission = "default permission"

func describePermission(reg *registry.Registry, permission string, source registry.Source) {
	reg.Describe(registry.Introspectable{
		Category: "permissions", Title: permission, Type: "permission", ID: permission, Source: source,
		Fields: []registry.Field{{Name: "value", Value: permission}},
	})
}

// permissionOf returns the permission that a view requires, "" for none.
func permissionOf(info *Info) (string, error) {
	permission, explicit, err := ValueOf[string](info, kindPermission)
	if err != nil || explicit || info.ErrorOnly {
		return permission, err
	}
	fallback, _ := registry.Lookup[defaultPermission](info.Registry)
	return string(fallback), nil
}

// Refuse returns the error for a denied permission, with the cause denied: a 403, or a 401 if the
// client has no user and the security policy can ask it to authenticate (web.Challenger). The views
// of [AddForbidden] handle both. It is for code that asks [web.Request.Permits] itself; views have
// the option [Permission].
func Refuse(r *web.Request, denied *DeniedError) error {
	refused := web.Forbidden("")
	if policy, ok := r.Application().Security.(web.Challenger); ok {
		known, err := r.IsAuthenticated()
		if err != nil || known {
			return cmp.Or(err, error(refused.With(denied)))
		}
		challenges, err := policy.Challenges(r)
		if err != nil {
			return err
		}
		if len(challenges) > 0 {
			refused = web.Unauthorized("")
		}
		for _, challenge := range challenges {
			refused = refused.WithHeader("WWW-Authenticate", challenge)
		}
	}
	return refused.With(denied)
}

// undecided returns an error if a permission is required but no security policy decides who has it:
// a forgotten policy must not open a page. It names one place, since one line mends all of them.
func (t *Table) undecided(reg *registry.Registry) error {
	if policy, _ := registry.Lookup[web.SecurityPolicy](reg); policy != nil {
		return nil
	}
	secured := deriversOf(reg).builtin(SecuredView)
	var at registry.Source
	var what string
	more := -1
	if byDefault, ok := registry.Lookup[defaultPermission](reg); ok && secured {
		set, _ := reg.Introspect().Get(categoryDefaultPermission, categoryDefaultPermission)
		at, what, more = set.Source, fmt.Sprintf("views require permission %q by default", string(byDefault)), 0
	}
	counted := map[registry.Source]bool{} // a view for an error type is in two indexes
	for _, info := range t.Views() {
		permission := cmp.Or(info.IfPermitted(), info.IfNotPermitted())
		if own, _ := info.options.option(kindPermission); secured && own.value != nil && own.value != "" {
			permission = info.Permission
		}
		if permission == "" || counted[info.Source] {
			continue
		}
		counted[info.Source] = true
		if more++; more == 0 {
			at, what = info.Source, fmt.Sprintf("%s requires permission %q", info, permission)
		}
	}
	if more < 0 {
		return nil
	}
	if more > 0 {
		what += fmt.Sprintf(" (and %d more require one)", more)
	}
	return &registry.Mistake{Source: at, Err: registry.Missing(fmt.Errorf(
		"%s, but the application has no security policy, so everyone would have it: set framework.Options.Security, "+
			"to framework.NoPolicy{} if everything is permitted on purpose", what), registry.Ref{Category: "security policy"})}
}

// securedView consults the security policy before the view is called. With the setting
// "debug_authorization" each decision is logged.
func securedView(next Callable, info *Info) (Callable, error) {
	if info.Permission == "" {
		return next, nil
	}
	name := info.String()
	debug, err := registry.Setting(info.Registry.Settings(), settingDebugAuthorization, false)
	if err != nil {
		return nil, err
	}
	return func(r *web.Request, res any) (any, error) {
		decision, err := r.Permits(info.Permission)
		if err != nil {
			return nil, err
		}
		if debug {
			r.Log().Debug().Str("view", name).Str("permission", info.Permission).Stringer("decision", decision).Str("reason", decision.Why()).Msg("authorization")
		}
		if decision.Allowed {
			return next(r, res)
		}
		return nil, Refuse(r, &DeniedError{View: name, Permission: info.Permission, Decision: decision})
	}, nil
}

// Authenticated holds if the request is authenticated, or with false if it is not. Without a
// security policy no request is.
func Authenticated(want bool) web.Predicate {
	return web.NewPredicate(kindAuthenticated, strconv.FormatBool(want), func(r *web.Request) (bool, error) {
		is, err := r.IsAuthenticated()
		return err == nil && is == want, err
	}).WithData(condition.Flag(want))
}

// Principals holds if the request has all the named principals. They come from the security policy
// if it is a web.Principaler; otherwise the only principal is web.Everyone. Most applications need
// [Permission] instead.
func Principals(names ...string) web.Predicate {
	want := condition.Set(names)
	p := web.NewPredicate(kindPrincipals, condition.Texts(want), func(r *web.Request) (bool, error) {
		have, err := r.Principals()
		if err != nil {
			return false, err
		}
		for _, name := range want {
			if !slices.Contains(have, name) {
				return false, nil
			}
		}
		return true, nil
	})
	return condition.Required(p, names, "principal")
}
