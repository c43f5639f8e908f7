package form

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Rules are what an application adds to the decoding of all its inputs. They are a component, which
// does not change once the application is built.
type Rules struct {
	Validator Validator // nil without one
	Strict    bool      // parameters and members without a field are mistakes
	Others    []string  // parameters that a strict input does not refuse

	checks map[reflect.Type]func(any) error
}

// Validator is that of package forms.
type Validator interface {
	Prepare(input reflect.Type) (check func(input any) error, err error)
}

var noRules = new(Rules)

// RulesOf returns the rules of an application that is being built, for changes.
func RulesOf(reg *registry.Registry) *Rules {
	return registry.Ensure(reg, func() *Rules { return &Rules{checks: map[reflect.Type]func(any) error{}} })
}

func rulesOf(r *web.Request) *Rules {
	if reg := r.Registry(); reg != nil {
		if rules, ok := registry.Lookup[*Rules](reg); ok {
			return rules
		}
	}
	return noRules
}

// Prepare gets what the rules of an application need to know of an input: see Validator. f may be
// nil.
func (f *Form) Prepare(reg *registry.Registry) error {
	rules, ok := registry.Lookup[*Rules](reg)
	if !ok || f == nil || rules.Validator == nil || f.typ.Kind() != reflect.Struct || rules.checks[f.typ] != nil {
		return nil
	}
	check, err := rules.Validator.Prepare(f.typ)
	if err != nil {
		return fmt.Errorf("input %s: %w", f.typ, err)
	}
	rules.checks[f.typ] = check
	return nil
}

// others reports which parameters a strict input does not refuse, although it has no field for
// them.
func (rules *Rules) others(r *web.Request) func(name string) bool {
	token := ""
	if reg := r.Registry(); reg != nil {
		policy, _ := registry.Lookup[web.CSRFPolicy](reg)
		if tokens, ok := policy.(web.CSRFTokener); ok {
			token = tokens.Field()
		}
	}
	return func(name string) bool {
		return token != "" && name == token || slices.ContainsFunc(rules.Others, func(other string) bool {
			prefix, all := strings.CutSuffix(other, "*")
			return name == other || all && strings.HasPrefix(name, prefix)
		})
	}
}
