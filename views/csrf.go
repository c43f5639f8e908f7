package views

import (
	"errors"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// CSRF sets whether requests to the view are checked by the application's [web.CSRFPolicy], such as
// those of package framework/security, which also decides which methods are safe. It overrides
// [SetDefaultCSRF]. A view that browsers do not call with cookies, such as a webhook, has
// CSRF(false).
func CSRF(check bool) Option {
	text := "csrf=false"
	if check {
		text = "csrf=true"
	}
	return option{kind: kindCSRF, text: text, value: check}
}

// SetDefaultCSRF sets whether requests to views without the option [CSRF] are checked. It does not
// apply to error views.
func SetDefaultCSRF(c registry.Recorder, check bool) {
	cfg := c.Directive()
	cfg.Declare(registry.Declaration{
		Category: "default csrf view options", ID: "csrf", Subject: "default csrf check",
		Fields: []registry.Field{{Name: "check", Value: check}},
		Remedy: "set it once, or give single views their own with views.CSRF",
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, defaultCSRF(check))
			return nil
		},
	})
}

type defaultCSRF bool

// csrfChecked reports whether requests to the view are checked.
func csrfChecked(info *Info) (bool, error) {
	check, explicit, err := ValueOf[bool](info, kindCSRF)
	if err != nil || explicit || info.ErrorOnly {
		return check, err
	}
	byDefault, _ := registry.Lookup[defaultCSRF](info.Registry)
	return bool(byDefault), nil
}

// csrfView consults the policy before the view is called. The policy decides which methods are
// safe.
func csrfView(next Callable, info *Info) (Callable, error) {
	check, err := csrfChecked(info)
	if err != nil || !check {
		return next, err
	}
	policy, ok := registry.Lookup[web.CSRFPolicy](info.Registry)
	if !ok {
		return nil, registry.Missing(errors.New("csrf check without a web.CSRFPolicy: register a policy, or use views.CSRF(false)"),
			registry.Ref{Category: "components", ID: reflect.TypeFor[web.CSRFPolicy]()}, registry.Ref{Category: "csrf policy"})
	}
	return func(r *web.Request, res any) (any, error) {
		if err := policy.Check(r); err != nil {
			return nil, err
		}
		return next(r, res)
	}, nil
}
