package forms

import (
	"errors"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/form"
)

// Validator checks inputs by rules other than their method Validate. Package views/forms/validator
// has one for the tags of go-playground/validator.
type Validator interface {
	// Prepare returns the check of inputs of a type, a struct. It is called while the application
	// is built; an error, such as that of an unknown rule, is a configuration error. The check is
	// called concurrently, with a pointer to an input. Problems are an *views.InputError.
	Prepare(input reflect.Type) (check func(input any) error, err error)
}

// SetValidator sets what checks the inputs of all pages made by [Add] and of all views made by
// [views.OnInput], if they are structs or pointers to structs. A method Validate is called after
// it.
func SetValidator(c registry.Recorder, v Validator) {
	cfg := c.Directive()
	if v == nil {
		cfg.Report(errors.New("forms.SetValidator: the validator is nil: want one such as validator.New(nil)"))
		return
	}
	cfg.Declare(registry.Declaration{
		Category: "form validator", ID: "form validator",
		Fields: []registry.Field{{Name: "type", Value: reflect.TypeOf(v)}},
		Phase:  registry.Phase2,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			form.RulesOf(reg).Validator = v
			return nil
		},
	})
}
