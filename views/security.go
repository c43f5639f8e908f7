package views

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Permission is what the security policy must permit on the resource before the
// view is called; it replaces the default permission.
func Permission(permission string) Option {
	o := textOption(kindPermission, permission)
	if permission == "" {
		o.err = errors.New(`views.Permission(""): want a permission, or views.NoPermission()`)
	}
	return o
}

// NoPermission opens the view to everybody, whatever the default permission.
func NoPermission() Option {
	return option{kind: kindPermission, text: "permission=none", value: ""}
}

// SetDefaultPermission sets what is asked of every view that names no permission
// itself. It does not cover error views; [NoPermission] opens a single view.
func SetDefaultPermission(c registry.Recorder, permission string) {
	cfg := c.Directive()
	if permission == "" {
		cfg.Fail(errors.New("default permission is empty: want a permission such as \"view\""))
		return
	}
	cfg.Declare(registry.Declaration{
		Category: "default permission", ID: "default permission", Title: permission,
		Fields: []registry.Field{{Name: "value", Value: permission}},
		Remedy: "set it once, or give single views their own with views.Permission",
		Phase:  registry.Phase1,
		Run: func(c *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, defaultPermission(permission))
			describePermission(reg, permission, c.Source())
			return nil
		},
	})
}

// DeniedError is why a view was not called: what the security policy decided. It
// is the cause of the 403 that the view answers with, so an error view finds the
// decision by errors.As.
type DeniedError struct {
	View       string // the view, for people
	Permission string
	Decision   web.Decision
}

// Error says which view asked for which permission, and the policy's reason.
func (e *DeniedError) Error() string {
	text := fmt.Sprintf("%s: permission %q denied", e.View, e.Permission)
	if e.Decision.Reason != "" {
		text += ": " + e.Decision.Reason
	}
	return text
}

var _ error = (*DeniedError)(nil)

type defaultPermission string

func describePermission(reg *registry.Registry, permission string, source registry.Source) {
	reg.Describe(registry.Introspectable{
		Category: "permissions", Title: permission, Type: "permission", ID: permission, Source: source,
		Fields: []registry.Field{{Name: "value", Value: permission}},
	})
}

// permissionOf is what a view asks for, "" for nothing.
func permissionOf(info *Info) (string, error) {
	permission, explicit, err := ValueOf[string](info, kindPermission)
	if err != nil || explicit || info.ErrorOnly {
		return permission, err
	}
	fallback, _ := registry.Lookup[defaultPermission](info.Registry)
	return string(fallback), nil
}

// denied is the answer of a view that may not be called.
func denied(info *Info, decision web.Decision) error {
	return web.Forbidden("").With(&DeniedError{View: info.String(), Permission: info.Permission, Decision: decision})
}

// securedView asks the security policy before the view is called. Without a
// policy everything is permitted. With the setting "debug_authorization" each
// decision is logged, for looking into who may what.
func securedView(next Callable, info *Info) (Callable, error) {
	if info.Permission == "" {
		return next, nil
	}
	name := info.String()
	debug, err := registry.Setting(info.Registry.Settings(), "debug_authorization", false)
	if err != nil {
		return nil, err
	}
	return func(r *web.Request, res any) (any, error) {
		decision, err := r.Permits(info.Permission)
		if err != nil {
			return nil, err
		}
		if debug {
			r.Log().Debug().Str("view", name).Str("permission", info.Permission).Stringer("decision", decision).Msg("authorization")
		}
		if decision.Allowed {
			return next(r, res)
		}
		return nil, denied(info, decision)
	}, nil
}

// Authenticated holds if somebody is known to be asking, or, with false, if
// nobody is. Without a security policy nobody ever is.
func Authenticated(want bool) web.Predicate {
	return web.NewPredicate(kindAuthenticated, strconv.FormatBool(want), func(r *web.Request) (bool, error) {
		is, err := r.IsAuthenticated()
		return err == nil && is == want, err
	})
}

// Principals holds if all the named principals belong to the request. It asks
// the security policy, if that is a web.Principaler; any other, and none, knows
// only web.Everyone. Most applications want a permission instead.
func Principals(names ...string) web.Predicate {
	want := sortedSet(names)
	p := web.NewPredicate(kindPrincipals, texts(want), func(r *web.Request) (bool, error) {
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
	return required(p, names, "principal")
}
